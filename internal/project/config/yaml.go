package config

import (
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/dreysql/drey/internal/diag"
)

// yamlLine is how the YAML library tells a line.
var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?`)

// document reads the mapping that a configuration is, from YAML or JSON, which
// is YAML too. Aliases and merges are written out in it, so that every part of
// it can stand alone. nil is what cannot be read.
func (r *reader) document(content []byte) *yaml.Node {
	var doc yaml.Node
	if err := yaml.Unmarshal(content, &doc); err != nil {
		p := r.problem(nil, "", "this is no YAML: %s", yamlLine.ReplaceAllString(err.Error(), ""))
		p.Line, p.Err = failsAt(content, err), err
		return nil
	}
	if len(doc.Content) == 0 {
		r.problem(&yaml.Node{Line: 1}, "begin with this:\n"+example, "the configuration is empty")
		return nil
	}
	root := doc.Content[0]
	var all any // decoding finds doubled keys and aliases that never end
	if err := root.Decode(&all); err != nil {
		r.misfits(nil, err)
		return nil
	}
	if root = plain(root); root.Kind != yaml.MappingNode {
		r.problem(root, "begin with this:\n"+example, "the configuration is no mapping")
		return nil
	}
	return root
}

// failsAt is the line on which the parser gives up: the last of the fewest
// first lines that it refuses in the same words. Those tell the line on which
// the structure around it begins, if any.
func failsAt(content []byte, refusal error) int {
	lines := slices.Collect(strings.Lines(string(content)))
	return sort.Search(len(lines), func(n int) bool {
		var doc yaml.Node
		err := yaml.Unmarshal([]byte(strings.Join(lines[:n], "")), &doc)
		return err != nil && err.Error() == refusal.Error()
	})
}

// plain is a copy without comments, and with what aliases and merges stand for
// in their place. A key counts before one that is merged, and of those the first.
func plain(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return plain(n.Alias)
	}
	c := &yaml.Node{Kind: n.Kind, Style: n.Style, Tag: n.Tag, Value: n.Value, Line: n.Line, Column: n.Column}
	var merged []*yaml.Node
	for i := 0; i < len(n.Content); i++ {
		if n.Kind != yaml.MappingNode || n.Content[i].Tag != "!!merge" {
			c.Content = append(c.Content, plain(n.Content[i]))
			continue
		}
		i++
		if m := plain(n.Content[i]); m.Kind == yaml.SequenceNode {
			merged = append(merged, m.Content...)
		} else {
			merged = append(merged, m)
		}
	}
	for _, m := range merged {
		for key, v := range pairs(m) {
			if value(c, key.Value) == nil {
				c.Content = append(c.Content, key, v)
			}
		}
	}
	return c
}

// pairs are the keys of a mapping, with their values.
func pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// value returns the value of a key, or nil.
func value(n *yaml.Node, name string) *yaml.Node {
	for key, v := range pairs(n) {
		if key.Value == name {
			return v
		}
	}
	return nil
}

// child returns the value at a path of keys, or nil if it is not there or null.
func child(n *yaml.Node, path ...string) *yaml.Node {
	for _, name := range path {
		if n = value(n, name); n != nil && n.Tag == "!!null" {
			return nil
		}
	}
	return n
}

// text is the value of a key that is a string, or a number.
func text(n *yaml.Node, key string) string {
	if v := child(n, key); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

// decode decodes a node; nil is left alone.
func (r *reader) decode(n *yaml.Node, into any) {
	if n == nil {
		return
	}
	if err := n.Decode(into); err != nil {
		r.misfits(n, err)
	}
}

// misfits notes why a node does not decode, at the lines that the error names.
func (r *reader) misfits(n *yaml.Node, err error) {
	said := []string{err.Error()}
	var several *yaml.TypeError
	if errors.As(err, &several) {
		said = several.Errors
	}
	for _, s := range said {
		m := yamlLine.FindStringSubmatch(s)
		p := r.problem(n, "see "+reference, "%s", s[len(m[0]):])
		p.Err = err
		if line, err := strconv.Atoi(m[1]); err == nil {
			p.Line, p.Col = line, 0
		}
	}
}

// known finds keys that mean nothing.
func (r *reader) known(n *yaml.Node, where string, valid ...string) {
	if n == nil {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.problem(n, "its keys are "+strings.Join(valid, ", "), "%s is no mapping", where)
		return
	}
	for key := range pairs(n) {
		if !slices.Contains(valid, key.Value) {
			r.problem(key, "use one of "+strings.Join(valid, ", "), "%s has no key %q", where, key.Value)
		}
	}
}

// problem notes one, at a node if there is one.
func (r *reader) problem(n *yaml.Node, fix, format string, args ...any) *diag.Problem {
	p := &diag.Problem{File: r.file, Msg: fmt.Sprintf(format, args...), Fix: fix}
	if n != nil {
		p.Line, p.Col = n.Line, n.Column
	}
	r.problems = append(r.problems, p)
	return p
}
