// Package dynamic puts SQL together in every way, of constants and of others.
package dynamic

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"
)

type Filter struct {
	Name, Sort, Dir string
	Limit           int
	IDs             []int64
	Kinds           []string
}

type repo struct {
	db    *sql.DB
	table string
	base  string
}

func newRepo(db *sql.DB) *repo {
	return &repo{db: db, table: "customers", base: "SELECT id FROM customers"}
}

type tenantRepo struct {
	db     *sql.DB
	Schema string
}

func (r *tenantRepo) list() {
	r.db.Query("SELECT id FROM " + r.Schema + ".customers") // want `can be injected into`
}

// @native-sql hand written here for speed of the list
func bad(w http.ResponseWriter, r *http.Request, db *sql.DB, f Filter, tpl *template.Template) {
	name := r.URL.Query().Get("name")
	db.Query("SELECT id FROM customers ORDER BY " + r.URL.Query().Get("sort"))       // want `can be injected into`
	db.Query("SELECT id FROM customers ORDER BY " + f.Sort + " " + f.Dir)            // want `can be injected into`
	db.Query(fmt.Sprint("SELECT id FROM customers WHERE name = '", name, "'"))       // want `can be injected into`
	db.Query(fmt.Sprintf("SELECT id FROM customers WHERE name = %q", name))          // want `can be injected into`
	db.Query(fmt.Sprintf("SELECT id FROM customers WHERE name = '%v'", name))        // want `can be injected into`
	db.Query(fmt.Sprintf("SELECT id FROM customers LIMIT %s", r.FormValue("limit"))) // want `can be injected into`
	var b bytes.Buffer
	b.WriteString("SELECT id FROM customers WHERE name = '")
	b.WriteString(name)
	db.Query(b.String()) // want `can be injected into`
	var b2 strings.Builder
	io.WriteString(&b2, "SELECT id FROM customers WHERE name = '"+name+"'")
	db.Query(b2.String()) // want `can be injected into`
	b3 := &strings.Builder{}
	fmt.Fprint(b3, "SELECT id FROM customers WHERE name = ", name)
	db.Query(b3.String()) // want `can be injected into`
	b4 := new(strings.Builder)
	b4.Write([]byte(name))
	db.Query(b4.String()) // want `can be injected into`
	b5 := bytes.NewBufferString("SELECT id FROM customers WHERE name = ")
	b5.WriteString(name)
	db.Query(b5.String())                                              // want `can be injected into`
	db.Query(bytes.NewBufferString("SELECT id FROM " + name).String()) // want `can be injected into`
	var b6 strings.Builder
	tpl.Execute(&b6, f)
	db.Query(b6.String()) // want `can be injected into`
	var b7 strings.Builder
	writeWhere(&b7, name)
	db.Query(b7.String()) // want `can be injected into`
	var b8 strings.Builder
	for _, r := range name {
		b8.WriteRune(r)
	}
	db.Query(b8.String()) // want `can be injected into`
	rep := strings.NewReplacer("{name}", name)
	db.Query(rep.Replace("SELECT id FROM customers WHERE name = '{name}'"))                                     // want `can be injected into`
	db.Query(strings.NewReplacer("{t}", "customers").Replace("SELECT id FROM {t} WHERE name = '" + name + "'")) // want `can be injected into`
	var parts []string
	if f.Name != "" {
		parts = append(parts, "name = '"+f.Name+"'")
	}
	parts = append(parts, "tenant_id > 0")
	db.Query("SELECT id FROM customers WHERE " + strings.Join(parts, " AND "))                  // want `can be injected into`
	db.Query("SELECT id FROM customers WHERE name IN ('" + strings.Join(f.Kinds, "','") + "')") // want `can be injected into`
	raw := []byte("SELECT id FROM customers WHERE name = '")
	raw = append(raw, name...)
	raw = append(raw, '\'')
	db.Query(string(raw))                                                        // want `can be injected into`
	db.Query(string(fmt.Appendf(nil, "SELECT id FROM %s", name)))                // want `can be injected into`
	db.Query(strings.TrimSpace(" SELECT id FROM " + name))                       // want `can be injected into`
	db.Query(strings.ToUpper("select id from " + name))                          // want `can be injected into`
	db.Query("SELECT id FROM customers WHERE name = " + strings.Repeat(name, 2)) // want `can be injected into`
	order := "name"
	switch f.Sort {
	case "tenant_id":
		order = "tenant_id"
	case "":
	default:
		order = f.Sort
	}
	db.Query("SELECT id FROM customers ORDER BY " + order) // want `can be injected into`
	col, ok := allowed[f.Sort]
	if !ok {
		col = f.Sort
	}
	db.Query("SELECT id FROM customers ORDER BY " + col) // want `can be injected into`
	if slices.Contains(names, f.Sort) {
		log("known")
	}
	db.Query("SELECT id FROM customers ORDER BY " + f.Sort) // want `can be injected into`
	if !slices.Contains(names, f.Sort) {
		log("unknown")
	}
	db.Query("SELECT id FROM customers ORDER BY " + f.Sort + ", id") // want `can be injected into`
	db.Query(build(f))                                               // want `can be injected into`
	query, args := where(f)
	db.Query("SELECT id FROM customers"+query, args...) // want `can be injected into`
	func(s string) {
		db.Query("SELECT id FROM " + s) // want `can be injected into`
	}(name)
	mk := func(s string) string { return "SELECT id FROM " + s }
	db.Query(mk(name))                    // want `can be injected into`
	db.Query(os.Getenv("Q") + " LIMIT 1") // want `can be injected into`
	q3 := "SELECT id FROM customers"
	for _, k := range f.Kinds {
		q3 = q3 + " OR kind = '" + k + "'"
	}
	db.Query(q3) // want `can be injected into`
	q4 := "SELECT id FROM customers"
	add := func(s string) { q4 += s }
	add(" WHERE name = " + name)
	db.Query(q4)                                                            // want `can be injected into`
	db.Query("SELECT id FROM customers WHERE name = " + string(mode(name))) // want `can be injected into`
	m := map[string]string{}
	m["q"] = "SELECT id FROM " + name
	db.Query(m["q"]) // want `can be injected into`
	arr := [2]string{"SELECT id FROM ", name}
	db.Query(arr[0] + arr[1]) // want `can be injected into`
	st := struct{ q string }{"SELECT id FROM " + name}
	db.Query(st.q) // want `can be injected into`
	q5, _ := strconv.Unquote(name)
	db.Query("SELECT id FROM " + q5)                                         // want `can be injected into`
	db.Query("SELECT id FROM customers WHERE name = " + strconv.Quote(name)) // want `can be injected into`
	err := errors.New(name)
	db.Query("SELECT id FROM customers WHERE name = '" + err.Error() + "'")       // want `can be injected into`
	db.Query(fmt.Sprintf("SELECT id FROM customers WHERE name = '%[1]s'", name))  // want `can be injected into`
	db.Query(fmt.Sprintf("SELECT id FROM customers WHERE name = '%*s'", 3, name)) // want `can be injected into`
	verb := "%s"
	db.Query(fmt.Sprintf("SELECT id FROM customers WHERE name = "+verb, name)) // want `can be injected into`
	before, after, _ := strings.Cut(name, ",")
	db.Query("SELECT id FROM " + before + after)                        // want `can be injected into`
	db.Query("SELECT id FROM " + name[1:])                              // want `can be injected into`
	db.Query("SELECT id FROM " + strings.Fields(name)[0])               // want `can be injected into`
	db.Query("SELECT id FROM customers ORDER BY " + min(f.Sort, f.Dir)) // want `can be injected into`
	var s fmt.Stringer = time.Now()
	db.Query("SELECT id FROM customers WHERE created_at = '" + s.String() + "'") // want `can be injected into`
	for k := range r.URL.Query() {
		db.Query("SELECT " + k + " FROM customers") // want `can be injected into`
	}
}

