package sqlc_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"modernc.org/libc"
	_ "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// keywords are SQLite's.
func keywords(t *testing.T) (words []string) {
	tls := libc.NewTLS()
	defer tls.Close()
	const name, length = 0, 8 // of what SQLite fills in: a pointer and a number
	found := libc.Xmalloc(tls, 16)
	defer libc.Xfree(tls, found)
	for i := range sqlite3.Xsqlite3_keyword_count(tls) {
		if sqlite3.Xsqlite3_keyword_name(tls, i, found+name, found+length) != sqlite3.SQLITE_OK {
			t.Fatal("no such keyword")
		}
		words = append(words, strings.ToLower(libc.GoString(libc.AtomicLoadPUintptr(found + name))[:libc.AtomicLoadPInt32(found+length)]))
	}
	return words
}

// TestBareWords: what SQLite takes for the name of a table or column without quotes, sqlc
// reads as that name, also beside the keyword.
func TestBareWords(t *testing.T) {
	db, err := sql.Open("sqlite", "file::memory:?mode=memory")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var ddl, queries strings.Builder
	names := map[string]int{}
	for _, word := range keywords(t) {
		for kind, text := range map[string]string{
			"t": "SELECT %[1]s.x FROM %[1]s; INSERT INTO %[1]s (x) VALUES (@x) ON CONFLICT DO NOTHING; UPDATE %[1]s SET x = @x; DELETE FROM %[1]s WHERE x = @x",
			"c": "SELECT %[2]s.%[1]s FROM %[2]s WHERE %[1]s = @x ORDER BY %[1]s; INSERT INTO %[2]s (id, %[1]s) VALUES (@id, @x) ON CONFLICT (id) DO UPDATE SET %[1]s = excluded.%[1]s;" +
				" SELECT CAST(sum(id) OVER (ORDER BY %[1]s ROWS CURRENT ROW EXCLUDE NO OTHERS) AS INTEGER) AS a, %[1]s FROM %[2]s",
		} {
			table, column := word, "x"
			if kind == "c" {
				table, column = "of_"+word, word
			}
			if word == "true" || word == "false" || kind == "c" && word == "rows" { // SQLite has values of those names, and sqlc's methods a variable
				continue
			}
			create := fmt.Sprintf("CREATE TABLE %s (id INTEGER PRIMARY KEY, %s TEXT);\n", table, column)
			if _, err := db.Exec(create); err != nil {
				continue
			}
			accepted := ""
			for i, statement := range strings.Split(fmt.Sprintf(text, word, table), ";") {
				prepared, err := db.Prepare(statement)
				if err != nil {
					accepted = ""
					break
				}
				prepared.Close()
				command := "exec"
				if strings.Contains(statement, "SELECT") {
					command = "many"
				}
				accepted += fmt.Sprintf("-- name: Q%s%s%d :%s\n%s;\n", word, kind, i, command, strings.TrimSpace(statement))
			}
			if accepted != "" {
				names[kind]++
				ddl.WriteString(create)
				queries.WriteString(accepted)
			}
		}
	}
	if names["t"] < 80 || names["c"] < 80 {
		t.Errorf("too few words can be names: %v", names)
	}
	p := mustRun(t, block(t, ddl.String(), "q.sql", queries.String()), "")
	if got, want := len(p.Queries), strings.Count(queries.String(), "-- name:"); got != want {
		t.Errorf("%d of %d queries", got, want)
	}
}
