package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"
)

// Staged returns the configuration for sqlc in a folder of drey's: that of the
// project, with the places that place tells for each block. A block generates
// only Go, and nothing in it asks a database or a server.
func (c *Config) Staged(place func(block int) (schema string, queries []string, out string)) ([]byte, error) {
	content, err := yaml.Marshal(c.staged(place))
	if err != nil {
		return nil, fmt.Errorf("write the configuration for sqlc: %w", err)
	}
	return astral.ReplaceAllFunc(content, func(escape []byte) []byte {
		code, err := strconv.ParseInt(string(escape[2:]), 16, 32)
		if err != nil { // two backslashes
			return escape
		}
		return []byte(string(rune(code)))
	}), nil
}

// astral finds what yaml.v3 writes for a character above U+FFFF, such as an
// emoji under rename. Escaped, it is not the character that the staged queries
// have. Two backslashes are matched to be passed over.
var astral = regexp.MustCompile(`\\\\|\\U[0-9A-F]{8}`)

func (c *Config) staged(place func(block int) (schema string, queries []string, out string)) *yaml.Node {
	root := &yaml.Node{Kind: yaml.MappingNode}
	for _, key := range []string{"version", "overrides"} {
		if v := child(c.root, key); v != nil {
			set(root, key, v)
		}
	}
	if list := child(root, "overrides", "go", "overrides"); list != nil {
		goOptions := *child(root, "overrides", "go")
		goOptions.Content = slices.Clone(goOptions.Content)
		set(&goOptions, "overrides", respelled(list, c.Blocks...))
		set(root, "overrides", mapping("go", &goOptions))
	}
	blocks := &yaml.Node{Kind: yaml.SequenceNode}
	for i, b := range c.Blocks {
		schema, queries, out := place(i)
		n := b.staged(schema, queries, out, b.Package)
		if name := child(b.node, "name"); name != nil {
			set(n, "name", name)
		}
		blocks.Content = append(blocks.Content, n)
	}
	set(root, "sql", blocks)
	return root
}

func (b *Block) staged(schema string, queries []string, out, pkg string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, key := range []string{"engine", "strict_function_checks", "strict_order_by"} {
		if v := child(b.node, key); v != nil {
			set(n, key, v)
		}
	}
	paths := &yaml.Node{Kind: yaml.SequenceNode}
	for _, q := range queries {
		paths.Content = append(paths.Content, scalar(q))
	}
	set(n, "schema", scalar(schema))
	set(n, "queries", paths)
	options := &yaml.Node{Kind: yaml.MappingNode}
	options.Content = append(options.Content, child(b.node, "gen", "go").Content...)
	if list := respelled(child(b.node, "gen", "go", "overrides"), b); len(list.Content)+len(b.StagedTypes) > 0 {
		set(options, "overrides", withTypes(list, b.StagedTypes))
	}
	set(options, "out", scalar(out))
	set(options, "package", scalar(pkg))
	if len(b.Names.InflectionExclude) > 0 {
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, table := range b.Names.InflectionExclude {
			list.Content = append(list.Content, scalar(table))
		}
		set(options, "inflection_exclude_table_names", list)
	}
	set(n, "gen", mapping("go", options))
	return n
}

// Alike is a text that blocks have in common for which sqlc makes the same Go of the same
// file of queries, but for the name of the package. It is "" where the Go of a file, or of
// what is common to all files, depends on the block's other queries.
func (b *Block) Alike() string {
	gen := child(b.node, "gen", "go")
	for _, key := range []string{"emit_interface", "emit_prepared_queries", "omit_unused_structs"} {
		if text(gen, key) != "" && text(gen, key) != "false" {
			return ""
		}
	}
	return b.Options()
}

// Options is the text of the options that sqlc makes the block's Go with, "" if there is
// none.
func (b *Block) Options() string {
	content, err := yaml.Marshal(b.staged("", nil, "", ""))
	if err != nil {
		return ""
	}
	return string(content)
}

// respelled is a list of overrides with their columns as sqlc spells them, of the
// first of the blocks that has such a column.
func respelled(overrides *yaml.Node, blocks ...*Block) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	if overrides == nil || overrides.Kind != yaml.SequenceNode {
		return list
	}
	for _, o := range overrides.Content {
		var columns []string
		if column := child(o, "column"); column != nil {
			for _, b := range blocks {
				if columns = b.spelled[column.Value]; columns != nil {
					break
				}
			}
		}
		if columns == nil {
			list.Content = append(list.Content, o)
		}
		for _, column := range columns {
			c := *o
			c.Content = slices.Clone(o.Content)
			set(&c, "column", scalar(column))
			list.Content = append(list.Content, &c)
		}
	}
	return list
}

// withTypes is a list of overrides with drey's after it.
func withTypes(overrides *yaml.Node, types []Type) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Content: slices.Clone(overrides.Content)}
	for _, t := range types {
		for _, nullable := range []string{"false", "true"} {
			is := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: nullable}
			goType := mapping("type", scalar(t.GoType))
			set(goType, "pointer", is)
			o := mapping("db_type", scalar(t.DBType))
			set(o, "nullable", is)
			set(o, "go_type", goType)
			list.Content = append(list.Content, o)
		}
	}
	return list
}

func scalar(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: yaml.DoubleQuotedStyle}
}

// set gives a key of a mapping another value, or adds it.
func set(n *yaml.Node, key string, value *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content[i+1] = value
			return
		}
	}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, value)
}
