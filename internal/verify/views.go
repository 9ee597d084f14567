package verify

import (
	"fmt"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// views: the fields of the row type of a view, or of an FTS5 table, can hold what
// its columns can be.
func (c *checker) views() {
	for _, t := range c.Schema.Tables {
		model := c.models[t]
		if t.Kind != schema.KindView && !t.FTS5() || model == nil {
			continue
		}
		stmt, err := syntax.Parse("SELECT * FROM " + sqltext.Quote(t.Name))
		if err != nil {
			continue
		}
		described, err := c.Conn.Describe("SELECT * FROM " + sqltext.Quote(t.Name))
		columns := c.infer.Analyze(stmt).Columns
		if err != nil || len(columns) != len(model.Fields) {
			continue
		}
		for i, col := range columns {
			f := c.completeView(t, i, col, described.Columns[i].DeclType)
			typ := parseGoType(f.Type)
			if typ.base == "json.RawMessage" || f.Via != "" {
				continue // reported for the column that it comes from, or read as its real type
			}
			switch wrong := holds(typ, col.Type, described.Columns[i].DeclType); {
			case wrong != misfit{}:
				c.view(&c.problems, t, col, fmt.Sprintf("column %s is of type %s in Go (%s), but %s", col.Name, f.Type, f.Name, wrong))
			case typ.base == "any" && col.Type.Column == nil && !c.overridden(col.Type):
				c.view(&c.warnings, t, col, fmt.Sprintf("sqlc has no type for column %s: it is %s in Go (%s)", col.Name, f.Type, f.Name))
			}
		}
	}
}

func (c *checker) view(list *diag.Problems, t *schema.Table, col infer.Column, msg string) {
	name := t.Name + "." + col.Name
	c.reported[name] = true
	p := &diag.Problem{Msg: "view " + t.Name + ": " + msg, Fix: "write the column with a CAST in the view"}
	if override := typeFor(col.Type); override != "" {
		p.Fix += fmt.Sprintf(", or give it a type in sqlc.yaml under gen.go:\noverrides:\n  - column: %q\n    go_type: %s", name, override)
	}
	if c.Where != nil {
		p.File, p.Line = c.Where(t.Name)
	}
	*list = append(*list, p)
}

// typeFor returns a Go type for a class of values, as sqlc.yaml writes it.
func typeFor(t infer.Type) string {
	types := map[infer.Class][2]string{
		infer.Integer:              {`"int64"`, `"database/sql.NullInt64"`},
		infer.Real:                 {`"float64"`, `"database/sql.NullFloat64"`},
		infer.Integer | infer.Real: {`"float64"`, `"database/sql.NullFloat64"`},
		infer.Text:                 {`"string"`, `"database/sql.NullString"`},
	}
	if t.Null == infer.NotNull {
		return types[t.Class][0]
	}
	return types[t.Class][1]
}
