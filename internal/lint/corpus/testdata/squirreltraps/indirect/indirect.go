// Package indirect has the traps behind variables, functions and lists.
package indirect

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"strings"

	sq "github.com/Masterminds/squirrel"
)

type option func(sq.SelectBuilder) sq.SelectBuilder

func withStatus(s string) option {
	return func(b sq.SelectBuilder) sq.SelectBuilder { return b.Where("status = ? OR total = 0", s) } // want `an OR without parentheses`
}

// Sorted takes what a caller asks for.
func Sorted(s string) option {
	return func(b sq.SelectBuilder) sq.SelectBuilder { return b.OrderBy(s) } // want `in OrderBy can be injected into`
}

// SortedOf takes it if it is one of two.
func SortedOf(s string) option {
	return func(b sq.SelectBuilder) sq.SelectBuilder {
		switch s {
		case "total", "status":
			return b.OrderBy(s) // ok: in the case of constants
		}
		return b
	}
}

func ors(b sq.SelectBuilder, s string, n int) {
	var pred any = "status = 'a' OR total = 1" // want `an OR without parentheses`
	b = b.Where(pred)
	e := sq.Expr("status = ? OR total = ?", s, 1) // want `an OR without parentheses`
	b = b.Where(e)
	conds := sq.And{}
	conds = append(conds, sq.Expr("status = ? OR total = ?", s, 1)) // want `an OR without parentheses`
	b = b.Where(conds)
	where := b.Where
	b = where("id = 1 OR id = 2")                          // want `an OR without parentheses`
	b = b.Where(fmt.Sprintf("id = %d OR id = %d", n, n+1)) // want `an OR without parentheses`
	_ = b.Where(either(n))                                 // want `an OR without parentheses`

	b = b.Where(fmt.Sprintf("(id = %d OR id = %d)", n, n+1)) // ok: in parentheses
	or := sq.Or{}
	or = append(or, sq.Expr("status = ? OR total = ?", s, 1)) // ok: an Or of an OR
	b = b.Where(or)
	named := sq.Expr("(status = ? OR total = ?)", s, 1) // ok: in parentheses
	_ = b.Where(named)
}

func either(n int) string { return fmt.Sprintf("id = %d OR id = 0", n) }

type executor interface{ Run(sq.Sqlizer) error }

func all(ctx context.Context, db *sql.DB, e executor, b bool) {
	sq.ExecWith(db, sq.Delete("orders"))                                       // want `Delete without Where`
	sq.ExecContextWith(ctx, db, sq.Update("orders").Set("total", 1))           // want `Update without Where`
	sq.QueryWith(db, sq.Delete("orders").Suffix("RETURNING id"))               // want `Delete without Where`
	_ = sq.DebugSqlizer(sq.Delete("orders"))                                   // want `Delete without Where`
	var s sq.Sqlizer = sq.Delete("orders")                                     // want `Delete without Where`
	s = sq.Update("orders").Set("total", 1)                                    // want `Update without Where`
	_ = []sq.Sqlizer{sq.Delete("orders")}                                      // want `Delete without Where`
	sq.DeleteBuilder{}.From("orders").RunWith(db).Exec()                       // want `Delete without Where`
	purge().RunWith(db).Exec()                                                 // want `Delete without Where`
	returning(sq.Update("orders").Set("total", 1)).RunWith(db).Exec()          // want `Update without Where`
	sq.Delete("orders").Where(sq.And{sq.Eq{}}).RunWith(db).Exec()              // want `an empty And is always true`
	sq.Delete("orders").Where(sq.And{sq.And{}, sq.NotEq{}}).RunWith(db).Exec() // want `an empty And is always true`
	and := make(sq.And, 0, 4)
	sq.Update("orders").Set("total", 1).Where(and).RunWith(db).Exec() // want `an empty And is always true`
	begin := sq.Delete
	begin("orders").RunWith(db).Exec() // want `Delete without Where`

	sq.ExecWith(db, sq.Delete("orders").Where("id = 1"))                                  // ok: a Where
	_ = []sq.Sqlizer{sq.Delete("orders").Where("id = 1"), sq.Select("id").From("orders")} // ok: a Where
	purge().Where("id = 1").RunWith(db).Exec()                                            // ok: a Where by the caller
	scoped(sq.Update("orders").Set("total", 1)).RunWith(db).Exec()                        // ok: a Where by the function
	returning(sq.Update("orders").Set("total", 1).Where("id = 1")).RunWith(db).Exec()     // ok: a Where in the argument
	sq.Delete("orders").Where(sq.And{sq.Eq{}, sq.Eq{"id": 1}}).RunWith(db).Exec()         // ok: not all are empty
	sq.Delete("orders").Where(sq.And{sq.Or{}}).RunWith(db).Exec()                         // ok: never true
	two := make(sq.And, 1, 4)
	sq.Delete("orders").Where(two).RunWith(db).Exec() // ok: not empty
	d := sq.Delete("orders")
	add := func() { d = d.Where("id = 1") }
	add()
	d.RunWith(db).Exec()                           // ok: a closure adds it
	_ = e.Run(sq.Delete("orders").Where("id = 1")) // ok: a Where
	_ = s
	rows := sq.Insert("orders").Columns("id")
	if b {
		rows = rows.Columns("total").Values(1, 2) // ok: in one branch
	} else {
		rows = rows.Values(1) // ok: in the other
	}
	_, _, _ = rows.ToSql()
	_, _, _ = sq.Insert("orders").Columns("id", "total").Values([]any{1}...).ToSql() // want `the row has 1 values, and Columns names 2`
	row := []any{1}
	row = append(row, 2)
	_, _, _ = sq.Insert("orders").Columns("id", "total").Values(row...).ToSql() // ok: not known
	args := []any{1, 2}
	_ = sq.Select("id").From("orders").Where("id = ?", args...)               // want `1 placeholders, and 2 arguments`
	_ = sq.Select("id").From("orders").Where("id = ? AND total = ?", args...) // ok: as many
}

