package config

import (
	"errors"
	"fmt"
	"iter"
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
	wrongValue   = regexp.MustCompile("^cannot unmarshal !!\\S+ `(.*)` into")
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
	word := ""
	if field := unknownField.FindStringSubmatch(msg); field != nil {
		word = field[1]
		p.Msg = fmt.Sprintf("sqlc knows no option %q here", word)
	} else if value := wrongValue.FindStringSubmatch(msg); value != nil {
		word = value[1]
	}
	line, _ := strconv.Atoi(staged) // digits, by the pattern
	for n := range c.origins(line) {
		if p.Line == 0 || n.Value == word {
			p.Line, p.Col = n.Line, n.Column
		}
		if n.Value == word {
			break
		}
	}
	return p
}

// origins are the nodes of the project's configuration that stand on a line of
// the staged one.
func (c *Config) origins(line int) iter.Seq[*yaml.Node] {
	tree := c.staged(func(int) (string, []string, string) { return "", []string{""}, "" })
	return func(yield func(*yaml.Node) bool) {
		content, err := yaml.Marshal(tree)
		var doc yaml.Node
		if err == nil && yaml.Unmarshal(content, &doc) == nil {
			descend(doc.Content[0], tree, line, yield)
		}
	}
}

// descend goes through what was written and what it was written from at once.
// In the latter, drey's own nodes do not have lines.
func descend(written, from *yaml.Node, line int, yield func(*yaml.Node) bool) bool {
	if written.Line == line && from.Line > 0 && !yield(from) {
		return false
	}
	for i := range written.Content {
		if !descend(written.Content[i], from.Content[i], line, yield) {
			return false
		}
	}
	return true
}
