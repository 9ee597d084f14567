package diff_test

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/migrate/diff"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/content"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// snapshot is the schema that statements make.
func snapshot(t *testing.T, statements []string) *alter.Snapshot {
	t.Helper()
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
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	s, err := alter.Read(t.Context(), db, migration.VersionTable)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// base is a migration that makes a schema.
func base(s *alter.Snapshot) string {
	var b strings.Builder
	b.WriteString("-- +goose Up\n")
	for _, o := range s.Objects {
		b.WriteString(diff.Statement(o.SQL))
	}
	return b.String()
}

// project writes migrations into a folder and opens goose on them.
func project(t *testing.T, m *sqlite.Memory, foreignKeys bool, contents ...string) (*migration.Session, []migration.File) {
	t.Helper()
	dir := t.TempDir()
	for i, c := range contents {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d_m.sql", i+1)), []byte(c), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := migration.Load(dir, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	open := func(wrap func(driver.Conn) driver.Conn) (*sql.DB, error) {
		db, err := m.Open(wrap)
		if err == nil {
			db.SetMaxOpenConns(1)
			_, err = db.Exec(fmt.Sprintf("PRAGMA foreign_keys = %t", foreignKeys))
		}
		return db, err
	}
	s, err := migration.Open(open, files, migration.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, files
}

// ask returns the rows of a query, "" if there are none or SQLite cannot answer.
func ask(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		return ""
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		row := make([]any, len(columns))
		for i := range row {
			row[i] = new(any)
		}
		if err := rows.Scan(row...); err != nil {
			t.Fatal(err)
		}
		for _, v := range row {
			list = append(list, fmt.Sprint(*v.(*any)))
		}
	}
	return strings.Join(list, " ")
}

// stored is what is in the tables.
func stored(t *testing.T, db *sql.DB, s *schema.Schema) map[string]*content.Table {
	t.Helper()
	all := map[string]*content.Table{}
	for _, table := range s.Tables {
		if table.Kind != schema.KindTable {
			continue
		}
		c, err := content.Read(t.Context(), db, table)
		if err != nil {
			t.Fatal(err)
		}
		all[table.Name] = c
	}
	return all
}

// checkKept compares what two states have in common. converted are columns
// whose values may be others: their type or what they hold for NULL is.
func checkKept(t *testing.T, when string, before, after map[string]*content.Table, a, b *alter.Snapshot, renames []alter.Rename) {
	t.Helper()
	for name, was := range before {
		behind := name
		for _, r := range renames {
			if r.Old == "" && r.Table == name {
				behind = r.New
			}
		}
		var is *content.Table
		for other, c := range after {
			if sqltext.EqualFold(other, behind) {
				is = c
			}
		}
		if is == nil {
			continue
		}
		renamed := *was
		renamed.Columns = slices.Clone(was.Columns)
		source := map[string]string{}
		for i, c := range was.Columns {
			source[c] = c
			for _, r := range renames {
				if r.Table == name && r.Old != "" && r.Old == c {
					renamed.Columns[i] = r.New
				}
			}
		}
		for i, c := range was.Columns { // a name may have gone to another column
			if renamed.Columns[i] == c && slices.ContainsFunc(renames, func(r alter.Rename) bool { return r.Table == name && r.New == c }) {
				renamed.Columns[i] = "gone"
			}
			source[renamed.Columns[i]] = c
		}
		lost := content.Lost(&renamed, is)
		if lost.Rows > 0 {
			t.Errorf("%s: table %s has lost %d of %d rows", when, name, lost.Rows, lost.Of)
		}
		for _, c := range lost.Columns {
			x, y := a.Schema.Table(name).Column(source[c]), b.Schema.Table(behind).Column(c)
			if x.Type == y.Type && x.NotNull == y.NotNull {
				t.Errorf("%s: %s.%s has lost %s", when, name, c, lost.Example)
			}
		}
	}
}

// TestRandomPairs: from any schema to any other and back, exactly, with the rows
// in place, whether foreign keys are enforced or not. DREY_SEED runs one pair,
// DREY_PAIRS says how many there are.
func TestRandomPairs(t *testing.T) {
	first, last := 0, 200
	if seed, err := strconv.Atoi(os.Getenv("DREY_SEED")); err == nil {
		first, last = seed, seed+1
	}
	if n, err := strconv.Atoi(os.Getenv("DREY_PAIRS")); err == nil {
		last = n
	}
	withRows := 0
	for seed := first; seed < last; seed++ {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(seed), 1))
			from := newWorld(r)
			var to *world
			related := seed%5 > 0
			if related {
				to = from.clone()
				for range 1 + r.IntN(5) {
					to.mutate(r)
				}
			} else {
				to = newWorld(r)
			}
			if leadsThereAndBack(t, snapshot(t, from.sql()), snapshot(t, to.sql()), to.renames(), related, seed%2 == 0) {
				withRows++
			}
		})
	}
	t.Logf("%d of %d pairs with rows", withRows, last-first)
	if last-first > 1 && withRows < (last-first)/2 {
		t.Errorf("only %d pairs had rows", withRows)
	}
}

