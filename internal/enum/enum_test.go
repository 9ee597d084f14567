package enum_test

import (
	"context"
	"database/sql"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/dreysql/drey/internal/enum"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

func open(tb testing.TB) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	return db
}

// forms are declarations of a table t with a column s, and what the column may be.
// An enum has a value at least.
var forms = []struct {
	ddl    string
	values []string
}{
	{"s TEXT CHECK (s IN ('a', 'b'))", []string{"a", "b"}},
	{"s TEXT NOT NULL DEFAULT 'a' CONSTRAINT c CHECK (s IN ('a','b')) UNIQUE", []string{"a", "b"}},
	{"s TEXT, CHECK (s IN ('a', 'b', 'a'))", []string{"a", "b"}},
	{"s TEXT, x TEXT CHECK (length(x) > 0), CONSTRAINT c CHECK (t.s IN ('a', 'b'))", []string{"a", "b"}},
	{`"s" VARCHAR(10) CHECK ("s" IN ('it''s', '', 'ä', '--', '/*'))`, []string{"it's", "", "ä", "--", "/*"}},
	{"[s] TEXT CHECK ([s] IN ('a'))", []string{"a"}},
	{"s TEXT CHECK (`s` IN (\"a\", \"b\"))", []string{"a", "b"}},
	{"s TEXT CHECK (((s)) IN (('a'), ('b')))", []string{"a", "b"}},
	{"s TEXT CHECK (s = 'a' OR 'b' = s OR s == 'c' OR s IS 'd')", []string{"a", "b", "c", "d"}},
	{"s TEXT CHECK (s IS NULL OR s IN ('a', 'b'))", []string{"a", "b"}},
	{"s TEXT CHECK (s ISNULL OR s = 'a' OR s IS NULL)", []string{"a"}},
	{"s TEXT CHECK (s IN ('a') OR s IN ('b'))", []string{"a", "b"}},
	{"s TEXT CHECK (s IN ('a', 'b', 'c') AND s IN ('b', 'c'))", []string{"b", "c"}},
	{"s TEXT CHECK (s IN ('a', 'b', 'c')) CHECK (s IN ('c', 'b'))", []string{"b", "c"}},
	{"s TEXT COLLATE BINARY CHECK (s COLLATE BINARY IN ('a', 'b'))", []string{"a", "b"}},
	{"s TEXT /* CHECK (s IN ('no')) */ CHECK -- why\n (s IN ('a', -- not\n 'b'))", []string{"a", "b"}},
	{"s TEXT CHECK (s IN ('CHECK (', ')'))", []string{"CHECK (", ")"}},
	{"s CLOB CHECK (s IN ('a'))", []string{"a"}},

	{"s TEXT", nil},
	{"s TEXT CHECK (s IN ('a', NULL))", nil},
	{"s TEXT CHECK (s = 'a' OR s = NULL)", nil},
	{"s TEXT CHECK (s NOT IN ('a', 'b'))", nil},
	{"s TEXT CHECK (s <> 'a')", nil},
	{"s TEXT CHECK (s IN ('a') OR length(s) = 3)", nil},
	{"s TEXT CHECK (NOT s IN ('a'))", nil},
	{"s TEXT CHECK (lower(s) IN ('a'))", nil},
	{"s TEXT CHECK (s IN ('a', 1))", nil},
	{"s TEXT CHECK (s IN ('a', 'b' || 'c'))", nil},
	{"s TEXT CHECK (s IN ())", nil},
	{"s TEXT COLLATE NOCASE CHECK (s IN ('a', 'b'))", nil},
	{"s TEXT CHECK (s COLLATE NOCASE IN ('a', 'b'))", nil},
	{"s INTEGER CHECK (s IN (1, 2))", nil},
	{"s BOOLEAN CHECK (s IN (TRUE, FALSE))", nil},
	{"s CHECK (s IN ('a', 'b'))", nil},
	{"s TEXT REFERENCES t (s) CHECK (s IN ('a', 'b'))", nil},
	{"s TEXT, x TEXT CHECK (x IN ('a', 'b'))", nil},
	{"s TEXT, x TEXT, CHECK (s IN ('a', x))", nil},
	{"s TEXT, x TEXT, CHECK (s IN ('a', \"x\"))", nil},
	{"s TEXT DEFAULT (CASE WHEN 1 THEN 'CHECK (s IN (''a''))' END)", nil},
}

