package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// BenchmarkRead shows that reading grows with the schema and no faster. Each
// table has ten columns, five indexes and a foreign key; every fourth a view.
func BenchmarkRead(b *testing.B) {
	for _, tables := range []int{100, 200, 400, 800} {
		b.Run(fmt.Sprintf("tables=%d", tables), func(b *testing.B) {
			m, err := sqlite.NewMemory()
			if err != nil {
				b.Fatal(err)
			}
			defer m.Close()
			c, err := m.Conn()
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			var ddl strings.Builder
			ddl.WriteString("BEGIN;")
			for i := range tables {
				fmt.Fprintf(&ddl, "CREATE TABLE t%d (id INTEGER PRIMARY KEY, a TEXT NOT NULL UNIQUE, b INT REFERENCES t1 (id), c, d, e, f, g, h, i DEFAULT 3);", i)
				for _, column := range "bcde" {
					fmt.Fprintf(&ddl, "CREATE INDEX t%d_%c ON t%[1]d (a, %[2]c);", i, column)
				}
				if i%4 == 0 {
					fmt.Fprintf(&ddl, "CREATE VIEW v%d AS SELECT * FROM t%[1]d;", i)
				}
			}
			ddl.WriteString("COMMIT")
			if err := c.Exec(ddl.String()); err != nil {
				b.Fatal(err)
			}
			db, err := m.Open(nil)
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			for b.Loop() {
				if _, err := schema.Read(b.Context(), db); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
