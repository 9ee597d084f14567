package config

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// blockOptions are the options of a package in version 1 that are not for Go.
var blockOptions = []string{"schema", "queries", "database", "strict_function_checks", "strict_order_by", "rules", "analyzer"}

// converted is a configuration of version 1 in version 2.
func converted(root *yaml.Node) string {
	packages := child(root, "packages")
	if packages == nil || len(packages.Content) == 0 {
		return example
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, p := range packages.Content {
		list.Content = append(list.Content, convertedPackage(p))
	}
	to := &yaml.Node{Kind: yaml.MappingNode}
	set(to, "version", scalar("2"))
	set(to, "sql", list)
	global := &yaml.Node{Kind: yaml.MappingNode}
	for key, v := range pairs(root) {
		switch key.Value {
		case "version", "packages":
		case "overrides", "rename":
			set(global, key.Value, v)
		default:
			set(to, key.Value, v)
		}
	}
	if len(global.Content) > 0 {
		set(to, "overrides", mapping("go", global))
	}
	var b strings.Builder
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if enc.Encode(to) != nil {
		return example
	}
	return strings.TrimSpace(b.String())
}

func convertedPackage(from *yaml.Node) *yaml.Node {
	options := &yaml.Node{Kind: yaml.MappingNode}
	block := mapping("engine", scalar("postgresql")) // as version 1 has it
	for key, v := range pairs(from) {
		switch {
		case key.Value == "name":
			set(options, "package", v)
		case key.Value == "path":
			set(options, "out", v)
		case key.Value == "engine", slices.Contains(blockOptions, key.Value):
			set(block, key.Value, v)
		default:
			set(options, key.Value, v)
		}
	}
	set(block, "gen", mapping("go", options))
	return block
}

func mapping(key string, v *yaml.Node) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	set(n, key, v)
	return n
}