// TestValues: what is found is what SQLite lets in, of those values and of others
// that are like them.
func TestValues(t *testing.T) {
	for _, form := range forms {
		t.Run(form.ddl, func(t *testing.T) {
			db := open(t)
			if _, err := db.Exec("CREATE TABLE t (" + form.ddl + ")"); err != nil {
				t.Fatal(err)
			}
			s, err := schema.Read(context.Background(), db)
			if err != nil {
				t.Fatal(err)
			}
			table := s.Table("t")
			got, err := enum.Values(s, table, table.Column("s"))
			if (err == nil) != (form.values != nil) || !slices.Equal(got, form.values) {
				t.Fatalf("%q, %v, want %q", got, err, form.values)
			}
			if err != nil {
				return
			}
			candidates := []string{"a", "A", "b", "B", "c", "d", "", " ", "a ", "x", "no", "ä", "Ä", "it's", "--", "1"}
			for _, v := range append(candidates, got...) {
				_, err := db.Exec("INSERT INTO t (s) VALUES (?)", v)
				if strings.Contains(form.ddl, "UNIQUE") {
					db.Exec("DELETE FROM t")
				}
				if (err == nil) != slices.Contains(got, v) {
					t.Errorf("%q: SQLite says %v, and the values are %q", v, err, got)
				}
			}
		})
	}
}

// FuzzNames: whatever the values are, their constants are distinct identifiers, and
// do not depend on the order of the values.
func FuzzNames(f *testing.F) {
	for _, values := range []string{"draft|sent", "in-progress|in_progress|IN PROGRESS|", "a|A|ä|Ä|1|-1|+1", "Empty||empty", "2fa|!|?|_|__", "日本|é|e\u0301", "Valid|s"} {
		f.Add(values)
	}
	f.Fuzz(func(t *testing.T, joined string) {
		var values []string
		for _, v := range strings.Split(joined, "|") {
			if !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
		db := open(t)
		quoted := make([]string, len(values))
		for i, v := range values {
			quoted[i] = "'" + strings.ReplaceAll(v, "'", "''") + "'"
		}
		constants := func() map[string]string {
			if _, err := db.Exec("DROP TABLE IF EXISTS ts; CREATE TABLE ts (status TEXT CHECK (status IN (" + strings.Join(quoted, ", ") + ")))"); err != nil {
				t.Skip()
			}
			s, err := schema.Read(context.Background(), db)
			if err != nil {
				t.Fatal(err)
			}
			p, refused := enum.Make(s, enum.Options{
				All: true, Taken: map[string]bool{}, Overridden: func(*schema.Table, *schema.Column) bool { return false },
			})
			if refused != nil {
				t.Fatal(refused)
			}
			if len(p.Types) == 0 {
				t.Skip() // not text
			}
			src, err := enum.Write("p", "", p.Types)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.ParseFile(token.NewFileSet(), "", src, 0); err != nil {
				t.Fatal(err)
			}
			of := map[string]string{}
			for i, name := range p.Types[0].Constants {
				if !token.IsIdentifier(name) || !token.IsExported(name) || of[name] != "" {
					t.Errorf("%q of %q", name, p.Types[0].Values)
				}
				of[name] = "=" + p.Types[0].Values[i]
			}
			return of
		}
		first := constants()
		slices.Reverse(quoted)
		for name, value := range constants() {
			if first[name] != value {
				t.Errorf("%s is %s, and was %s", name, value, first[name])
			}
		}
	})
}

// TestRefused: a column that is asked for by name and cannot have an enum is
// reported.
func TestRefused(t *testing.T) {
	db := open(t)
	if _, err := db.Exec(`CREATE TABLE t (a TEXT CHECK (a IN ('x')), b TEXT, c INTEGER);
		CREATE TABLE as_ (b TEXT CHECK (b IN ('x', 'y')))`); err != nil {
		t.Fatal(err)
	}
	s, err := schema.Read(context.Background(), db)
	if err != nil {
		t.Fatal(err)
	}
	p, refused := enum.Make(s, enum.Options{
		Columns: []string{"T.A", "t.b", "t.c", "t.d", "u.a", "a"}, Taken: map[string]bool{"TA": true},
		Overridden: func(*schema.Table, *schema.Column) bool { return false },
	})
	if len(p.Types) != 1 || p.Types[0].Name != "TAEnum" || p.Column("t", "a") == nil || p.Column("as_", "b") != nil {
		t.Errorf("%+v", p.Types)
	}
	var said []string
	for _, r := range refused {
		said = append(said, r.Msg)
	}
	want := []string{
		"there is no column t.d", "there is no column u.a", `"a" is not a column`,
		"t.b is not an enum: no CHECK of the form CHECK (b IN ('a', 'b')) lists its values", "t.c is not an enum: it is not a column of text",
	}
	if !slices.Equal(said, want) {
		t.Errorf("%q, want %q", said, want)
	}
}
