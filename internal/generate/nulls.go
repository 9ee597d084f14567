package generate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/stored"
)

// nullOverrides finds overrides that give columns that can be NULL a type that cannot. One of
// Go's own types is made one that can, which is noted. Of a type with a name of its own it is
// not known what its people want: reading NULL into it is an error at run time.
func (b *block) nullOverrides(file string, types stored.Types) (warnings diag.Problems, notes []string) {
	type override struct {
		line int
		gotype.Type
	}
	var overrides []override // in the order of the file, of which some stand in one line
	columns := map[override][]string{}
	of := infer.New(b.Database.Schema)
	for _, t := range b.Database.Schema.Tables {
		for i := range t.Columns {
			c := &t.Columns[i]
			line := b.OverrideLine(t.Name, c.Name, c.Type, c.NotNull || c.Inline)
			typ := types(t, c)
			if line > 0 && !typ.Nullable && t.Kind == schema.KindTable && of.Column(t, c).Null == infer.CanBeNull {
				o := override{line, typ}
				if columns[o] == nil {
					overrides = append(overrides, o)
				}
				columns[o] = append(columns[o], t.Name+"."+c.Name)
			}
		}
	}
	slices.SortStableFunc(overrides, func(a, b override) int { return cmp.Compare(a.line, b.line) })
	for _, o := range overrides {
		line, typ, where := o.line, o.Type, some(columns[o])
		name := typ.Named
		if ownTimes[typ.Text] {
			name = typ.Text
		}
		switch now := typ.TakesNull(b.PointersForNull); {
		case name != "" && typ.Base != "any":
			warnings = append(warnings, &diag.Problem{
				File: file, Line: line, Msg: fmt.Sprintf("%s can be NULL, and the type %s cannot: a row with NULL cannot be read", where, name),
				Fix: "add pointer: true to go_type, or declare the column NOT NULL",
			})
		case now != typ.Text:
			notes = append(notes, fmt.Sprintf("%s:%d: %s can be NULL, so that the type in rows is %s, not %s; a type that takes NULL, as by pointer: true in go_type, stays as it is",
				file, line, where, now, typ.Text))
		}
	}
	return warnings, notes
}

// some names a few of some columns.
func some(columns []string) string {
	const most = 4
	switch n := len(columns); {
	case n == 1:
		return "column " + columns[0]
	case n > most:
		return fmt.Sprintf("%d columns, such as %s,", n, strings.Join(columns[:most], ", "))
	}
	return "each of " + strings.Join(columns, ", ")
}
