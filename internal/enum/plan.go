package enum

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Options say which columns are to have a type of their own.
type Options struct {
	All     bool     // every column that can
	Columns []string // these: table.column
	Names   names.Options
	// Overridden reports whether a column has its type from an override already.
	Overridden func(t *schema.Table, c *schema.Column) bool
	// Taken are names of the package that are not free.
	Taken map[string]bool
}

// Plan is the types of a schema, by table and column in lower case.
type Plan struct {
	Types  []*Type // in the order of the schema
	column map[string]*Type
}

// Column is the type of a column, nil for none.
func (p *Plan) Column(table, column string) *Type {
	return p.column[sqltext.Fold(table+"\x00"+column)]
}

// Refusal is a column that was asked for and cannot have a type, or a name that
// is taken already.
type Refusal struct {
	Column string // as it was asked for, "" for one that was not named
	Msg    string
	Fix    string
}

// Make plans the types of a schema.
func Make(s *schema.Schema, o Options) (*Plan, []Refusal) {
	p := &Plan{column: map[string]*Type{}}
	var refused []Refusal
	named := map[string]string{} // as in the configuration, by table and column
	for _, column := range o.Columns {
		table, name, ok := strings.Cut(column, ".")
		t := s.Table(table)
		switch {
		case !ok:
			refused = append(refused, Refusal{column, fmt.Sprintf("%q is not a column", column), "write it as table.column"})
		case t == nil || t.Column(name) == nil:
			refused = append(refused, Refusal{column, fmt.Sprintf("there is no column %s", column), "write it as table.column, with the names of the schema"})
		default:
			named[sqltext.Fold(t.Name+"\x00"+t.Column(name).Name)] = column
		}
	}
	taken := o.Taken
	spelling := sqlc.NewSpelling(s)
	var bases []string
	for _, t := range s.Tables {
		for i := range t.Columns {
			c := &t.Columns[i]
			key := sqltext.Fold(t.Name + "\x00" + c.Name)
			asked, isAsked := named[key]
			if !isAsked && !o.All || o.Overridden(t, c) {
				continue
			}
			values, err := Values(s, t, c)
			if err != nil {
				if isAsked {
					refused = append(refused, Refusal{asked, fmt.Sprintf("%s is not an enum: %v", asked, err), "give it a type by an override, or remove it there"})
				}
				continue
			}
			row, field := o.Names.Struct(spelling.Of(t.Name)), o.Names.Field(spelling.Of(c.Name))
			if row == "" || field == "" {
				continue // that is told elsewhere
			}
			e := &Type{Of: t.Name + "." + c.Name, Values: values}
			p.column[key] = e
			p.Types = append(p.Types, e)
			bases = append(bases, row+field)
		}
	}
	for i, e := range p.Types {
		if err := e.name(bases[i], taken); err != nil {
			refused = append(refused, Refusal{"", fmt.Sprintf("the enum of %s has no name of its own: %v", e.Of, err),
				"rename its table or column under gen.go.rename, or give it a type by an override"})
		}
	}
	return p, refused
}

// Staged is the type that a column is declared with for sqlc, so that two
// overrides fit it, with NULL and without, wherever it comes in a query.
func (p *Plan) Staged(t *Type) string { return fmt.Sprintf("dreyenum%d", slices.Index(p.Types, t)) }