// @native-sql this does not cover what is below
func _() {}

func log(string) {}

type mode string

var allowed = map[string]string{"tenant_id": "tenant_id", "name": "name"}

var names = []string{"tenant_id", "name"}

func writeWhere(b *strings.Builder, name string) { b.WriteString(" WHERE name = '" + name + "'") }

func build(f Filter) string {
	s := "SELECT id FROM customers"
	if f.Sort != "" {
		s += " ORDER BY " + f.Sort
	}
	return s
}

func where(f Filter) (s string, args []any) {
	if f.Name != "" {
		s += " WHERE name = '" + f.Name + "'"
	}
	return
}

func safeWhere(f Filter) (s string, args []any) {
	if f.Name != "" {
		s += " WHERE name = ?"
		args = append(args, f.Name)
	}
	return
}

func orderBy(s string) string {
	switch s {
	case "tenant_id", "name":
		return s
	}
	return "id"
}

func orderByMap(s string) string {
	if c, ok := allowed[s]; ok {
		return c
	}
	return "id"
}

func dir(s string) string {
	if strings.EqualFold(s, "desc") {
		return "DESC"
	}
	return "ASC"
}

func validSort(s string) (string, error) {
	if !slices.Contains(names, s) {
		return "", errors.New("no")
	}
	return s, nil
}

