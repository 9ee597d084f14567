package crud

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/schema"
)

// The operations, as Skip names them.
const (
	get    = "get"
	list   = "list"
	count  = "count"
	create = "create"
	update = "update"
	upsert = "upsert"
	remove = "delete"
	all    = "all"
)

var operations = []string{get, list, count, create, update, upsert, remove, all}

// every is the table in Skip that stands for all tables.
const every = "*"

// skips reports whether Skip leaves the query out.
func (g *generator) skips(t *table, q statement) bool {
	return g.named(t.Name, all, q.Op, q.Name)
}

// named reports whether Skip names one of these for a table.
func (g *generator) named(table string, whats ...string) bool {
	for name, list := range g.Skip {
		if name != every && !schema.EqualFold(name, table) {
			continue
		}
		for _, what := range whats {
			if slices.Contains(list, what) {
				return true
			}
		}
	}
	return false
}

// checkSkip finds what Skip names and is not there.
func (g *generator) checkSkip(s *schema.Schema, tables []*table) {
	for _, name := range slices.Sorted(maps.Keys(g.Skip)) {
		valid := slices.Clone(operations)
		if name != every {
			t := g.skipped(s, tables, name)
			if t == nil {
				continue
			}
			for _, q := range t.statements() {
				valid = append(valid, q.Name)
			}
		}
		for _, what := range g.Skip[name] {
			if !slices.Contains(valid, what) {
				g.problem(fmt.Sprintf("options.drey.crud.skip: %s has no operation or query %q", name, what),
					"use one of "+strings.Join(valid, ", "))
			}
		}
	}
}

// skipped finds the table that Skip names. What has no CRUD queries need not be
// skipped.
func (g *generator) skipped(s *schema.Schema, tables []*table, name string) *table {
	valid := make(map[string]bool)
	for _, t := range tables {
		if schema.EqualFold(t.Name, name) {
			return t
		}
		valid[t.Name] = true
	}
	switch t := s.Table(name); {
	case t == nil:
		g.problem(fmt.Sprintf("options.drey.crud.skip: there is no table %q", name), "use one of "+sorted(valid))
	case t.Kind != schema.KindTable:
		g.problem(fmt.Sprintf("options.drey.crud.skip: %s is a %s, which has no CRUD queries", name, kinds[t.Kind]), "remove it there")
	}
	return nil
}

var kinds = map[schema.Kind]string{schema.KindView: "view", schema.KindVirtual: "virtual table"}
