// Package squirreltraps has each trap, each in several forms.
package squirreltraps

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"strings"

	sq "github.com/Masterminds/squirrel"
)

const either = "status = 'open' OR status = 'new'"

var psql = sq.StatementBuilder.PlaceholderFormat(sq.Dollar)

func or(id int) {
	_ = sq.Select("id").From("orders").Where("id = ? OR total = ?", 1, 2)                            // want `OR without parentheses`
	_ = sq.Select("id").From("orders").Where(either)                                                 // want `OR without parentheses`
	_ = sq.Select("id").From("orders").Where("a = 1 or b = 2")                                       // want `OR without parentheses`
	_ = sq.Select("id").From("orders").Where("a = 1\n\tOR b = 2")                                    // want `OR without parentheses`
	_ = sq.Select("id").From("orders").Where("(a = 1) OR (b = 2)")                                   // want `OR without parentheses`
	_ = sq.Select("id").From("orders").Where("a = 'x' OR b = 'y'").Where(sq.Eq{"c": id})             // want `OR without parentheses`
	_ = sq.Select("id").From("orders").GroupBy("id").Having("COUNT(*) > 1 OR SUM(total) > 5")        // want `OR without parentheses`
	_ = sq.Update("orders").Set("total", 1).Where("id = 1 OR id = 2")                                // want `OR without parentheses`
	_ = sq.Delete("orders").Where("id = 1 OR id = 2")                                                // want `OR without parentheses`
	_ = sq.Select("id").From("orders").Where(sq.Expr("id = ? OR id = ?", 1, 2))                      // want `OR without parentheses`
	_ = sq.Select("id").From("orders").Where(sq.And{sq.Expr("id = 1 OR id = 2"), sq.Eq{"total": 1}}) // want `OR without parentheses`
	_ = psql.Select("id").From("orders").Where("id = $1 OR total = $2", 1, 2)                        // want `OR without parentheses`
	filter := "id = 1 OR id = 2"
	_ = sq.Select("id").From("orders").Where(filter) // want `OR without parentheses`
	q := sq.Select("id").From("orders")
	if id > 0 {
		q = q.Where("id = ? OR ? = 0", id, id) // want `OR without parentheses`
	}
	_ = q
	_ = sq.Select("id").From("orders").Where("CASE WHEN id = 1 THEN 1 ELSE 0 END OR id = 2") // want `OR without parentheses`
}

func orIsRight(id int) {
	_ = sq.Select("id").From("orders").Where("(id = ? OR total = ?)", 1, 2)                                    // ok: in parentheses
	_ = sq.Select("id").From("orders").Where("tenant = 1 AND (id = 1 OR id = 2)")                              // ok: in parentheses
	_ = sq.Select("id").From("orders").Where("status = 'this OR that'")                                        // ok: in a string
	_ = sq.Select("id").From("orders").Where("id IN (SELECT id FROM orders WHERE id = 1 OR id = 2)")           // ok: in a subquery
	_ = sq.Select("id").From("orders").Where("CASE WHEN id = 1 OR id = 2 THEN 1 ELSE 0 END")                   // ok: in a CASE
	_ = sq.Select("id").From("orders").Where(sq.Or{sq.Expr("id = 1 OR id = 2"), sq.Eq{"total": 1}})            // ok: in an Or
	_ = sq.Select("id").From("orders").Where("floor = 1")                                                      // ok: part of a word
	_ = sq.Select("id").From("orders").Where(`"or" = 1`)                                                       // ok: a quoted name
	_ = sq.Select("id").From("orders").Where("id = 1 /* OR id = 2 */")                                         // ok: in a comment
	_ = sq.Select("id").From("orders").Join("customers ON customers.id = orders.customer_id OR orders.id = 1") // ok: nothing is added to a Join
	_ = sq.Select("id").From("orders").Column("a = 1 OR b = 2")                                                // ok: a column
	_ = sq.Select("id").From("orders").Where("EXISTS (SELECT 1 WHERE a OR b)")                                 // ok: in a subquery
	_ = sq.Case().When("a = 1 OR b = 2", "1")                                                                  // ok: in a CASE
	_ = sq.Select("id").From("orders").Where(sq.Or{sq.Eq{"id": id}, sq.Eq{"total": id}})                       // ok: squirrel's Or
}