type column int

const (
	byName column = iota
	byPrice
)

func (c column) String() string {
	switch c {
	case byPrice:
		return "tenant_id"
	}
	return "name"
}

type col string

const (
	colName  col = "name"
	colPrice col = "tenant_id"
)

func good(ctx context.Context, db *sql.DB, f Filter, r *repo, c column) error {
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM " + r.table) // ok: an unexported field with constants
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(r.base + " ORDER BY id") // ok: an unexported field with constants
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers ORDER BY " + orderBy(f.Sort)) // ok: switch
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers ORDER BY " + orderByMap(f.Sort) + " " + dir(f.Dir)) // ok: map
	sort, err := validSort(f.Sort)
	if err != nil {
		return err
	}
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers ORDER BY " + sort) // ok: validated
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers ORDER BY " + c.String()) // ok: a stringer of constants
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(fmt.Sprintf("SELECT id FROM customers ORDER BY %s", c)) // ok: a stringer of constants
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(fmt.Sprintf("SELECT id FROM customers LIMIT %d OFFSET %d", f.Limit, 5)) // ok: numbers
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(fmt.Sprintf("SELECT id FROM customers LIMIT %v", f.Limit)) // ok: numbers
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers LIMIT " + strconv.Itoa(f.Limit)) // ok: numbers
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers LIMIT " + fmt.Sprint(f.Limit)) // ok: numbers
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers WHERE id = " + strconv.FormatInt(f.IDs[0], 10)) // ok: numbers
	marks := make([]string, len(f.IDs))
	args := make([]any, len(f.IDs))
	for i := range f.IDs {
		marks[i] = "?"
		args[i] = f.IDs[i]
	}
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers WHERE id IN ("+strings.Join(marks, ",")+")", args...) // ok: placeholders
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers WHERE id IN (?"+strings.Repeat(",?", len(f.IDs)-1)+")", args...) // ok: placeholders
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers WHERE id IN ("+strings.TrimSuffix(strings.Repeat("?,", len(f.IDs)), ",")+")", args...) // ok: placeholders
	w, wargs := safeWhere(f)
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers"+w, wargs...) // ok: constants
	var conds []string
	var cargs []any
	if f.Name != "" {
		conds = append(conds, "name = ?")
		cargs = append(cargs, f.Name)
	}
	if f.Limit > 0 {
		conds = append(conds, fmt.Sprintf("tenant_id > $%d", len(cargs)+1))
	}
	q := "SELECT id FROM customers"
	if len(conds) > 0 {
		q += " WHERE " + strings.Join(conds, " AND ")
	}
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(q, cargs...) // ok: constants
	var b strings.Builder
	b.WriteString("SELECT id FROM customers")
	for i := range f.IDs {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(b.String()) // ok: constants
	var bb bytes.Buffer
	bb.WriteString("SELECT id FROM customers")
	bb.WriteString(" LIMIT " + strconv.Itoa(f.Limit))
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(bb.String()) // ok: constants
	raw := []byte("SELECT id FROM customers LIMIT ")
	raw = strconv.AppendInt(raw, int64(f.Limit), 10)
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(string(raw)) // ok: bytes of numbers
	raw2 := []byte("SELECT id FROM customers ")
	raw2 = append(raw2, "WHERE id = 1"...)
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(string(raw2)) // ok: bytes of constants
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(strings.NewReplacer("{t}", "customers").Replace("SELECT id FROM {t}")) // ok: constants
	rep := strings.NewReplacer("{t}", "customers")
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(rep.Replace("SELECT id FROM {t}")) // ok: constants
	order := "id"
	switch {
	case f.Sort == "tenant_id":
		order = "tenant_id"
	case f.Sort == "name":
		order = f.Sort
	}
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers ORDER BY " + order) // ok: compared with constants
	if f.Dir != "asc" && f.Dir != "desc" {
		return errors.New("no such direction")
	}
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers ORDER BY id " + f.Dir) // ok: compared with constants
	key := f.Sort
	if _, ok := allowed[key]; !ok {
		key = "id"
	}
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers ORDER BY " + key) // ok: looked up
	for _, n := range names {
		// @native-sql sqlc has no ORDER BY of a caller
		db.Query("SELECT " + n + " FROM customers") // ok: constants
	}
	for k, v := range allowed {
		// @native-sql sqlc has no ORDER BY of a caller
		db.Query("SELECT " + k + ", " + v + " FROM customers") // ok: constants
	}
	for _, t := range []string{"customers", "orders"} {
		// @native-sql sqlc has no ORDER BY of a caller
		db.Exec("DELETE FROM " + t) // ok: constants
	}
	tests := []struct{ table, column string }{{"customers", "name"}, {"orders", "email"}}
	for _, tt := range tests {
		// @native-sql sqlc has no ORDER BY of a caller
		db.Exec("UPDATE " + tt.table + " SET " + tt.column + " = ''") // ok: constants
	}
	cc := colName
	if f.Limit > 1 {
		cc = colPrice
	}
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT " + string(cc) + " FROM customers") // ok: constants
	mk := func(t string) string { return "SELECT id FROM " + t }
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(mk("customers")) // ok: constants
	q4 := "SELECT id FROM customers"
	add := func(s string) { q4 += s }
	add(" WHERE 1 = 1")
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(q4) // ok: constants
	q5 := "SELECT id FROM customers"
	p := &q5
	*p += " LIMIT 1"
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(q5) // ok: constants
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers WHERE id > " + strconv.FormatBool(f.Limit > 1)) // ok: a boolean
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(fmt.Sprintf("SELECT id FROM customers WHERE id = %t AND name = %x AND tenant_id = %f", f.Limit > 1, f.Limit, 1.5)) // ok: no text
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers WHERE created_at = '" + time.Now().Format(time.DateOnly) + "'") // ok: a time in a constant format
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(map[bool]string{true: "SELECT 1", false: "SELECT 2"}[f.Limit > 1]) // ok: constants
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query([]string{"SELECT 1", "SELECT 2"}[f.Limit%2]) // ok: constants
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(pick(f.Limit > 1, "SELECT 1", "SELECT 2")) // ok: generic helper with constants
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers ORDER BY " + strings.Join(names, ", ")) // ok: constants
	ids := make([]string, 0, len(f.IDs))
	for _, id := range f.IDs {
		ids = append(ids, strconv.FormatInt(id, 10))
	}
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers WHERE id IN (" + strings.Join(ids, ",") + ")") // ok: numbers
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers ORDER BY " + recursive(f.Limit)) // ok: a recursion of constants
	return nil
}

func recursive(n int) string {
	if n == 0 {
		return "id"
	}
	return "id, " + recursive(n-1)
}

func recursiveBad(n int, s string) string {
	if n == 0 {
		return s
	}
	return "id, " + recursiveBad(n-1, s)
}

func useRecursive(db *sql.DB, s string) {
	db.Query("SELECT id FROM customers ORDER BY " + recursiveBad(3, s)) // want `can be injected into`
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers ORDER BY " + recursiveBad(3, "id")) // ok: a recursion of constants
}

func UseExported(db *sql.DB, s string) {
	db.Query("SELECT id FROM customers ORDER BY " + recursiveBad(3, s)) // want `can be injected into`
}

func pick[T any](c bool, a, b T) T {
	if c {
		return a
	}
	return b
}

func UsePick(db *sql.DB, s string) {
	db.Query(pick(true, "SELECT "+s, "SELECT 2"))  // want `can be injected into`
	db.Query(Chain("customers").Where(s).String()) // want `can be injected into`
	q := Chain("customers")
	q.Where(s)
	db.Query(q.s) // want `can be injected into`
}

type chain struct{ s string }

func Chain(t string) *chain { return &chain{"SELECT id FROM " + t} }

func (c *chain) Where(s string) *chain { c.s += " WHERE " + s; return c }
func (c *chain) String() string        { return c.s }
