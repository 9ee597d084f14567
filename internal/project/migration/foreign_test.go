package migration_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// pair is a migration as people think of it.
type pair struct{ up, down []string }

// randomPairs are migrations that all can be taken back.
func randomPairs(r *rand.Rand) []pair {
	var list []pair
	var tables []string
	for i := range 1 + r.IntN(6) {
		var p pair
		add := func(up, down string) {
			p.up, p.down = append(p.up, up), append([]string{down}, p.down...)
		}
		for j := range 1 + r.IntN(3) {
			name := fmt.Sprintf("t%d_%d", i, j)
			if len(tables) == 0 || r.IntN(3) == 0 {
				add(pick(r, fmt.Sprintf("CREATE TABLE %s (\n  id INTEGER PRIMARY KEY, -- the key;\n\n  name TEXT NOT NULL DEFAULT 'a;\n;b'\n)", name),
					fmt.Sprintf("CREATE TABLE IF NOT EXISTS [%s] (id INTEGER PRIMARY KEY, \"na;me\" TEXT, name TEXT)", name),
					fmt.Sprintf("/* a; */ CREATE TABLE %s (id INTEGER PRIMARY KEY, /* b;\n -- c;\n */ name TEXT)", name)), "DROP TABLE "+name)
				tables = append(tables, name)
				continue
			}
			on := tables[r.IntN(len(tables))]
			switch r.IntN(4) {
			case 0:
				add(fmt.Sprintf("CREATE TRIGGER tr_%s AFTER INSERT ON %s BEGIN\n  UPDATE %s SET name = 'x;' WHERE id = 1;\n  DELETE FROM %[2]s;\nEND", name, on, on), "DROP TRIGGER tr_"+name)
			case 1:
				add(fmt.Sprintf("CREATE VIEW v_%s AS\nSELECT id, CASE name WHEN 'a' THEN 1 ELSE 2 END AS kind FROM %s", name, on), "DROP VIEW v_"+name)
			case 2:
				add(fmt.Sprintf("CREATE INDEX i_%s ON %s (name) WHERE name <> '\n-- migrate:upper\n'", name, on), "DROP INDEX i_"+name)
			default:
				add(fmt.Sprintf("INSERT INTO %s (id, name) VALUES (%d, 'a;''\n'), (%d, 'END;')", on, 1000*i+2*j, 1000*i+2*j+1), fmt.Sprintf("DELETE FROM %s WHERE id IN (%d, %d)", on, 1000*i+2*j, 1000*i+2*j+1))
			}
		}
		list = append(list, p)
	}
	return list
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

// sql writes statements as people do.
func sql(r *rand.Rand, statements []string) string {
	var b strings.Builder
	for i, s := range statements {
		b.WriteString(pick(r, "", "\n", "-- a comment;\n", "  -- one with blanks before it\n\n", " \t\n", "/* a block\n   comment; */\n", "/* another; */ "))
		b.WriteString(s)
		if i < len(statements)-1 || r.IntN(4) > 0 {
			b.WriteString(pick(r, ";", "\n;", "; -- done", ";;"))
		}
		b.WriteString(pick(r, "\n", "\n", "\n\n", " "))
		if strings.HasSuffix(b.String(), "-- done ") {
			b.WriteString("\n")
		}
	}
	b.WriteString(pick(r, "", "\n", "-- the end\n", "/* the end; */\n", "/* of two\n   lines */"))
	return b.String()
}

// blocks writes statements for tools that cut them where lines end.
func blocks(mark string, statements []string) string {
	var b strings.Builder
	for _, s := range statements {
		fmt.Fprintf(&b, "-- %[1]s StatementBegin\n%[2]s;\n-- %[1]s StatementEnd\n", mark, s)
	}
	return b.String()
}

// formats write migrations in the form of each tool.
var formats = []struct {
	format *migration.Format
	write  func(r *rand.Rand, i int, p pair) map[string]string // by base name
}{
	{migration.Goose, func(_ *rand.Rand, i int, p pair) map[string]string {
		return map[string]string{fmt.Sprintf("%05d_m.sql", i+1): "-- +goose Up\n" + blocks("+goose", p.up) + "-- +goose Down\n" + blocks("+goose", p.down)}
	}},
	{migration.GolangMigrate, func(r *rand.Rand, i int, p pair) map[string]string {
		name := fmt.Sprintf(pick(r, "%d_m", "%03d_m"), 7*i)
		return map[string]string{name + ".up.sql": sql(r, p.up), name + ".down.sql": sql(r, p.down)}
	}},
	{migration.GolangMigrate, func(r *rand.Rand, i int, p pair) map[string]string { // with x-no-tx-wrap
		name := fmt.Sprintf("2026010100%02d_m", i)
		return map[string]string{name + ".up.sql": "BEGIN;\n" + blocksOf(r, p.up) + "COMMIT;\n", name + ".down.sql": "BEGIN;\n" + blocksOf(r, p.down) + "COMMIT;"}
	}},
	{migration.Dbmate, func(r *rand.Rand, i int, p pair) map[string]string {
		option := pick(r, "", " transaction:false")
		return map[string]string{fmt.Sprintf("2026010100%02d_m.sql", i): "-- why\n\n-- migrate:up" + option + "\n" + sql(r, p.up) + "\n--migrate:down" + pick(r, "", " transaction:false") + "\n" + sql(r, p.down)}
	}},
	{migration.SQLMigrate, func(r *rand.Rand, i int, p pair) map[string]string {
		return map[string]string{fmt.Sprintf("%d-m.sql", i): "-- +migrate Up" + pick(r, "", " notransaction") + "\n" + blocks("+migrate", p.up) + "\n-- +migrate Down\n" + blocks("+migrate", p.down)}
	}},
	{migration.Tern, func(r *rand.Rand, i int, p pair) map[string]string {
		return map[string]string{fmt.Sprintf("%d_m.sql", i+1): sql(r, p.up) + "\n---- create above / drop below ----\n" + sql(r, p.down)}
	}},
	{migration.Atlas, func(r *rand.Rand, i int, p pair) map[string]string {
		return map[string]string{"atlas.sum": "h1:x\n", fmt.Sprintf("2026010100%02d.sql", i): sql(r, p.up)}
	}},
	{migration.Plain, func(r *rand.Rand, i int, p pair) map[string]string {
		return map[string]string{fmt.Sprintf("%c.sql", 'a'+i): sql(r, p.up)}
	}},
}

func blocksOf(r *rand.Rand, statements []string) string {
	text := sql(r, statements)
	if !strings.HasSuffix(strings.TrimSpace(text), ";") {
		text += "\n;\n"
	}
	return text
}

// The same migrations make the same schema and rows in the form of each tool, also
// after they are converted, and taken back they leave nothing.
func TestFormatsAgree(t *testing.T) {
	for seed := range uint64(25) {
		r := rand.New(rand.NewPCG(seed, 1))
		pairs := randomPairs(r)
		var want string
		for n, f := range formats {
			archive := &txtar.Archive{}
			names := map[string]bool{}
			for i, p := range pairs {
				for name, text := range f.write(r, i, p) {
					if r.IntN(4) == 0 && f.format != migration.Goose {
						text = strings.ReplaceAll(text, "\n", "\r\n")
					}
					if name = "migrations/" + name; !names[name] {
						names[name] = true
						archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(text)})
					}
				}
			}
			root := project(t, archive.Files)
			kind, files, err := migration.LoadKind(root, []string{"migrations"})
			if err != nil || kind.Format != f.format {
				t.Fatalf("seed %d, %s: %s, %v\n%s", seed, f.format, kind.Format, err, txtar.Format(archive))
			}
			got, empty := there(t, files)
			if n == 0 {
				want = got
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d, %s: (-want +got)\n%s\n%s", seed, f.format, diff, txtar.Format(archive))
			}
			if f.format.Down() != "" && empty != "" {
				t.Fatalf("seed %d, %s: after down there is\n%s\n%s", seed, f.format, empty, txtar.Format(archive))
			}
			if !f.format.Foreign() {
				continue
			}
			converted := t.TempDir()
			for _, c := range migration.Convert(files, "m") {
				name := filepath.Join(converted, filepath.Base(c.Path))
				if err := os.WriteFile(name, c.Content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			kind, again, err := migration.LoadKind(converted, []string{"."})
			if err != nil || kind.Format != migration.Goose {
				t.Fatalf("seed %d, %s converted: %v", seed, f.format, err)
			}
			for i := range again {
				if a, b := &again[i], &files[i]; a.From != f.format || a.Recorded != b.Recorded || a.Version() != b.Version() || a.NoTx() != b.NoTx() {
					t.Fatalf("seed %d, %s converted: %+v, was %+v", seed, f.format, a, b)
				}
			}
			if after, _ := there(t, again); after != got {
				t.Fatalf("seed %d, %s converted: (-was +is)\n%s", seed, f.format, cmp.Diff(got, after))
			}
		}
	}
}

// there is what migrations leave in a database, and what is left when all are taken
// back.
func there(t *testing.T, files []migration.File) (up, down string) {
	t.Helper()
	m, err := sqlite.NewMemory()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s, err := migration.Open(m.Open, files, migration.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Provider.Up(t.Context()); err != nil {
		t.Fatalf("%v\n%s", s.Explain(err), texts(files))
	}
	up = dump(t, m)
	if _, err := s.Provider.DownTo(t.Context(), 0); err != nil {
		t.Fatalf("%v\n%s", s.Explain(err), texts(files))
	}
	return up, dump(t, m)
}

func texts(files []migration.File) string {
	var b strings.Builder
	for i := range files {
		fmt.Fprintf(&b, "== %s\n%s", files[i].Path, files[i].Goose())
	}
	return b.String()
}

// dump is the schema of a database, and its rows.
func dump(t testing.TB, m *sqlite.Memory) string {
	t.Helper()
	c, err := m.PlainConn()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	list, err := c.Strings("SELECT replace(sql, char(13), '') FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' AND name <> 'goose_db_version' ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		var words []string // a comment before the semicolon is a part of the text
		for _, token := range sqltext.Significant(list[i]) {
			words = append(words, token.Text)
		}
		list[i] = strings.Join(words, " ")
	}
	tables, err := c.Strings("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'goose_db_version' ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		rows, err := c.Strings("SELECT format('%s %s', rowid, replace(name, char(13), '')) FROM \"" + table + "\" ORDER BY rowid")
		if err != nil {
			continue
		}
		list = append(list, rows...)
	}
	return strings.Join(list, "\n")
}

// FuzzPlain: what a file does as drey runs it is what SQLite makes of the whole text at
// once, as golang-migrate, dbmate and the sqlite3 shell hand it over.
func FuzzPlain(f *testing.F) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		var all []string
		for _, p := range randomPairs(r) {
			all = append(all, p.up...)
		}
		f.Add(sql(r, all))
	}
	for _, text := range []string{
		"\ufeffCREATE TABLE a (x);", ";", ";;CREATE TABLE a (x);;", "-- a\r\n/*;*/\r\nCREATE TABLE a (x)\r\n", "CREATE TABLE a (x DEFAULT 'b\r\n;c');",
		"CREATE TABLE a (x); /* open", "CREATE TABLE a (\n-- +goose Down\nx);", "SELECT '\n-- +goose Up\n';", "CREATE TABLE a (x) -- no end;",
		"BEGIN; CREATE TABLE a (x); COMMIT;", "PRAGMA foreign_keys = ON; CREATE TABLE a (x);", "EXPLAIN SELECT 1;\nCREATE TABLE a (x);",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(strings.ToLower(text), "goose_db_version") || len(text) > 1<<12 {
			t.Skip()
		}
		root := t.TempDir()
		if err := os.WriteFile(filepath.Join(root, "schema.sql"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		kind, files, err := migration.LoadKind(root, []string{"schema.sql"})
		if err != nil || kind.Format != migration.Plain || files[0].NoTx() {
			return // it is refused, and says why; or has a transaction of its own
		}
		whole, err := sqlite.NewMemory()
		if err != nil {
			t.Fatal(err)
		}
		defer whole.Close()
		c, err := whole.PlainConn()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		runs := c.Exec(text) == nil
		m, err := sqlite.NewMemory()
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if _, err := migration.Apply(ctx, m, slices.Clone(files), nil); (err == nil) != runs {
			t.Fatalf("SQLite runs it: %t; drey: %v\n%s", runs, err, files[0].Goose())
		}
		if runs && dump(t, whole) != dump(t, m) {
			t.Fatalf("it makes (-SQLite +drey)\n%s\n%s", cmp.Diff(dump(t, whole), dump(t, m)), files[0].Goose())
		}
	})
}