func empties(db *sql.DB, ctx context.Context) {
	_ = sq.Delete("orders").Where(sq.And{})                    // want `empty And is always true`
	_ = sq.Delete("orders").Where(sq.Eq{})                     // want `empty Eq is always true`
	_ = sq.Delete("orders").Where(sq.NotEq{})                  // want `empty NotEq is always true`
	_ = sq.Delete("orders").Where(map[string]any{})            // want `empty map is always true`
	_ = sq.Delete("orders").Where(sq.NotEq{"id": []int{}})     // want `empty list in NotEq is always true`
	_ = sq.Delete("orders").Where(sq.Or{})                     // want `empty Or is never true`
	_ = sq.Update("orders").Set("total", 0).Where(sq.Eq{})     // want `empty Eq is always true`
	_ = sq.Update("orders").Set("total", 0).Where(sq.And(nil)) // want `empty And is always true`
	_ = sq.Update("orders").Set("total", 0).Where(make(sq.Eq)) // want `empty Eq is always true`
	var cond sq.And
	_ = sq.Delete("orders").Where(cond) // want `empty And is always true`
	eq := sq.Eq{}
	_ = sq.Update("orders").Set("total", 0).Where(eq) // want `empty Eq is always true`
	del := sq.Delete("orders")
	del = del.Where(sq.Eq{}) // want `empty Eq is always true`
	del.RunWith(db).ExecContext(ctx)
	var unset sq.Eq
	_, _, _ = sq.Delete("orders").Where(unset).ToSql()                        // want `empty Eq is always true`
	_ = sq.Select("id").From("orders").Where(sq.Or{sq.Eq{}, sq.Eq{"id": 1}})  // want `empty Eq in an Or is always true`
	_ = sq.Select("id").From("orders").Where(sq.Or{nil, sq.Eq{"id": 1}})      // want `nil in an Or panics`
	_ = sq.Select("id").From("orders").Where(sq.Or{sq.Eq{"id": 1}, sq.And{}}) // want `empty And in an Or is always true`
	_ = sq.Select("id").From("orders").Where(sq.Or{sq.Eq{"id": 1}, eq})       // want `empty Eq in an Or is always true`
	_ = sq.Or{sq.NotEq{"id": []string{}}, sq.Eq{"total": 1}}                  // want `empty list in NotEq in an Or`
}

func fill(eq sq.Eq) { eq["id"] = 1 }

func emptiesAreRight(ids []int, db *sql.DB) {
	_ = sq.Delete("orders").Where(sq.Eq{"id": ids})       // ok: an empty IN is never true
	_ = sq.Delete("orders").Where(sq.Eq{"id": []int{}})   // ok: an empty IN is never true
	_ = sq.Delete("orders").Where(sq.And{sq.Eq{"id": 1}}) // ok: has a part
	_ = sq.Select("id").From("orders").Where(sq.And{})    // ok: a Select of all
	_ = sq.Select("id").From("orders").Where(sq.Eq{})     // ok: a Select of all
	eq := sq.Eq{}
	eq["id"] = 1
	_ = sq.Delete("orders").Where(eq) // ok: filled
	var and sq.And
	and = append(and, sq.Eq{"id": 1})
	_ = sq.Delete("orders").Where(and) // ok: appended to
	other := sq.Eq{}
	fill(other)
	_ = sq.Delete("orders").Where(other) // ok: filled by a function
	var late sq.Eq
	if len(ids) > 0 {
		late = sq.Eq{"id": ids}
	}
	_ = sq.Delete("orders").Where(late)                                                // ok: assigned to in a branch
	_ = sq.Select("id").From("orders").Where(sq.Or{sq.Eq{"id": 1}, sq.Eq{"total": 2}}) // ok: no empty part
	var or sq.Or
	for _, id := range ids {
		or = append(or, sq.Eq{"id": id})
	}
	_ = sq.Delete("orders").Where(or) // ok: appended to
}