// leadsThereAndBack writes the migration from one schema to another and runs it up
// and down, on rows if filled says so. It reports whether there were rows.
func leadsThereAndBack(t *testing.T, a, b *alter.Snapshot, renames []alter.Rename, filled, enforced bool) bool {
	t.Helper()
	ctx := t.Context()
	back := alter.Reverse(renames)
	if err := alter.CheckRenames(a, b, renames); err != nil {
		t.Fatal(err)
	}
	up, err := alter.Plan(ctx, a, b, renames)
	if err != nil {
		t.Fatalf("up: %v\n%s\n%s", err, base(a), base(b))
	}
	down, err := alter.Plan(ctx, b, a, back)
	if err != nil {
		t.Fatalf("down: %v\n%s\n%s", err, base(a), base(b))
	}
	for _, n := range append(up.Notes, down.Notes...) {
		if strings.HasPrefix(n, "Check that the rows fit") || strings.HasPrefix(n, "Rows with NULL") {
			filled = false // SQLite has rows that no statement can carry over
		}
	}
	text := diff.File(2, up, down)
	m, err := sqlite.NewMemory()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s, _ := project(t, m, enforced, base(a), text)
	defer func() {
		if t.Failed() {
			t.Logf("%s\n%s", base(a), text)
		}
	}()
	if _, err := s.Provider.UpTo(ctx, 1); err != nil {
		t.Fatal(s.Explain(err))
	}
	if filled {
		if _, err := content.Fill(ctx, s.DB, a.Schema); err != nil {
			t.Fatal(err)
		}
	}
	read := func(want *alter.Snapshot, countable bool) map[string]*content.Table {
		got, err := alter.Read(ctx, s.DB, migration.VersionTable)
		if err != nil {
			t.Fatal(err)
		}
		if d := alter.Exact(got, want); d != "" {
			t.Error(d)
		}
		for _, pragma := range []string{"integrity_check", "foreign_key_check"} {
			if said := ask(t, s.DB, "PRAGMA "+pragma); said != "" && said != "ok" && (countable || pragma == "integrity_check") {
				t.Errorf("%s: %s", pragma, said)
			}
		}
		return stored(t, s.DB, got.Schema)
	}
	before := read(a, up.Orphans)
	if _, err := s.Provider.UpTo(ctx, 2); err != nil {
		t.Fatal(s.Explain(err))
	}
	between := read(b, up.Orphans)
	checkKept(t, "up", before, between, a, b, renames)
	if _, err := s.Provider.Down(ctx); err != nil {
		t.Fatal(s.Explain(err))
	}
	checkKept(t, "down", between, read(a, up.Orphans), b, a, back)
	return filled
}
