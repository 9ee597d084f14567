package crud_test

import (
	"context"
	"database/sql"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/crud"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

var narg = regexp.MustCompile(`sqlc\.narg\('([^']+)'\)`)

// FuzzGenerate: whatever SQLite takes for the name of a table or a column, or
// for a default, SQLite prepares the queries, and the default of a created row
// is SQLite's own.
func FuzzGenerate(f *testing.F) {
	for _, seed := range [][3]string{
		{"links", "slug", "'it''s'"}, {"order", "order id", "-5"}, {"größe", "naïve", "x'00'"}, {"a\"b", "c\\d", "bare"},
		{"t", "rowid", "(unixepoch() / 86400)"}, {"2fa", "[x", `"dq"`}, {"t", "set_x", "('a' /* b */ || -- c\n 'd')"},
		{"news", "x'y", "CURRENT_DATE"}, {"x y", "id", "1_000"}, {"T", "returning", "(NULL)"}, {"t", "c", "'a\n-- b'"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	ctx := context.Background()
	f.Fuzz(func(t *testing.T, table, column, def string) {
		if strings.Contains(table+column+def, "\x00") || strings.Contains(strings.ToLower(def), "random") {
			t.Skip()
		}
		db, err := sql.Open("sqlite", "file:fuzz?mode=memory&_dqs=0")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		ddl := "CREATE TABLE " + sqltext.Quote(table) + " (k INTEGER PRIMARY KEY, " + sqltext.Quote(column) + " DEFAULT " + def + "\n, n NOT NULL DEFAULT " + def + "\n)"
		if _, err := db.Exec(ddl); err != nil {
			t.Skip()
		}
		s, err := schema.Read(ctx, db)
		if err != nil || len(s.Tables) != 1 || len(s.Tables[0].Columns) != 3 {
			t.Skip() // the default was more than a default
		}
		if stmt, err := db.Prepare("INSERT INTO " + sqltext.Quote(table) + " DEFAULT VALUES"); err != nil {
			t.Skip() // a default that calls what is not there
		} else {
			stmt.Close()
		}
		files, _, err := crud.Generate(s, crud.Options{})
		if err != nil {
			t.Skip() // no Go name
		}
		for _, content := range files {
			for q := range strings.SplitSeq(content, "\n-- name: ") {
				name, rest, _ := strings.Cut(q, " :")
				_, statement, _ := strings.Cut(rest, "\n")
				statement = narg.ReplaceAllString(statement, "@$1")
				stmt, err := db.Prepare(statement)
				if err != nil {
					t.Fatalf("%s\n%v\n%s", ddl, err, statement)
				}
				stmt.Close()
				if strings.HasPrefix(name, "Create") {
					compareDefaults(t, db, sqltext.Quote(table), statement)
				}
			}
		}
	})
}

// compareDefaults creates one row with every column left out and one without
// naming a column.
func compareDefaults(t *testing.T, db *sql.DB, table, create string) {
	unset := map[string]any{}
	for token := range sqltext.All(create) {
		if token.Kind == sqltext.Variable {
			unset[token.Text[1:]] = sql.Named(token.Text[1:], nil)
		}
	}
	withinASecond(t, db, func() {
		if _, err := db.Exec("DELETE FROM " + table); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("INSERT INTO " + table + " DEFAULT VALUES"); err != nil {
			return // NOT NULL DEFAULT NULL
		}
		if _, err := db.Exec(create, slices.Collect(maps.Values(unset))...); err != nil {
			t.Fatalf("%v\n%s", err, create)
		}
	})
	var n int
	rows, err := db.Query("SELECT * FROM " + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var first [2]any
	for rows.Next() {
		var key any
		var row [2]any
		if err := rows.Scan(&key, &row[0], &row[1]); err != nil {
			t.Fatal(err)
		}
		for i := range row {
			if b, ok := row[i].([]byte); ok {
				row[i] = "blob " + string(b)
			}
		}
		if n++; n == 1 {
			first = row
		} else if row != first {
			t.Errorf("SQLite's row %v, the created one %v\n%s", first, row, create)
		}
	}
}