func everything(ctx context.Context, db *sql.DB, b bool) (sq.Sqlizer, error) {
	sq.Delete("orders").RunWith(db).Exec()                       // want `Delete without Where`
	sq.Delete("orders").RunWith(db).ExecContext(ctx)             // want `Delete without Where`
	sq.Update("orders").Set("total", 0).RunWith(db).Exec()       // want `Update without Where`
	_, _, _ = sq.Update("orders").Set("total", 0).ToSql()        // want `Update without Where`
	_, _ = sq.Delete("").From("orders").MustSql()                // want `Delete without Where`
	_, _, _ = psql.Delete("orders").ToSql()                      // want `Delete without Where`
	_, _, _ = sq.Delete("orders").Where(nil).ToSql()             // want `Delete without Where`
	_, _, _ = sq.Delete("orders").Where("").ToSql()              // want `Delete without Where`
	_, _, _ = sq.Delete("orders").Suffix("RETURNING id").ToSql() // want `Delete without Where`
	del := sq.Delete("orders")                                   // want `Delete without Where`
	if _, err := del.RunWith(db).Exec(); err != nil {
		return nil, err
	}
	up := sq.Update("orders") // want `Update without Where`
	up = up.Set("total", 0)
	if b {
		up = up.Set("status", "x")
	}
	sqlText, args, err := up.ToSql()
	_, _, _ = sqlText, args, err
	handOn(sq.Delete("customers"))  // want `Delete without Where`
	return sq.Delete("orders"), nil // want `Delete without Where`
}

func handOn(sq.Sqlizer) {}

func narrow(d sq.DeleteBuilder) sq.DeleteBuilder { return d.Where("id = 1") }

type repo struct {
	del sq.DeleteBuilder
	db  *sql.DB
}

func everythingIsRight(ctx context.Context, db *sql.DB, id int, d sq.DeleteBuilder, r *repo) sq.DeleteBuilder {
	sq.Delete("orders").Where(sq.Eq{"id": id}).RunWith(db).Exec() // ok: has a Where
	sq.Delete("orders").Where("1 = 1").RunWith(db).Exec()         // ok: says that it means everything
	del := sq.Delete("orders")                                    // ok: the Where follows
	del = del.Where("id = ?", id)
	del.RunWith(db).Exec()
	maybe := sq.Delete("orders") // ok: the Where may follow
	if id > 0 {
		maybe = maybe.Where("id = ?", id)
	}
	maybe.RunWith(db).Exec()
	narrow(sq.Delete("orders")).RunWith(db).Exec()               // ok: a function adds the Where
	d.RunWith(db).Exec()                                         // ok: a parameter
	r.del.RunWith(db).Exec()                                     // ok: a field
	sq.Delete("orders").Limit(10).RunWith(db).Exec()             // ok: limited
	_, _, _ = sq.Delete("orders").Suffix("WHERE id = 1").ToSql() // ok: the Where is a suffix
	one := sq.Delete("orders").RunWith(db)                       // ok: narrowed where it is run
	one.Where(sq.Eq{"id": id}).ExecContext(ctx)
	r.del = sq.Delete("orders")                                            // ok: a field, the Where may follow
	_, _, _ = sq.Select("id").From("orders").ToSql()                       // ok: a Select
	_, _, _ = sq.StatementBuilder.Where("id = 1").Delete("orders").ToSql() // ok: the Where is in the StatementBuilder
	return sq.Delete("orders")                                             // ok: the caller adds the Where
}

type store struct {
	table  string
	sort   string
	Public string
}

func newStore() *store { return &store{table: "orders"} }

func (s *store) setSort(r *http.Request) { s.sort = r.FormValue("sort") }

