package config

import (
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/dreysql/drey/internal/diag"
)

// meaningful are the options of gen.go that say what the types and names of a
// project are to be. Without one of them others come out.
var meaningful = []string{"overrides", "rename", "initialisms", "inflection_exclude_table_names", "emit_exact_table_names"}

// Without leaves out the options that problems are about, so that other faults
// of the project can be found all the same, and reports whether there were any.
// A block whose types or names depend on such an option is [Block.Doubtful].
func (c *Config) Without(problems diag.Problems) bool {
	found := false
	for _, p := range problems {
		if p.File != c.File || p.Line == 0 {
			continue
		}
		for _, b := range c.Blocks {
			if key := drop(child(b.node, "gen", "go"), p); key != "" {
				found = true
				b.Doubtful = b.Doubtful || slices.Contains(meaningful, key)
			}
		}
		if drop(child(c.root, "overrides", "go"), p) != "" {
			found = true
			for _, b := range c.Blocks {
				b.Doubtful = true
			}
		}
	}
	return found
}

// drop takes what a problem is about out of a mapping, and returns its key, ""
// where that cannot be told. Of a list only the item goes.
func drop(n *yaml.Node, p *diag.Problem) string {
	if n == nil || n.Kind != yaml.MappingNode {
		return ""
	}
	var keys []*yaml.Node
	for key := range pairs(n) {
		keys = append(keys, key)
	}
	i := at(keys, p)
	if i < 0 || p.Line > lastLine(n.Content[2*i+1]) {
		return ""
	}
	value := n.Content[2*i+1]
	if value.Kind == yaml.SequenceNode {
		if j := at(value.Content, p); j >= 0 && p.Line <= lastLine(value.Content[j]) {
			value.Content = slices.Delete(value.Content, j, j+1)
			return keys[i].Value
		}
	}
	n.Content = slices.Delete(n.Content, 2*i, 2*i+2)
	return keys[i].Value
}

// at is the last of the nodes that begins at the problem's place or before it.
// It is -1 if there is no such node, or if several do and the column is not
// known.
func at(nodes []*yaml.Node, p *diag.Problem) int {
	found := -1
	for i, n := range nodes {
		switch {
		case n.Line > p.Line || n.Line == p.Line && p.Col > 0 && n.Column > p.Col:
			return found
		case p.Col == 0 && found >= 0 && nodes[found].Line == p.Line:
			return -1
		}
		found = i
	}
	return found
}

func lastLine(n *yaml.Node) int {
	last := n.Line
	for _, c := range n.Content {
		last = max(last, lastLine(c))
	}
	return last
}
