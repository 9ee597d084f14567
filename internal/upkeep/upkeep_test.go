package upkeep_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/stored"
	"github.com/dreysql/drey/internal/upkeep"
)

func open(tb testing.TB, ddl string) (*sql.DB, *schema.Schema) {
	tb.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(ddl); err != nil {
		tb.Fatal(err)
	}
	s, err := schema.Read(tb.Context(), db)
	if err != nil {
		tb.Fatal(err)
	}
	return db, s
}

// named are options that name these columns, each with its number for a line.
func named(option string, names ...string) *config.Columns {
	c := &config.Columns{Option: option}
	for i, name := range names {
		c.Names = append(c.Names, config.Name{Text: name, Line: i + 1})
	}
	return c
}

// types gives a column that is called after a Go type that type.
func types(t *schema.Table, c *schema.Column) gotype.Type {
	if base, ok := strings.CutPrefix(c.Name, "as_"); ok {
		return gotype.Type{Text: base, Base: base}
	}
	return stored.TypesOf(nil)(t, c)
}

// The present time has the form that the column has for Go: it is what Go itself would
// have bound, to the second.
func TestNow(t *testing.T) {
	tests := []struct{ table, column, want string }{
		{"c DATETIME", "c", "CURRENT_TIMESTAMP"},
		{"c TIMESTAMP", "c", "CURRENT_TIMESTAMP"},
		{"c DATE", "c", "CURRENT_DATE"},
		{"c TEXT", "c", "CURRENT_TIMESTAMP"},
		{"c INTEGER", "c", "unixepoch()"},
		{"as_UnixTime INTEGER", "as_UnixTime", "unixepoch()"},
		{"as_UnixMilli INTEGER", "as_UnixMilli", "CAST(round(unixepoch('now', 'subsec') * 1000) AS INTEGER)"},
		{"as_TextTime TEXT", "as_TextTime", "CURRENT_TIMESTAMP"},
		{"c DATETIME DEFAULT (datetime('now'))", "c", "datetime('now')"},
		{"c INTEGER DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))", "c", "CAST(unixepoch('subsec') * 1000 AS INTEGER)"},
		{"c INTEGER DEFAULT (unixepoch() + 3600)", "c", "unixepoch()"},                   // not the present time
		{"c TEXT DEFAULT (datetime('now', '+1 day'))", "c", "CURRENT_TIMESTAMP"},         // likewise
		{"c TEXT DEFAULT ('unixepoch')", "c", "CURRENT_TIMESTAMP"},                       // a text
		{"c INTEGER DEFAULT 0", "c", "unixepoch()"},                                      // not a time at all
		{"c INTEGER, d INTEGER DEFAULT (unixepoch() * 1000)", "c", "unixepoch() * 1000"}, // what the table counts in
		{"c INTEGER, d INTEGER DEFAULT (unixepoch() + 60)", "c", "unixepoch()"},
	}
	for _, tt := range tests {
		db, s := open(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, "+tt.table+")")
		p := upkeep.Make(s, "sqlc.yaml", config.Upkeep{UpdatedAt: named("updated_at", tt.column)}, types)
		if len(p.Problems) > 0 {
			t.Errorf("%s: %v", tt.table, p.Problems)
			continue
		}
		got := p.Of("T").Updated
		if got.Now != tt.want {
			t.Errorf("%s: %s, want %s", tt.table, got.Now, tt.want)
		}
		form := stored.FormOf(types(s.Table("t"), got.Column), got.Type)
		if form == nil {
			t.Errorf("%s has no form", tt.table)
			continue
		}
		var ok bool
		if err := db.QueryRow(fmt.Sprintf("INSERT INTO t (%s) VALUES (%s) RETURNING %s", got.Name, got.Now, form.OK(got.Name))).Scan(&ok); err != nil || !ok {
			t.Errorf("%s: %s is not in the form of the column: %v", tt.table, got.Now, err)
		}
	}
}

