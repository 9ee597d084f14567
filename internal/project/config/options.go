package config

import (
	"golang.org/x/mod/module"
	"gopkg.in/yaml.v3"
)

// options reads drey's own options, for all blocks and for those with a name.
func (r *reader) options(cfg *Config) {
	own := child(cfg.root, "options", "drey")
	r.known(own, "options.drey", append([]string{"crud", "blocks", "d1", "enums", "explain", "lint", "rqlite", "runtime", "tenant"}, upkeepKeys...)...)
	for _, o := range []struct {
		name string
		is   *bool
	}{{"d1", &cfg.D1}, {"explain", &cfg.Explained}} {
		if node := child(own, o.name); node != nil {
			r.decode(node, o.is)
		}
	}
	if rqlite := child(own, "rqlite"); rqlite != nil && rqlite.Kind == yaml.MappingNode {
		r.known(rqlite, "options.drey.rqlite", "from")
		r.decode(child(rqlite, "from"), &cfg.RqliteFrom)
		cfg.Rqlite = true
	} else {
		r.decode(rqlite, &cfg.Rqlite)
	}
	if path := child(own, "runtime"); path != nil {
		r.decode(path, &cfg.Runtime)
		if err := module.CheckImportPath(cfg.Runtime); err != nil {
			r.problem(path, "write an import path, as in example.com/project/internal/drey", "options.drey.runtime: %v", err)
		}
	}
	cfg.Lint = r.lint(child(own, "lint"))
	all := r.crud(child(own, "crud"))
	enums := r.enums(child(own, "enums"))
	tenant := r.tenant(child(own, "tenant"))
	upkeep := r.upkeep(own, "options.drey", Upkeep{})
	for _, b := range cfg.Blocks {
		b.CRUD, b.Enums, b.Tenant, b.Upkeep = all, enums, tenant, upkeep
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
			r.known(n, "options.drey.blocks."+b.Name, append([]string{"crud", "enums", "tenant"}, upkeepKeys...)...)
			b.Upkeep = r.upkeep(n, "options.drey.blocks."+b.Name, b.Upkeep)
			if t := child(n, "tenant"); t != nil {
				b.Tenant = r.tenant(t)
			}
			if e := child(n, "enums"); e != nil {
				b.Enums = r.enums(e)
			}
			if c := child(n, "crud"); c != nil {
				b.CRUD = r.crud(c)
			}
		}
	}
	if len(valid) == 0 {
		r.problem(blocks, "give the block one, as in name: reporting", "no sql block that drey generates for has a name")
		return
	}
	r.known(blocks, "options.drey.blocks", valid...)
}

// crud reads "false", or what to skip.
func (r *reader) crud(n *yaml.Node) *CRUD {
	if n == nil {
		return &CRUD{}
	}
	if n.Kind == yaml.ScalarNode {
		var on bool
		r.decode(n, &on)
		return &CRUD{Off: !on}
	}
	r.known(n, "options.drey.crud", "skip")
	c := &CRUD{Skip: map[string][]string{}, Lines: map[string]int{}}
	skip := child(n, "skip")
	if skip == nil {
		return c
	}
	if skip.Kind != yaml.MappingNode {
		r.problem(skip, "write it as in skip: {clicks: [update, upsert], audit_log: all}", "skip has no tables")
		return c
	}
	for table, what := range pairs(skip) {
		var list []string
		switch {
		case what.Kind == yaml.SequenceNode:
			r.decode(what, &list)
		case what.Kind == yaml.ScalarNode && what.Tag != "!!null":
			list = []string{what.Value}
		default:
			r.problem(table, "write it as in skip: {clicks: [update, upsert], audit_log: all}", "skip does not say what of %s", table.Value)
		}
		c.Skip[table.Value], c.Lines[table.Value] = list, table.Line
	}
	return c
}

// enums reads whether all columns are to have them, or which.
func (r *reader) enums(n *yaml.Node) (e Enums) {
	switch {
	case n == nil:
	case n.Kind == yaml.SequenceNode:
		var columns []string
		r.decode(n, &columns)
		e.Columns = map[string]int{}
		for i, column := range columns {
			e.Columns[column] = n.Content[i].Line
		}
	default:
		r.decode(n, &e.All)
	}
	return e
}

// tenant reads the column that says whose a row is, or the columns.
func (r *reader) tenant(n *yaml.Node) *Tenant {
	t := &Tenant{}
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.SequenceNode:
		var columns []string
		r.decode(n, &columns)
		t.Columns = map[string]int{}
		for i, column := range columns {
			t.Columns[column] = n.Content[i].Line
		}
	case n.Kind == yaml.ScalarNode && n.Tag == "!!str":
		t.Column, t.Line = n.Value, n.Line
	default:
		r.problem(n, "write it as in tenant: account_id, or tenant: [links.user_id]", "options.drey.tenant names no column")
	}
	return t
}
