package emit

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
)

// refuseTimes refuses what would be scanned into a time.Time. For that the driver
// has to know that a text is a time, and D1 does not tell the type of a column.
func (p *plan) refuseTimes() {
	models := map[string]*sqlc.Struct{}
	for _, s := range p.in.Package.Models {
		models[s.Name] = s
	}
	for _, t := range p.in.Schema.Tables {
		row := models[p.row(t)]
		if row == nil || len(row.Fields) != len(t.Columns) {
			continue // another problem
		}
		for i, f := range row.Fields {
			if isTime(f.Type) && !computedTime(t, i, f.Type) {
				column, pointer := t.Name+"."+t.Columns[i].Name, ""
				if !t.Columns[i].NotNull {
					pointer = ", pointer: true"
				}
				p.problem(&diag.Problem{
					Msg: fmt.Sprintf("%s is a %s, which a text from D1 does not scan into: D1 tells no column's type", column, f.Type),
					Fix: fmt.Sprintf("add an override to gen.go.overrides: {column: %q, go_type: {type: TextTime%s}}", column, pointer),
				})
			}
		}
	}
	files := map[string]*query.Query{}
	for _, q := range p.in.Queries {
		files[q.Name] = q
	}
	for _, m := range p.in.Package.Queries {
		if m.RowType != nil && models[m.RowType.Name] != nil {
			continue
		}
		for _, f := range m.Scan {
			if q := files[m.Name]; isTime(f.Type) && f.Via == "" && q != nil { // scanTime reads text
				what := f.Name
				if what == "" {
					what = "its column"
				}
				p.problem(&diag.Problem{File: q.File, Line: q.Line,
					Msg: fmt.Sprintf("%s: %s is a %s, which a text from D1 does not scan into: D1 tells no column's type", m.Name, what, f.Type),
					Fix: "override the type of its column with TextTime, or write CAST(… AS TEXT) around it",
				})
			}
		}
	}
}

func isTime(goType string) bool {
	switch strings.TrimPrefix(goType, "*") {
	case "time.Time", "sql.NullTime", "sql.Null[time.Time]":
		return true
	}
	return false
}