var byKey = map[string]string{"id": "id", "total": "total DESC"}

var list = []string{"id", "total"}

func OrderBy(s *store, name string, r *http.Request, names []string, table string) {
	_ = sq.Select("id").From("orders").OrderBy(name)                                 // want `not constant in OrderBy`
	_ = sq.Select("id").From("orders").OrderBy(name + " DESC")                       // want `not constant in OrderBy`
	_ = sq.Select("id").From("orders").OrderBy("id", name)                           // want `not constant in OrderBy`
	_ = sq.Select("id").From("orders").OrderBy(names...)                             // want `not constant in OrderBy`
	_ = sq.Select("id").From("orders").OrderBy(fmt.Sprintf("%s ASC", name))          // want `not constant in OrderBy`
	_ = sq.Select("id").From("orders").OrderBy(r.FormValue("sort"))                  // want `not constant in OrderBy`
	_ = sq.Select("id").From("orders").OrderBy(strings.ToUpper(name))                // want `not constant in OrderBy`
	_ = sq.Select("id").From("orders").OrderBy(s.sort)                               // want `not constant in OrderBy`
	_ = sq.Select("id").From("orders").OrderBy(s.Public)                             // want `not constant in OrderBy`
	_ = sq.Select("id").From("orders").GroupBy(name)                                 // want `not constant in GroupBy`
	_ = sq.Select(name).From("orders")                                               // want `not constant in Select`
	_ = sq.Select("id").Columns(names...).From("orders")                             // want `not constant in Columns`
	_ = sq.Select("id").From(table)                                                  // want `not constant in From`
	_ = sq.Select("id").From("orders").Join(table + " ON 1 = 1")                     // want `not constant in Join`
	_ = sq.Select("id").From("orders").LeftJoin(fmt.Sprintf("%s USING (id)", table)) // want `not constant in LeftJoin`
	_ = sq.Select("id").From("orders").Prefix("WITH x AS (" + name + ")")            // want `not constant in Prefix`
	_ = sq.Select("id").From("orders").Suffix("LIMIT " + name)                       // want `not constant in Suffix`
	_ = sq.Select("id").From("orders").Options(name)                                 // want `not constant in Options`
	_ = sq.Insert(table)                                                             // want `not constant in Insert`
	_ = sq.Insert("").Into(table)                                                    // want `not constant in Into`
	_ = sq.Update("orders").Set(name, 1)                                             // want `not constant in Set`
	_ = sq.Update(table).Where("id = 1")                                             // want `not constant in Update`
	_ = sq.Delete(table).Where("id = 1")                                             // want `not constant in Delete`
	_ = sq.Select("id").From("orders").Where(sq.Eq{name: 1})                         // want `key of Eq that is not constant`
	_ = sq.Select("id").From("orders").Where(sq.Like{name + "_x": "a%"})             // want `key of Like that is not constant`
	_ = sq.Alias(sq.Select("id"), name)                                              // want `not constant in Alias`
	order := "id"
	if name != "" {
		order = name
	}
	_ = sq.Select("id").From("orders").OrderBy(order) // want `not constant in OrderBy`
	order2 := "id "
	order2 += name
	_ = sq.Select("id").From("orders").OrderBy(order2) // want `not constant in OrderBy`
	var b strings.Builder
	b.WriteString("id ")
	b.WriteString(name)
	_ = sq.Select("id").From("orders").OrderBy(b.String()) // want `not constant in OrderBy`
	var c strings.Builder
	fmt.Fprintf(&c, "%s DESC", name)
	_ = sq.Select("id").From("orders").OrderBy(c.String())                // want `not constant in OrderBy`
	_ = sq.Select("id").From("orders").OrderBy(passes(name))              // want `not constant in OrderBy`
	_ = sq.Select("id").From("orders").OrderBy(strings.Join(names, ", ")) // want `not constant in OrderBy`
	for _, n := range names {
		_ = sq.Select("id").From("orders").OrderBy(n) // want `not constant in OrderBy`
	}
	// @native-sql this is not the directive for it
	_ = sq.Select("id").From("orders").OrderBy(name) // want `not constant in OrderBy`
}