func TestFaults(t *testing.T) {
	_, s := open(t, `
CREATE TABLE a (id INTEGER PRIMARY KEY, deleted_at INTEGER NOT NULL, updated_at BLOB, version INTEGER);
CREATE TABLE b (deleted_at DATETIME DEFAULT CURRENT_TIMESTAMP, removed_at DATETIME, updated_at INTEGER PRIMARY KEY, version TEXT NOT NULL);
CREATE TABLE c (deleted_at INTEGER AS (1), updated_at REAL, version INTEGER NOT NULL AS (1));
CREATE TABLE d (deleted_at INTEGER, gone_on DATE, updated_at INTEGER, version BIGINT NOT NULL);
CREATE VIEW v AS SELECT 1 AS gone_at;`)
	p := upkeep.Make(s, "sqlc.yaml", config.Upkeep{
		SoftDelete: named("soft_delete", "deleted_at", "D.Gone_On", "d.deleted_at", "gone_at", "x.deleted_at"),
		UpdatedAt:  named("updated_at", "updated_at"), Version: named("version", "version"),
	}, types)
	const fix = "\n\tfix: change the column in a migration; or name the columns that are meant, as in [%s], and leave this one out"
	const unknown = "of which drey does not know how it keeps a time; give it a DEFAULT that is the present time, or a type by an override: UnixTime, UnixMilli or TextTime"
	var want []string
	for _, line := range []struct{ at, column, why string }{
		{"1: soft_delete", "a.deleted_at", "it is NOT NULL, and NULL is what says that a row is live"},
		{"1: soft_delete", "b.deleted_at", "it has a DEFAULT, so new rows would be deleted"},
		{"1: soft_delete", "c.deleted_at", "it is a generated column"},
		{"2: soft_delete", "", "d has two columns for it, deleted_at and gone_on\n\tfix: name one of them"},
		{"1: updated_at", "a.updated_at", "it is BLOB, []byte in Go, " + unknown},
		{"1: updated_at", "b.updated_at", "it is in the primary key"},
		{"1: updated_at", "c.updated_at", "it is REAL, float64 in Go, " + unknown},
		{"1: version", "a.version", "it may be NULL, and NULL cannot be counted"},
		{"1: version", "b.version", "it is TEXT, not an INTEGER"},
		{"1: version", "c.version", "it is a generated column"},
	} {
		if line.column == "" {
			want = append(want, "sqlc.yaml:"+line.at+": "+line.why)
		} else {
			want = append(want, "sqlc.yaml:"+line.at+": "+line.column+" cannot be it: "+line.why+fmt.Sprintf(fix, line.column))
		}
	}
	var got []string
	for _, problem := range p.Problems {
		got = append(got, problem.Error())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]config.Name{{Text: "gone_at", Line: 4}, {Text: "x.deleted_at", Line: 5}}, p.Missing); diff != "" {
		t.Error(diff)
	}
}