func purge() sq.DeleteBuilder { return sq.Delete("orders") } // ok: its callers run it

func returning(u sq.UpdateBuilder) sq.UpdateBuilder { return u.Suffix("RETURNING id") }

func scoped(u sq.UpdateBuilder) sq.UpdateBuilder { return u.Where("customer_id = 1") }

var columns = map[string]string{"total": "total", "id": "id"}

var names = []string{"total", "id"}

type filter struct{ sort, Dir string }

// Validate leaves a filter that may be used anywhere.
func (f filter) Validate() error {
	if f.Dir != "ASC" && f.Dir != "DESC" {
		return fmt.Errorf("no such direction: %s", f.Dir)
	}
	return nil
}

func known(s string) bool { return slices.Contains(names, s) }

func check(s string) error {
	if _, ok := columns[s]; !ok {
		return fmt.Errorf("no such column: %s", s)
	}
	return nil
}

// Checks are believed where they hold.
func Checks(r *http.Request, b sq.SelectBuilder, f filter) {
	key := r.FormValue("sort")
	b.OrderBy(key) // want `in OrderBy can be injected into`
	if key != "" {
		b.OrderBy(key) // want `in OrderBy can be injected into`
	}
	if strings.HasPrefix(key, "id") || len(key) < 9 {
		b.OrderBy(key) // want `in OrderBy can be injected into`
	}
	if slices.Contains(names, key) {
		b.OrderBy(key) // ok: in the branch
	} else {
		b.OrderBy(key) // want `in OrderBy can be injected into`
	}
	b.OrderBy(key) // want `in OrderBy can be injected into`
	if _, ok := columns[key]; ok {
		b.OrderBy(key) // ok: in the branch
	}
	switch key {
	case "total", "id":
		b.OrderBy(key) // ok: in the case
	default:
		b.OrderBy(key) // want `in OrderBy can be injected into`
	}
	if key == "total" || key == "id" {
		b.OrderBy(key) // ok: compared
	}
	if key == "total" || len(key) == 2 {
		b.OrderBy(key) // want `in OrderBy can be injected into`
	}
	if known(key) {
		b.OrderBy(key) // ok: a function that looks it up
	}
	other := r.FormValue("other")
	if err := check(other); err != nil {
		return
	}
	b.OrderBy(other)         // ok: a function gave no error
	b.OrderBy("id " + f.Dir) // ok: a method may have checked it
	third := r.FormValue("third")
	if !slices.Contains(names, third) {
		fmt.Println("unknown", third)
	}
	b.OrderBy(third) // want `in OrderBy can be injected into`
	if !slices.Contains(names, third) {
		third = "id"
	}
	b.OrderBy(third) // ok: replaced
	col, ok := columns[r.FormValue("c")]
	if !ok {
		col = r.FormValue("c")
	}
	b.OrderBy(col) // want `in OrderBy can be injected into`
	fourth := r.FormValue("fourth")
	if fourth != "" && !slices.Contains(names, fourth) {
		return
	}
	b.GroupBy(fourth) // ok: empty or checked
	order := b.OrderBy
	order(r.FormValue("x")) // want `in OrderBy can be injected into`
	sets := map[string]any{}
	for k, v := range r.URL.Query() {
		sets[k] = v[0]
	}
	sq.Update("orders").SetMap(sets).Where("id = 1")                                      // want `a key of the map that is not constant`
	sq.Update("orders").SetMap(map[string]any{r.FormValue("c"): 1}).Where("id = 1")       // want `a key of the map that is not constant`
	sq.Insert("orders").SetMap(map[string]any{r.FormValue("c"): 1})                       // want `a key of the map that is not constant`
	sq.Update("orders").SetMap(map[string]any{"total": r.FormValue("c")}).Where("id = 1") // ok: a value
	eq := sq.Eq{}
	for k, v := range r.URL.Query() {
		eq[k] = v[0] // want `a key of Eq that is not constant`
	}
	b.Where(eq)
	safe := sq.Eq{}
	safe["status"] = r.FormValue("status") // ok: a value
	for k := range columns {
		safe[k] = 1 // ok: a key of constants
	}
	b.Where(safe)
}
