package crud

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/upkeep"
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

// every is the name in Skip that stands for all tables.
const every = "*"

// skips reports whether Skip leaves the query out.
func (g *generator) skips(t *table, q statement) bool {
	return g.named(t.Name, all, q.Op, q.Name)
}

// named reports whether Skip names one of these for a table.
func (g *generator) named(table string, whats ...string) bool {
	for name, list := range g.Skip {
		if name != every && !sqltext.EqualFold(name, table) {
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

// Block is a block of the configuration that a Skip is for.
type Block struct {
	Schema     *schema.Schema
	Names      names.Options
	Positional *int         // as in [Options]
	Upkeep     *upkeep.Plan // likewise
}

// CheckSkip finds names in Skip that none of its blocks has. config and lines tell
// where it names each table.
func CheckSkip(config string, skip map[string][]string, lines map[string]int, blocks []Block) diag.Problems {
	var problems diag.Problems
	for _, table := range slices.Sorted(maps.Keys(skip)) {
		problem := func(fix, format string, args ...any) {
			problems = append(problems, &diag.Problem{
				File: config, Line: lines[table],
				Msg: "options.drey.crud.skip: " + fmt.Sprintf(format, args...), Fix: fix,
			})
		}
		valid := slices.Clone(operations)
		if table != every {
			found, kind := false, schema.KindTable
			for _, b := range blocks {
				t := b.Schema.Table(table)
				switch {
				case t == nil:
				case t.Kind == schema.KindTable:
					found = true
					valid = append(valid, b.queries(t)...)
				default:
					kind = t.Kind
				}
			}
			switch {
			case found:
			case kind != schema.KindTable:
				problem("remove it there", "%s is a %s, which has no CRUD queries", table, kinds[kind])
				continue
			default:
				problem(suggest(table, tableNames(blocks)), "there is no table %q", table)
				continue
			}
		}
		for _, what := range skip[table] {
			if !slices.Contains(valid, what) {
				problem(suggest(what, distinct(valid)), "%s has no operation or query %q", table, what)
			}
		}
	}
	problems.Sort()
	return problems
}

// queries returns the names of a table's queries.
func (b *Block) queries(t *schema.Table) (list []string) {
	for _, q := range newGenerator(b.Schema, Options{Names: b.Names, Positional: b.Positional, Upkeep: b.Upkeep}).newTable(t).statements() {
		list = append(list, q.Name)
	}
	return list
}

func tableNames(blocks []Block) (list []string) {
	for _, b := range blocks {
		for _, t := range b.Schema.Tables {
			if t.Kind == schema.KindTable {
				list = append(list, t.Name)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// distinct returns each name once, in their order.
func distinct(list []string) (once []string) {
	for _, name := range list {
		if !slices.Contains(once, name) {
			once = append(once, name)
		}
	}
	return once
}

// suggest says what to do about a name that does not exist: the name that it may be
// a slip for, and all valid ones if they are few.
func suggest(name string, valid []string) string {
	const few, slip = 20, 3 // names; letters that differ, at most one in three
	best, distance := "", min(slip, len(name)/3)
	for _, v := range valid {
		if d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(v)); d <= distance {
			if best == "" || d < distance {
				best, distance = v, d
			}
		}
	}
	var fix []string
	if best != "" {
		fix = append(fix, fmt.Sprintf("did you mean %s?", best))
	}
	switch {
	case len(valid) == 0:
		fix = append(fix, "remove it there: there are none")
	case len(valid) <= few:
		fix = append(fix, "use one of "+strings.Join(valid, ", "))
	case best == "":
		fix = append(fix, fmt.Sprintf("use one of the %d that there are, or remove it there", len(valid)))
	}
	return strings.Join(fix, "\n")
}

var kinds = map[schema.Kind]string{schema.KindView: "view", schema.KindVirtual: "virtual table"}