// What a query does not say of tables that are kept up.
func TestCheck(t *testing.T) {
	_, s := open(t, `
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, removed_at DATETIME);
CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER, slug TEXT UNIQUE, updated_at DATETIME, version INTEGER NOT NULL DEFAULT 0, deleted_at DATETIME);
CREATE TABLE logs (id INTEGER PRIMARY KEY, deleted_at DATETIME, version INTEGER NOT NULL);
CREATE VIEW live AS SELECT * FROM notes WHERE deleted_at IS NULL;`)
	p := upkeep.Make(s, "sqlc.yaml", config.Upkeep{
		SoftDelete: named("", "users.removed_at", "notes.deleted_at"), UpdatedAt: named("", "notes.updated_at"), Version: named("", "notes.version"),
	}, types)
	if len(p.Problems)+len(p.Missing) > 0 {
		t.Fatal(p.Problems, p.Missing)
	}
	tests := []struct{ text, want string }{
		{"SELECT * FROM notes", "notes is read"},
		{"SELECT * FROM main.notes AS n WHERE n.id = 1", "notes is read"},
		{"SELECT * FROM notes WHERE deleted_at IS NULL", ""},
		{"SELECT id, Deleted_At FROM Notes", ""}, // whoever reads it can tell
		{"SELECT * FROM notes n JOIN users u ON u.id = n.user_id AND u.removed_at IS NULL WHERE n.deleted_at IS NULL", ""},
		{"SELECT * FROM notes n JOIN users u ON u.id = n.user_id WHERE n.deleted_at IS NULL", "users is read"},
		{"SELECT * FROM notes n LEFT JOIN (notes m, users u) ON m.id = n.id WHERE n.deleted_at IS NULL", "notes is read, users is read"},
		{"SELECT * FROM notes a, notes b WHERE a.deleted_at IS NULL", "notes is read"},
		{"SELECT * FROM users WHERE removed_at IS NULL AND EXISTS (SELECT 1 FROM notes WHERE user_id = users.id)", "notes is read"},
		{"SELECT * FROM users WHERE EXISTS (SELECT 1 FROM notes WHERE user_id = users.id AND deleted_at IS NULL AND users.removed_at IS NULL)", ""},
		{"SELECT * FROM users WHERE removed_at IS NULL AND id IN (SELECT user_id FROM notes)", "notes is read"},
		{"SELECT 1 WHERE 1 IN notes", "notes is read"},
		{"SELECT id FROM notes WHERE deleted_at IS NULL UNION SELECT id FROM users", "users is read"},
		{"WITH n AS (SELECT * FROM notes) SELECT * FROM n WHERE deleted_at IS NULL", ""},
		{"WITH notes AS (SELECT 1 AS id) SELECT * FROM notes", ""},
		{"WITH n AS (SELECT id FROM notes) SELECT * FROM n", "notes is read"},
		{"SELECT * FROM (SELECT * FROM notes) AS n WHERE n.deleted_at IS NULL", ""},
		{"SELECT * FROM (SELECT * FROM notes) AS n", "notes is read"},
		{"SELECT * FROM live", ""},
		{"SELECT * FROM logs", ""},
		{"INSERT INTO notes (id) VALUES (1)", ""},
		{"INSERT INTO notes (id) SELECT id FROM users", "users is read"},
		{"INSERT INTO notes (id) VALUES (1) ON CONFLICT (id) DO NOTHING", ""},
		{"INSERT INTO notes (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET slug = 'a'", "notes is changed, updated_at and version"},
		{"INSERT INTO notes (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET slug = 'a', updated_at = CURRENT_TIMESTAMP, version = notes.version + 1 WHERE notes.deleted_at IS NULL", ""},
		{"UPDATE notes SET slug = 'a' WHERE deleted_at IS NULL", "updated_at and version"},
		{"UPDATE notes SET (slug, updated_at, VERSION) = (1, 2, 3) WHERE id = 1", "notes is changed"},
		{"UPDATE notes SET deleted_at = NULL, updated_at = 1, version = version + 1", ""},
		{"UPDATE logs SET deleted_at = 1", ""},
		{"DELETE FROM notes WHERE id = 1", "notes is removed from"},
		{"DELETE FROM notes WHERE deleted_at < 1", ""},
		{"DELETE FROM logs", ""},
		{"UPDATE users SET name = n.slug FROM notes AS n WHERE n.user_id = users.id AND removed_at IS NULL", "notes is read"},
		{"not SQL", ""},
	}
	for _, tt := range tests {
		q := query.Query{Name: "Q", File: "q.sql", Text: tt.text, SQLLine: 1, SQLCol: 1}
		var got []string
		all := p.Check(s, &q)
		for _, rule := range upkeep.Rules {
			for _, problem := range all[rule.Name] {
				got = append(got, short(problem))
			}
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%s\nsays %q, want %q", tt.text, got, tt.want)
		}
	}
}

// short is what of a problem is different from others of its rule.
func short(p *diag.Problem) string {
	if before, _, ok := strings.Cut(p.Msg, " without"); ok {
		return before
	}
	_, what, _ := strings.Cut(p.Msg, "leaves ")
	return strings.TrimSuffix(what, " as it was")
}
