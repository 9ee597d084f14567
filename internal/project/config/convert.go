package config

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// blockOptions are the options of a package in version 1 that are not for Go.
var blockOptions = []string{"schema", "queries", "database", "strict_function_checks", "strict_order_by", "rules", "analyzer"}

// converted is a configuration of version 1 in version 2, as text.
func converted(root *yaml.Node) string {
	to := upgraded(root)
	if to == nil {
		return example
	}
	text, err := written(to)
	if err != nil {
		return example
	}
	return strings.TrimSpace(text)
}

// upgraded is a configuration of version 1 in version 2, with the comments that its nodes
// have. It is nil where there are no packages.
func upgraded(root *yaml.Node) *yaml.Node {
	packages := child(root, "packages")
	if packages == nil || packages.Kind != yaml.SequenceNode || len(packages.Content) == 0 {
		return nil
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, p := range packages.Content {
		list.Content = append(list.Content, upgradedPackage(p))
	}
	to := &yaml.Node{Kind: yaml.MappingNode}
	set(to, "version", scalar("2"))
	global := &yaml.Node{Kind: yaml.MappingNode}
	for key, v := range pairs(root) {
		switch key.Value {
		case "version":
			to.Content[0].HeadComment, to.Content[0].FootComment = key.HeadComment, key.FootComment
			to.Content[1].LineComment = v.LineComment
		case "packages":
			move(to, key, "sql", list)
		case "overrides", "rename":
			move(global, key, key.Value, v)
		default:
			move(to, key, key.Value, v)
		}
	}
	if len(global.Content) > 0 {
		set(to, "overrides", mapping("go", global))
	}
	return to
}

func upgradedPackage(from *yaml.Node) *yaml.Node {
	options := &yaml.Node{Kind: yaml.MappingNode}
	block := &yaml.Node{Kind: yaml.MappingNode, HeadComment: from.HeadComment, LineComment: from.LineComment, FootComment: from.FootComment}
	if child(from, "engine") == nil {
		set(block, "engine", scalar("postgresql")) // as version 1 has it
	}
	for key, v := range pairs(from) {
		switch {
		case key.Value == "name":
			move(options, key, "package", v)
		case key.Value == "path":
			move(options, key, "out", v)
		case key.Value == "engine", slices.Contains(blockOptions, key.Value):
			move(block, key, key.Value, v)
		default:
			move(options, key, key.Value, v)
		}
	}
	set(block, "gen", mapping("go", options))
	return block
}

// move adds a value under a key of another mapping, which keeps its comments.
func move(to, key *yaml.Node, name string, v *yaml.Node) {
	k := *key
	k.Value = name
	to.Content = append(to.Content, &k, v)
}

func mapping(key string, v *yaml.Node) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	set(n, key, v)
	return n
}

func written(n *yaml.Node) (string, error) {
	var b strings.Builder
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	err := enc.Encode(n)
	return b.String(), err
}
