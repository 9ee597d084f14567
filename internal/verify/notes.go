package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// note is something that is wrong with columns of a table, in the same way, in
// every query that reads them. It is reported once, at the first query.
type note struct {
	kind    *noteKind
	table   string
	goType  string
	columns []string // table.column, or view.column
	items   []string // of the fix, for each of them
	first   *diag.Problem
	more    map[string]bool // the other queries
}

// noteKind is one thing that can be wrong with a column.
type noteKind struct {
	applies func(c *checker, o infer.Origin, typ goType) bool
	msg     string // of "column x is of type y", with what follows
	fix     string // with the columns
	// item is a part of the fix for each column, or "".
	item    func(column string, c *schema.Column) string
	warning bool
	// overridden: the fix is for the column that is read, also if that is a view's.
	overridden bool
}

var noteKinds = []*noteKind{
	{
		// The driver gives JSON as text, and database/sql puts neither text nor NULL
		// into a json.RawMessage (sqlc 129, 3373).
		applies: func(_ *checker, _ infer.Origin, typ goType) bool { return typ.base == "json.RawMessage" },
		msg:     "which can be read neither from text nor from NULL",
		fix:     "use the JSON type of the generated package, in sqlc.yaml under gen.go:\noverrides:",
		item: func(column string, _ *schema.Column) string {
			return fmt.Sprintf("\n  - column: \"%s\"\n    go_type: {type: \"JSON\"}", column)
		},
		overridden: true,
	},
	{
		// sqlc replaces the column of a star with json(column).
		applies: binaryJSON,
		msg:     "and JSONB in SQLite: what jsonb() has written comes out in SQLite's own binary form",
		fix:     "write CAST(json(…) AS TEXT) around %s",
		warning: true,
	},
	{
		applies:    untyped,
		msg:        "as sqlc does not know the type that it is declared with",
		fix:        "name a Go type in sqlc.yaml under gen.go, such as:\noverrides:",
		item:       helpful,
		warning:    true,
		overridden: true,
	},
	{
		// sqlc treats a PRIMARY KEY as NOT NULL, SQLite does not.
		applies: nullableKey,
		msg:     "but SQLite lets a PRIMARY KEY be NULL that does not say NOT NULL",
		fix:     "declare %s NOT NULL, or its table STRICT or WITHOUT ROWID",
		warning: true,
	},
}

// untyped reports a column that is declared with a type for which sqlc does not
// have a Go type.
func untyped(c *checker, o infer.Origin, typ goType) bool {
	declared := o.Column.Type
	return typ.base == "any" && declared != "" && !sqltext.EqualFold(declared, "ANY") && gotype.Of(declared) == "any" &&
		o.Table.Kind == schema.KindTable && (c.Overridden == nil || !c.Overridden(o.Table.Name, o.Column.Name))
}

// helpful returns an override with a type that suits the column's values.
func helpful(column string, c *schema.Column) string {
	declared := strings.ToUpper(c.Type)
	t := map[infer.Affinity]string{
		infer.IntegerAffinity: "int64", infer.RealAffinity: "float64", infer.BlobAffinity: "[]byte",
	}[infer.AffinityOf(declared)]
	switch {
	case strings.HasPrefix(declared, "DATE"), strings.HasPrefix(declared, "TIMESTAMP"):
		t = "TextTime"
	case t == "":
		t = "string"
	}
	pointer := ""
	if !c.NotNull && t != "[]byte" {
		pointer = ", pointer: true"
	}
	return fmt.Sprintf("\n  - {column: \"%s\", go_type: {type: \"%s\"%s}}", column, t, pointer)
}

func binaryJSON(_ *checker, o infer.Origin, typ goType) bool {
	return sqltext.EqualFold(o.Column.Type, "JSONB") && typ.base != "any"
}

func nullableKey(_ *checker, o infer.Origin, typ goType) bool {
	if o.Column.NotNull || typ.nullable || !typ.known() || o.Table.Kind != schema.KindTable {
		return false
	}
	for _, k := range o.Table.PrimaryKey {
		if sqltext.EqualFold(k, o.Column.Name) {
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
			s.checker.note(kind, column, o.Column, typ, s.at(s.origin(col.Pos)))
		}
	}
	return failed
}

func (c *checker) note(kind *noteKind, column string, of *schema.Column, typ goType, at *diag.Problem) {
	c.noted++
	item := ""
	if kind.item != nil {
		item = kind.item(column, of)
	}
	table := column[:strings.LastIndexByte(column, '.')]
	for _, n := range c.notes {
		if n.kind != kind || n.table != table || n.goType != typ.text {
			continue
		}
		if n.first.Query != at.Query {
			n.more[at.Query] = true
		}
		if !slices.Contains(n.columns, column) {
			n.columns, n.items = append(n.columns, column), append(n.items, item)
		}
		return
	}
	c.notes = append(c.notes, &note{kind, table, typ.text, []string{column}, []string{item}, at, map[string]bool{}})
}

// unread notes the columns of tables that no query reads: their sources do, and fail alike.
func (c *checker) unread() {
	kind := noteKinds[0]
	for _, t := range c.Schema.Tables {
		model := c.models[t]
		if model == nil || t.Kind != schema.KindTable {
			continue
		}
		at, noted := &diag.Problem{}, []string{}
		for _, n := range c.notes {
			if n.kind == kind && n.table == t.Name {
				at, noted = n.first, append(noted, n.columns...)
			}
		}
		for i := range t.Columns {
			column, typ := t.Name+"."+t.Columns[i].Name, parseGoType(model.Fields[i].Type)
			if kind.applies(c, infer.Origin{}, typ) && !slices.Contains(noted, column) {
				c.note(kind, column, &t.Columns[i], typ, at)
			}
		}
	}
}

// reportNotes adds the notes to the problems and warnings.
func (c *checker) reportNotes() {
	for _, n := range c.notes {
		are := "column " + n.columns[0] + " is"
		if len(n.columns) > 1 {
			are = "columns " + strings.Join(n.columns, ", ") + " are"
		}
		p := n.first
		p.Msg = fmt.Sprintf("%s of type %s in Go, %s", are, n.goType, n.kind.msg)
		p.Fix = strings.ReplaceAll(n.kind.fix, "%s", strings.Join(n.columns, ", "))
		p.Fix += strings.Join(n.items, "")
		switch len(n.more) {
		case 0:
		case 1:
			p.Msg += " (1 other query reads it)"
		default:
			p.Msg += fmt.Sprintf(" (%d other queries read it)", len(n.more))
		}
		if n.kind.warning {
			c.warnings = append(c.warnings, p)
		} else {
			c.problems = append(c.problems, p)
		}
	}
}

// sqlType returns the type to CAST to for a class of values, "…" if that is open.
func sqlType(c infer.Class) string {
	if to, ok := castTypes[c]; ok {
		return to
	}
	return "…"
}