func passes(s string) string { return s }

func column(s string) string {
	switch s {
	case "total":
		return "total"
	}
	return "id"
}

func private(table string) sq.SelectBuilder {
	return sq.Select("id").From(table) // ok: every caller hands over a constant
}

func quoteIdent(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func OrderByIsRight(s *store, name string, desc bool, n int) error {
	private("orders")
	private("customers")
	_ = sq.Select("id").From("orders").OrderBy("id DESC")                 // ok: a constant
	_ = sq.Select("id").From(s.table)                                     // ok: an unexported field of constants
	_ = sq.Select("id").From("orders").OrderBy(byKey[name])               // ok: a map of constants
	_ = sq.Select("id").From("orders").OrderBy(list...)                   // ok: a slice of constants
	_ = sq.Select("id").From("orders").OrderBy(list[n])                   // ok: an element of a slice of constants
	_ = sq.Select("id").From("orders").OrderBy(column(name))              // ok: a function of constants
	_ = sq.Select("id").From("orders").OrderBy(passes("id"))              // ok: a constant passed through
	_ = sq.Select("id").From("orders").OrderBy(fmt.Sprintf("%d", n))      // ok: a number
	_ = sq.Select("id").From("orders").OrderBy(quoteIdent(name))          // ok: quoted
	_ = sq.Select("id").From("orders").Suffix(fmt.Sprintf("LIMIT %d", n)) // ok: a number
	_ = sq.Select("id").From("orders").Where("id = ?", name)              // ok: a value
	_ = sq.Select("id").From("orders").Suffix("LIMIT ?", name)            // ok: a value
	_ = sq.Insert("orders").Columns("status").Values(name)                // ok: a value
	_ = sq.Update("orders").Set("status", name).Where("id = 1")           // ok: a value
	_ = sq.Select("id").From("orders").Where(sq.Eq{"status": name})       // ok: a value
	order := "id"
	if desc {
		order = "total"
	}
	_ = sq.Select("id").From("orders").OrderBy(order) // ok: constants in each branch
	direction := " ASC"
	if desc {
		direction = " DESC"
	}
	_ = sq.Select("id").From("orders").OrderBy("id" + direction) // ok: constants in each branch
	if col, ok := byKey[name]; ok {
		_ = sq.Select("id").From("orders").OrderBy(col) // ok: a map of constants
	}
	for _, c := range list {
		_ = sq.Select("id").From("orders").OrderBy(c) // ok: an element of constants
	}
	for k := range byKey {
		_ = sq.Select("id").From("orders").GroupBy(k) // ok: a key of constants
	}
	cols := []string{"id"}
	cols = append(cols, "total")
	_ = sq.Select(cols...).From("orders")                                // ok: appended constants
	_ = sq.Select("id").From("orders").OrderBy(strings.Join(list, ", ")) // ok: joined constants
	var b strings.Builder
	b.WriteString("id")
	fmt.Fprintf(&b, ", %d", n)
	_ = sq.Select("id").From("orders").OrderBy(b.String()) // ok: built of constants and numbers
	// @native-sql-dynamic the name is chosen by the operator
	_ = sq.Select("id").From("orders").OrderBy(name) // ok: a reason is given
	// @native-sql-dynamic what is said above a group does not hold for each of it
	var (
		grouped = sq.Select("id").From("orders").OrderBy(name) // want `that is not constant`
		// @native-sql-dynamic the name is chosen by the operator
		excused = sq.Select("id").From("orders").OrderBy(name) // ok: a reason is given
	)
	_, _ = grouped, excused
	return nil
}

func checkedByContains(name string) error {
	allowed := []string{"id", "total"}
	if !contains(allowed, name) {
		return fmt.Errorf("no column %q", name)
	}
	return nil
}

func contains(list []string, s string) bool { return strings.Contains(strings.Join(list, ","), s) }
