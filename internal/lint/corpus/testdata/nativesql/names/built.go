package names

import (
	"database/sql"
	"fmt"
	"strings"
)

// SQL that is written to a builder, and names that functions hand in.
func built(db *sql.DB, name string, latest bool) {
	var b strings.Builder
	b.WriteString("SELECT id FROM customers ")
	if name != "" {
		b.WriteString("WHERE nmae = ? ")
	}
	fmt.Fprintf(&b, "ORDER BY %s", "id")
	// @native-sql the test is about names
	db.Query(b.String(), name) // want `no such column: nmae; did you mean name\?`
	var c strings.Builder
	fmt.Fprint(&c, "SELECT id FROM customers WHERE id = ")
	fmt.Fprintf(&c, "%d", len(name))
	c.WriteByte(' ')
	c.WriteString("ORDER BY email")
	// @native-sql the test is about names
	db.Query(c.String()) // ok: columns
	var d strings.Builder
	d.WriteString("SELECT nothing FROM nowhere")
	d.Reset()
	d.WriteString("SELECT id FROM customers")
	// @native-sql the test is about names
	db.Query(d.String()) // ok: it is not known what is left
	sorted(db, "naem")   // want `no such column: naem; did you mean name\?`
	sorted(db, "name")   // ok: a column
	order := "id"
	if latest {
		order = "created" // want `no such column: created`
	}
	sorted(db, order)
}

func sorted(db *sql.DB, column string) {
	// @native-sql the test is about names
	db.Query("SELECT id FROM customers ORDER BY " + column + " DESC")
}
