package verify

import (
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
)

// dates binds an argument as a date if it is compared with a DATE column or
// assigned to one. In Go it is a time; bound as a time it would not equal any date.
// An argument that is used as a time elsewhere in the query cannot be both.
func (s *subject) dates(uses map[int]infer.Use, args []int) {
	forms := map[int]sqltime.Form{}
	for i, p := range s.emitted.params() {
		use := uses[p.start]
		column := use.Type.Source().Column
		if column != nil && args[i] >= 0 && use.Kind == infer.Compared && mixed(use.Type) && mayBeTime(s.m.Args[args[i]]) {
			s.problem(p.item.Start, "compare with each of the columns, with a parameter for each",
				"%s is compared with a value that is a date of one column and a time of another: they have two forms", p.item.Text)
			return
		}
		if column == nil || args[i] < 0 || use.Kind != infer.Compared && use.Kind != infer.Assigned || !mayBeTime(s.m.Args[args[i]]) {
			continue
		}
		form := sqltime.FormOf(column.Type)
		if form == sqltime.None {
			continue
		}
		other, seen := forms[args[i]]
		if forms[args[i]] = form; seen && other != form {
			s.problem(p.item.Start, "use two parameters",
				"%s is a date and a time: it is compared with or assigned to a column that is declared DATE and one that is declared DATETIME or TIMESTAMP", p.item.Text)
			return
		}
	}
	for arg, form := range forms {
		if form == sqltime.Date {
			s.completion().Args[arg] = s.runtimeName("bindDate")
		}
	}
}

// mixed reports whether a value is a date in some rows and a time in others.
func mixed(t infer.Type) bool {
	var forms [sqltime.Date + 1]bool
	for _, o := range t.Same() {
		forms[sqltime.FormOf(o.Column.Type)] = true
	}
	return forms[sqltime.Date] && forms[sqltime.Time]
}

// mayBeTime reports whether an argument can be a time. For any, and for a type of
// another package, that is not known.
func mayBeTime(a sqlc.Arg) bool {
	t := parseGoType(a.Type)
	if a.Slice {
		t = t.element()
	}
	return t.base == "time.Time" || t.base == "any" || !t.known()
}
