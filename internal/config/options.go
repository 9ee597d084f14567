package config

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// options reads drey's own options, for all blocks and for those with a name.
func (r *reader) options(cfg *Config) {
	own := child(child(cfg.root, "options"), "drey")
	if own == nil {
		return
	}
	r.known(own, "options.drey", "crud", "blocks")
	all := r.crud(child(own, "crud"))
	for _, b := range cfg.Blocks {
		b.CRUD = all
	}
	blocks := child(own, "blocks")
	if blocks == nil {
		return
	}
	var valid []string
	for _, b := range cfg.Blocks {
		if b.Name == "" {
			continue
		}
		valid = append(valid, b.Name)
		if n := child(blocks, b.Name); n != nil {
			r.known(n, "options.drey.blocks."+b.Name, "crud")
			if c := child(n, "crud"); c != nil {
				b.CRUD = r.crud(c)
			}
		}
	}
	r.known(blocks, "options.drey.blocks", valid...)
}

// crud reads "false", or what to skip.
func (r *reader) crud(n *yaml.Node) CRUD {
	if n == nil {
		return CRUD{}
	}
	if n.Kind == yaml.ScalarNode {
		var on bool
		r.decode(n, &on)
		return CRUD{Off: !on}
	}
	r.known(n, "options.drey.crud", "skip")
	c := CRUD{Skip: map[string][]string{}}
	skip := child(n, "skip")
	if skip == nil {
		return c
	}
	if skip.Kind != yaml.MappingNode {
		r.problem(skip, "write it as in skip: {clicks: [update, upsert], audit_log: all}", "skip has no tables")
		return c
	}
	for i := 0; i+1 < len(skip.Content); i += 2 {
		table, value := skip.Content[i].Value, skip.Content[i+1]
		var list []string
		if value.Kind == yaml.ScalarNode {
			list = []string{value.Value}
		} else {
			r.decode(value, &list)
		}
		c.Skip[table] = list
	}
	return c
}

// known finds keys that mean nothing.
func (r *reader) known(n *yaml.Node, where string, valid ...string) {
	if n.Kind != yaml.MappingNode {
		r.problem(n, "its keys are "+strings.Join(valid, ", "), "%s is no mapping", where)
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if !slices.Contains(valid, key.Value) {
			fix := "use one of " + strings.Join(valid, ", ")
			if len(valid) == 0 {
				fix = "give the sql block a name:"
			}
			r.problem(key, fix, "%s has no key %q", where, key.Value)
		}
	}
}

// child is the value of a key, nil where there is none.
func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			if v := n.Content[i+1]; v.Kind == yaml.AliasNode {
				return v.Alias
			}
			return n.Content[i+1]
		}
	}
	return nil
}

// text is the value of a key that is a string, or a number.
func (r *reader) text(n *yaml.Node, key string) string {
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
		msg := strings.TrimPrefix(err.Error(), "yaml: unmarshal errors:\n  ")
		if m := yamlLine.FindString(msg); m != "" {
			msg = strings.Replace(msg, m, "", 1)
		}
		r.problem(n, "", "this value does not fit: %s", msg)
	}
}
