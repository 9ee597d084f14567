package verify

import (
	"fmt"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/infer"
	"github.com/dreysql/drey/internal/schema"
)

// note is what is wrong with a table's column in every query that reads it. It
// is reported once, at the first of them.
type note struct {
	kind   *noteKind
	column string // table.column, or view.column
	first  *diag.Problem
	more   map[string]bool // the other queries
}

// noteKind is one thing that can be wrong with a column.
type noteKind struct {
	applies func(c *checker, o infer.Origin, typ goType) bool
	msg     string // with the column and the Go type
	fix     string // with the column
	warning bool
	// overridden: the fix is for the column that is read, be it a view's.
	overridden bool
}

var noteKinds = []*noteKind{
	{
		// The driver gives JSON as text, and database/sql puts neither text nor NULL
		// into a json.RawMessage (sqlc 129, 3373).
		applies: func(_ *checker, _ infer.Origin, typ goType) bool { return typ.base == "json.RawMessage" },
		msg:     "column %s is of type %s in Go, which can be read neither from text nor from NULL",
		fix: "use the JSON type of the generated package, in sqlc.yaml under gen.go:\n" +
			"overrides:\n  - column: \"%s\"\n    go_type: {type: \"JSON\"}",
		overridden: true,
	},
	{
		// Of a star, sqlc makes json(column).
		applies: binaryJSON,
		msg:     "column %s is JSONB and of type %s in Go: what jsonb() has written comes out in SQLite's own binary form",
		fix:     "write CAST(json(…) AS TEXT) around %s",
		warning: true,
	},
	{
		// sqlc takes a PRIMARY KEY for NOT NULL, SQLite does not.
		applies: nullableKey,
		msg:     "column %s is of type %s in Go, but SQLite lets a PRIMARY KEY be NULL that does not say NOT NULL",
		fix:     "declare %s NOT NULL, or its table STRICT or WITHOUT ROWID",
		warning: true,
	},
}

func binaryJSON(_ *checker, o infer.Origin, typ goType) bool {
	return schema.EqualFold(o.Column.Type, "JSONB") && typ.base != "any"
}

func nullableKey(_ *checker, o infer.Origin, typ goType) bool {
	if o.Column.NotNull || typ.nullable || !typ.known() || o.Table.Kind != schema.KindTable {
		return false
	}
	for _, k := range o.Table.PrimaryKey {
		if schema.EqualFold(k, o.Column.Name) {
			return true
		}
	}
	return false
}

// noted notes what is wrong with the column that a result column comes from,
// and reports whether there is an error.
func (s *subject) noted(col infer.Column, typ goType) bool {
	o, kinds := infer.Origin{Table: col.Type.Table, Column: col.Type.Column}, noteKinds
	if o.Column == nil && typ.base == "json.RawMessage" {
		o, kinds = col.Type.Source(), noteKinds[:1] // json(column)
	}
	if o.Column == nil {
		return false
	}
	failed := false
	for _, kind := range kinds {
		if kind.applies(s.checker, o, typ) {
			failed = failed || !kind.warning
			column := o.Table.Name + "." + o.Column.Name
			if kind.overridden && col.Type.View != "" {
				column = col.Type.View
			}
			s.checker.note(kind, column, typ, s.at(s.origin(col.Pos)))
		}
	}
	return failed
}

func (c *checker) note(kind *noteKind, column string, typ goType, at *diag.Problem) {
	for _, n := range c.notes {
		if n.kind == kind && n.column == column {
			if n.first.Query != at.Query {
				n.more[at.Query] = true
			}
			return
		}
	}
	at.Msg = fmt.Sprintf(kind.msg, column, typ.text)
	at.Fix = fmt.Sprintf(kind.fix, column)
	c.notes = append(c.notes, &note{kind, column, at, map[string]bool{}})
}

// reportNotes adds the notes to the problems and warnings.
func (c *checker) reportNotes() {
	for _, n := range c.notes {
		switch len(n.more) {
		case 0:
		case 1:
			n.first.Msg += " (1 other query reads it)"
		default:
			n.first.Msg += fmt.Sprintf(" (%d other queries read it)", len(n.more))
		}
		if n.kind.warning {
			c.warnings = append(c.warnings, n.first)
		} else {
			c.problems = append(c.problems, n.first)
		}
	}
}

// sqlType is the type to CAST to for a class of values, "…" where that is open.
func sqlType(c infer.Class) string {
	if to, ok := castTypes[c]; ok {
		return to
	}
	return "…"
}
