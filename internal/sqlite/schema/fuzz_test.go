package schema_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Whatever SQLite takes for a schema can be read, and where SQLite itself can
// be asked, it says the same: of the columns, of the alias of the rowid, of the
// collations.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(archive.Files[0].Data))
	}
	f.Fuzz(func(t *testing.T, ddl string) {
		if strings.Contains(strings.ToLower(ddl), "pragma") {
			return // it can break a database on purpose
		}
		m, err := sqlite.NewMemory()
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		db, err := m.Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, _ = db.ExecContext(ctx, ddl) // what ran before a mistake is a schema as well
		db.Close()
		if db, err = m.Open(nil); err != nil {
			t.Fatal(err)
		}
		s, err := schema.Read(t.Context(), db)
		var broken *schema.ViewError
		if errors.As(err, &broken) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		c, err := m.PlainConn()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for _, table := range s.Tables {
			agree(t, c, table)
		}
	})
}

// agree compares a table with what SQLite says of statements about it.
func agree(t *testing.T, c *sqlite.Conn, table *schema.Table) {
	name := "main." + sqltext.Quote(table.Name)
	stmt, err := c.Describe("SELECT * FROM " + name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(stmt.Columns) != len(table.Columns) {
		t.Fatalf("%s: %d columns, want %d", name, len(table.Columns), len(stmt.Columns))
	}
	for i, column := range table.Columns {
		if column.Name != stmt.Columns[i].Name {
			t.Errorf("%s: column %d is %q, want %q", name, i, column.Name, stmt.Columns[i].Name)
		}
	}
	if table.Kind != schema.KindTable {
		return
	}
	alias := ""
	for _, column := range table.Columns {
		if column.RowIDAlias {
			alias = column.Name
		}
	}
	// A column may be called rowid itself, and hides the real one then.
	if stmt, err := c.Describe("SELECT rowid FROM " + name); err == nil && table.Column("rowid") == nil {
		if origin := stmt.Columns[0].Origin; alias != "" && origin != alias || alias == "" && !strings.EqualFold(origin, "rowid") {
			t.Errorf("%s: the rowid is %q, want %q", name, alias, origin)
		}
	}
	for _, column := range table.Columns {
		collates(t, c, name, column)
	}
}

// collates has SQLite make an index on the column, which takes over the
// column's collation.
func collates(t *testing.T, c *sqlite.Conn, table string, column schema.Column) {
	const probe = `"drey probe"`
	if c.Exec(fmt.Sprintf("SAVEPOINT s; CREATE INDEX main.%s ON %s (%s)", probe,
		strings.TrimPrefix(table, "main."), sqltext.Quote(column.Name))) == nil {
		want := column.Collation
		if want == "" {
			want = "BINARY"
		}
		// What follows json( is not JSON, so this fails if the collation is not want.
		err := c.Exec(fmt.Sprintf(`SELECT iif(coll = '%s' COLLATE NOCASE, 1, json('not ' || coll))
			FROM pragma_index_xinfo('drey probe', 'main') WHERE "key"`, strings.ReplaceAll(want, "'", "''")))
		if err != nil {
			t.Errorf("%s: %s collates %s: %v", table, column.Name, want, err)
		}
	}
	if err := c.Exec("ROLLBACK TO s; RELEASE s"); err != nil {
		t.Fatal(err)
	}
}
