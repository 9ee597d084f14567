package dynamic

import (
	"bytes"
	"database/sql"
	"io"
	"strings"
)

var doubled = strings.NewReplacer("'", "''")

// Texts that are written to a builder between quotes.
func between(db *sql.DB, name string) {
	var a strings.Builder
	a.WriteString("SELECT id FROM customers WHERE name = '")
	doubled.WriteString(&a, name)
	a.WriteString("'")
	// @native-sql sqlc does not build it
	db.Query(a.String()) // ok: quotes are doubled between quotes
	var b strings.Builder
	b.WriteString("SELECT id FROM customers WHERE name = ")
	doubled.WriteString(&b, name)
	db.Query(b.String()) // want `can be injected into`
	var c strings.Builder
	c.WriteString("SELECT id FROM customers WHERE name = '")
	strings.NewReplacer("\"", "").WriteString(&c, name)
	c.WriteString("'")
	db.Query(c.String()) // want `can be injected into`
	var d strings.Builder
	d.WriteString("SELECT id FROM customers WHERE name = '")
	d.WriteString(strings.ReplaceAll(name, "'", "''"))
	d.WriteString("'")
	// @native-sql sqlc does not build it
	db.Query(d.String()) // ok: quotes are doubled between quotes
	var e strings.Builder
	e.WriteString("SELECT id FROM customers WHERE name = '")
	e.WriteString(name)
	e.WriteString(strings.ReplaceAll(name, "'", "''"))
	db.Query(e.String()) // want `can be injected into`
	var f strings.Builder
	f.WriteString("SELECT id FROM customers WHERE name = '")
	if name == "" {
		f.WriteString("' OR ")
	}
	doubled.WriteString(&f, name)
	db.Query(f.String()) // want `can be injected into`
	var g strings.Builder
	strings.NewReplacer("{name}", name).WriteString(&g, "SELECT id FROM customers WHERE name = '{name}'")
	db.Query(g.String()) // want `can be injected into`
	var h strings.Builder
	strings.NewReplacer("{t}", "customers").WriteString(&h, "SELECT id FROM {t}")
	// @native-sql sqlc does not build it
	db.Query(h.String()) // ok: constants
	// @native-sql sqlc does not build it
	db.Query("SELECT id FROM customers WHERE name = '" + quote(name) + "'") // ok: it says that it quotes
}

func quote(name string) string {
	var b strings.Builder
	strings.NewReplacer("'", "''", "%", "").WriteString(&b, name)
	return b.String()
}

// Builders that are put between quotes.
func inside(db *sql.DB, name string) {
	a := new(bytes.Buffer)
	doubled.WriteString(a, name)
	// @native-sql sqlc does not build it
	db.Query("SELECT id FROM customers WHERE name = '" + a.String() + "'") // ok: quotes are doubled
	var b strings.Builder
	b.WriteString("%")
	b.WriteString(strings.ReplaceAll(name, "'", ""))
	// @native-sql sqlc does not build it
	db.Query("SELECT id FROM customers WHERE name LIKE '" + b.String() + "'") // ok: quotes are removed
	var c strings.Builder
	doubled.WriteString(&c, name)
	c.WriteString(name)
	db.Query("SELECT id FROM customers WHERE name = '" + c.String() + "'") // want `can be injected into`
	var d strings.Builder
	doubled.WriteString(&d, name)
	written(&d, name)
	db.Query("SELECT id FROM customers WHERE name = '" + d.String() + "'") // want `can be injected into`
	var e strings.Builder
	doubled.WriteString(&e, name)
	e.WriteString("' OR ")
	db.Query("SELECT id FROM customers WHERE name = '" + e.String() + "'") // want `can be injected into`
	var f strings.Builder
	doubled.WriteString(&f, name)
	db.Query("SELECT id FROM customers WHERE name = \"" + f.String() + "\"") // want `can be injected into`
	db.Query("SELECT id FROM customers WHERE name = " + f.String())          // want `can be injected into`
}

// A builder that a function has as a writer.
func writers(db *sql.DB, name string) {
	var a, b strings.Builder
	written(&a, name)
	db.Query(a.String()) // want `can be injected into`
	written(&b, "customers")
	// @native-sql sqlc does not build it
	db.Query(b.String()) // ok: constants
}

func written(w io.Writer, table string) {
	io.WriteString(w, "SELECT id FROM ")
	w.Write([]byte(table))
}

func ofGenerated(db *sql.DB, name string) {
	generatedQuery(db, "SELECT id FROM customers WHERE name = '"+name+"'") // want `can be injected into`
	generatedQuery(db, "SELECT id FROM customers")                         // ok: a constant
}
