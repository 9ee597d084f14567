package config

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/dreysql/drey/internal/diag"
)

const reference = "https://docs.sqlc.dev/en/latest/reference/config.html"

var (
	// stagedLine is what sqlc's YAML parser says of a line of the staged
	// configuration.
	stagedLine   = regexp.MustCompile(`(?m)^ *line (\d+): (.*)$`)
	unknownField = regexp.MustCompile(`^field (\S+) not found in type`)
)

// Explain gives what sqlc says of its configuration, which is [Config.Staged],
// the place in the project's own. What has a place already is left as it is.
func (c *Config) Explain(err error) error {
	var said diag.Problems
	if !errors.As(err, &said) {
		return err
	}
	var problems diag.Problems
	for _, p := range said {
		msg, ok := strings.CutPrefix(p.Msg, "sqlc: ")
		if p.File != "" || !ok {
			problems = append(problems, p)
			continue
		}
		if _, after, ok := strings.Cut(msg, " sqlc.yaml: "); ok {
			msg = after
		}
		lines := stagedLine.FindAllStringSubmatch(msg, -1)
		if lines == nil {
			problems = append(problems, &diag.Problem{File: c.File, Msg: "sqlc: " + msg, Fix: "see " + reference, Err: p.Err})
		}
		for _, m := range lines {
			problems = append(problems, c.explainLine(m[1], m[2], p.Err))
		}
	}
	problems.Sort()
	return problems
}

func (c *Config) explainLine(staged, msg string, cause error) *diag.Problem {
	p := &diag.Problem{File: c.File, Msg: "sqlc: " + msg, Fix: "see " + reference, Err: cause}
	if field := unknownField.FindStringSubmatch(msg); field != nil {
		p.Msg = fmt.Sprintf("sqlc knows no option %q here", field[1])
	}
	line, _ := strconv.Atoi(staged) // digits, by the pattern
	if n := c.origin(line); n != nil {
		p.Line, p.Col = n.Line, n.Column
	}
	return p
}

// origin is the node of the project's configuration that stands on a line of
// the staged one, nil where that line is drey's own.
func (c *Config) origin(line int) *yaml.Node {
	tree := c.staged(func(int) (string, []string, string) { return "", []string{""}, "" })
	content, err := yaml.Marshal(tree)
	var doc yaml.Node
	if err != nil || yaml.Unmarshal(content, &doc) != nil {
		return nil
	}
	return find(doc.Content[0], tree, line)
}

// find descends into what was written and what it was written from at once.
func find(written, from *yaml.Node, line int) *yaml.Node {
	if written.Line == line && from.Line > 0 {
		return from
	}
	for i := range written.Content {
		if n := find(written.Content[i], from.Content[i], line); n != nil {
			return n
		}
	}
	return nil
}
