package generate

import (
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// retype gives parameters that may be left out, or NULL, types that can say so,
// whatever an override makes of their columns. These are parameters of the
// generated queries that may be left out; others of theirs whose columns can be NULL, if the
// override's type is one of Go's own, as in rows; and those for which people have called
// sqlc.narg, if it is certain that the override's type does not have NULL.
func (b *block) retype() (err error) {
	models := map[string]*sqlc.Struct{}
	for _, m := range b.generate.Models {
		models[m.Name] = m
	}
	spelling := sqlc.NewSpelling(b.Database.Schema)
	types := map[string]map[string]string{}
	set := func(m *sqlc.Method, arg, to string) {
		if types[m.Name] == nil {
			types[m.Name] = map[string]string{}
		}
		types[m.Name][arg] = to
	}
	for _, o := range b.queries.optional {
		t := b.Database.Schema.Table(o.Table)
		model := models[b.Names.Struct(spelling.Of(t.Name))]
		m := b.generate.Method(o.Query)
		if m == nil || model == nil || len(model.Fields) != len(t.Columns) {
			continue // what is wrong with them is told later
		}
		if o.OnlyNull {
			if a := b.arg(m, o.Param); a != nil && ownNeverNull(a.Type) {
				set(m, a.Name, "*"+a.Type)
			}
			continue
		}
		field := model.Fields[slices.IndexFunc(t.Columns, func(c schema.Column) bool { return c.Name == o.Column })]
		if a := b.arg(m, o.Param); a != nil {
			if to := sqlc.Optional(a.Type, field.Type); to != a.Type {
				set(m, a.Name, to)
			}
		}
	}
	for _, q := range b.queries.all {
		m := b.generate.Method(q.Name)
		if q.Generated || m == nil {
			continue
		}
		for _, name := range nargs(q) {
			if a := b.arg(m, name); a != nil && !a.Slice && b.neverNull(a.Type) {
				set(m, a.Name, "*"+a.Type)
			}
		}
	}
	b.generate, err = b.generate.Retype(types)
	return err
}

// arg is the argument that a method has for a parameter, nil if it is not to be
// told. sqlc renames the fields of a struct, but not an argument that stands alone.
func (b *block) arg(m *sqlc.Method, param string) *sqlc.Arg {
	for i := range m.Args {
		switch a := &m.Args[i]; {
		case len(m.Args) == 1, m.ArgsType != nil && a.Name == b.Names.Field(param), m.ArgsType == nil && plain(a.Name) == plain(param):
			return a
		}
	}
	return nil
}

// plain is a name without what differs between SQL and Go.
func plain(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// nargs are the names of a query's parameters that may be NULL.
func nargs(q *query.Query) (names []string) {
	tokens := sqltext.Significant(q.Text)
	for i := 0; i+5 < len(tokens); i++ {
		t := tokens[i : i+6]
		if t[0].Is("sqlc") && t[1].Is(".") && t[2].Is("narg") && t[3].Is("(") && t[5].Is(")") {
			names = append(names, t[4].Name())
		}
	}
	return names
}

// ownTimes are the types of package runtime that cannot say NULL.
var ownTimes = map[string]bool{"UnixTime": true, "UnixMilli": true, "TextTime": true}

// ownNeverNull reports whether a type is one of Go's own that does not have NULL.
func ownNeverNull(t string) bool { return gotype.Parse(t).TakesNull(true) != t }

// neverNull reports whether it is certain that no value of a type is bound as NULL.
func (b *block) neverNull(t string) bool {
	if ownNeverNull(t) {
		return true
	}
	importPath, name := "", t
	if pkg, selected, ok := strings.Cut(t, "."); ok {
		importPath, name = b.generate.Imports[pkg], selected
	} else if _, declared := b.byHand[t]; ownTimes[t] && !declared {
		return true
	}
	if project.KnownComparable(importPath, name) {
		return true
	}
	basic, valuer := b.module.Basic(importPath, name)
	return basic != "" && !valuer
}
