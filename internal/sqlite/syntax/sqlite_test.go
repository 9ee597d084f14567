package syntax_test

import (
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// TestRepository parses every SQL statement of this repository: the migrations,
// the queries, and what the tests' projects have. SQLite has the last word of each.
func TestRepository(t *testing.T) {
	n := 0
	for place, statements := range repository(t) {
		db, err := sql.Open("sqlite", ":memory:")
		if err != nil {
			t.Fatal(err)
		}
		db.SetMaxOpenConns(1)
		for _, text := range statements {
			if strings.HasPrefix(strings.ToUpper(text), "CREATE ") {
				db.Exec(text) // what cannot be made, like a second table of a name, is only parsed
			}
		}
		for _, text := range statements {
			n++
			if fault := unlike(text, prepare(db, text)); fault != "" {
				t.Errorf("%s: %s\n%s", place, fault, text)
			}
		}
		db.Close()
	}
	if t.Logf("%d statements", n); n < 1000 {
		t.Errorf("only %d statements are found", n)
	}
}

func prepare(db *sql.DB, text string) error {
	stmt, err := db.Prepare(strings.ReplaceAll(text, "sqlc.", "sqlc_"))
	if err == nil {
		stmt.Close()
	}
	return err
}

// unlike tells how the parser and SQLite differ. SQLite may find another fault
// before it comes to the end of a trigger, so that nothing is known of the rest.
func unlike(text string, judgement error) string {
	refused := judgement != nil && isSyntaxError(judgement.Error())
	stmt, err := syntax.Parse(text)
	switch _, trigger := stmt.(*ast.CreateTriggerStmt); {
	case refused && err == nil:
		return fmt.Sprint("the parser accepts what SQLite refuses: ", judgement)
	case judgement == nil && err != nil, !refused && err != nil && !trigger && !strings.Contains(strings.ToUpper(text), "TRIGGER"):
		return fmt.Sprint("the parser refuses what SQLite accepts: ", err)
	}
	return ""
}

// repository returns the statements of each .sql file and each project in a txtar
// archive, by where they stand. Migrations count as far as goose runs them upwards.
func repository(tb testing.TB) map[string][]string {
	tb.Helper()
	found := map[string][]string{}
	add := func(place, text string) {
		text, _, _ = strings.Cut(text, "+goose Down")
		for _, s := range sqltext.Split(text) {
			if strings.IndexByte(s.Text, 0) < 0 {
				found[place] = append(found[place], s.Text)
			}
		}
	}
	const root = "../../.."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		ext := filepath.Ext(path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.IsDir() || ext != ".sql" && ext != ".txtar" && ext != ".txt":
			return nil
		}
		data, err := os.ReadFile(path)
		if ext == ".sql" {
			dir := filepath.Dir(path)
			for base := filepath.Base(dir); base == "crud" || base == "sql" || base == "migrations"; base = filepath.Base(dir) {
				dir = filepath.Dir(dir)
			}
			add(dir, string(data))
			return err
		}
		for _, f := range txtar.Parse(data).Files {
			if filepath.Ext(f.Name) == ".sql" {
				add(path, string(f.Data))
			}
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return found
}

// FuzzParse compares with what SQLite accepts and refuses, and checks that spans
// lie inside the text.
func FuzzParse(f *testing.F) {
	for _, text := range accepted {
		f.Add(text)
	}
	for _, text := range ddl {
		f.Add(text)
	}
	m, err := sqlite.NewMemory()
	if err != nil {
		f.Fatal(err)
	}
	conn, err := m.PlainConn()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { conn.Close(); m.Close() })
	if err := conn.Exec(tables); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		statements := sqltext.Split(text)
		if len(statements) != 1 || strings.IndexByte(text, 0) >= 0 || strings.Contains(strings.ToLower(text), "sqlc") {
			return
		}
		_, judgement := conn.Describe(text)
		switch _, err := syntax.Parse(text); {
		case judgement == nil && err != nil && !escaped(text):
			t.Fatalf("SQLite accepts %q: %v", text, err)
		case judgement != nil && isSyntaxError(judgement.Error()) && err == nil:
			t.Fatalf("the parser accepts %q: %v", text, judgement)
		case err != nil:
			return
		}
		stmt, _ := syntax.Parse(text)
		syntax.Visit(stmt, func(_ syntax.Clause, root ast.Expr) {
			syntax.Walk(root, func(x ast.Expr) bool {
				if start, end := syntax.Span(x); start < 0 || end > len(text) || start >= end {
					t.Fatalf("%T of %q spans %d to %d", x, text, start, end)
				}
				return true
			})
		})
	})
}

// escaped: the text may have what the parser is known to refuse, see [syntax.Parse].
func escaped(text string) bool {
	upper := strings.ToUpper(text)
	return strings.Contains(upper, "ESCAPE") && strings.Contains(upper, "NOT")
}
