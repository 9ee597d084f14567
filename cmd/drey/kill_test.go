package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	killParents  = 2000
	killChildren = 10000
)

// TestKilledRebuild changes a column's type in a table to which 10,000 rows
// refer with ON DELETE CASCADE, through a migration of drey migrate diff, and
// kills the process somewhere in between. The database has the old schema or the
// new one, its version says which, and no row is lost; run again, the migration
// ends. So it is with the goose command, and where foreign keys are enforced.
// DREY_KILLS says how often.
func TestKilledRebuild(t *testing.T) {
	kills := 8
	if n, err := strconv.Atoi(os.Getenv("DREY_KILLS")); err == nil {
		kills = n
	}
	dir := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const children = "CREATE TABLE children (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parents (id) ON DELETE CASCADE);\n"
	write("migrations/00001_family.sql", "-- +goose Up\nCREATE TABLE parents (id INTEGER PRIMARY KEY, age TEXT, body TEXT);\n"+children)
	write("wanted.sql", "CREATE TABLE parents (id INTEGER PRIMARY KEY, age INTEGER, body TEXT);\n"+children)
	drey := func(args ...string) *exec.Cmd {
		cmd := exec.Command("drey", append([]string{"migrate"}, args...)...)
		cmd.Dir = dir
		return cmd
	}
	run := func(args ...string) {
		t.Helper()
		if out, err := drey(append(args, "--migrations", "migrations")...).CombinedOutput(); err != nil {
			t.Fatalf("drey migrate %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	run("up", "--db", "family.db")
	family := filepath.Join(dir, "family.db")
	fill := func(db *sql.DB, query string) {
		t.Helper()
		if _, err := db.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite", family)
	if err != nil {
		t.Fatal(err)
	}
	const count = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
	fill(db, fmt.Sprintf("INSERT INTO parents "+count+"SELECT i, i, hex(zeroblob(2000)) FROM n", killParents))
	fill(db, fmt.Sprintf("INSERT INTO children "+count+"SELECT i, 1 + i %% %d FROM n", killChildren, killParents))
	fill(db, "PRAGMA wal_checkpoint(TRUNCATE)")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(family)
	if err != nil {
		t.Fatal(err)
	}
	run("diff", "age", "--to", "wanted.sql")

	name := filepath.Join(dir, "killed.db")
	fresh := func() {
		t.Helper()
		for _, suffix := range []string{"-wal", "-shm"} {
			if err := os.RemoveAll(name + suffix); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(name, before, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	goose, err := buildGoose()
	if err != nil {
		t.Fatal(err)
	}
	dsns := []string{"killed.db", "file:killed.db?_pragma=foreign_keys(1)"}
	up := func(i int) *exec.Cmd {
		dsn := dsns[i/2%2]
		cmd := drey("up", "--no-backup", "--migrations", "migrations", "--db", dsn)
		if i%2 == 1 {
			cmd = exec.Command(goose, "-dir", "migrations", "sqlite3", dsn, "up")
			cmd.Dir = dir
		}
		return cmd
	}
	var whole [4]time.Duration
	for i := range whole {
		fresh()
		start := time.Now()
		if out, err := up(i).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		whole[i] = time.Since(start)
	}
	outcomes := map[string]int{}
	for i := range kills {
		fresh()
		cmd := up(i)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		took := whole[i%len(whole)]
		time.Sleep(time.Duration(i) * took / time.Duration(kills))
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
		state := familyState(t, name)
		outcomes[state]++
		if state != "old" && state != "new" {
			t.Fatalf("kill %d: %s\n%s", i, state, out.String())
		}
		if out, err := up(i).CombinedOutput(); err != nil {
			t.Fatalf("kill %d: run again: %v\n%s", i, err, out)
		}
		if state := familyState(t, name); state != "new" {
			t.Fatalf("kill %d: run again: %s", i, state)
		}
	}
	t.Logf("a run takes %v; after %d kills: %v", whole, kills, outcomes)
}

// familyState is "old" or "new", or what is wrong with the database.
func familyState(t *testing.T, name string) string {
	t.Helper()
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	one := func(query string) (s string) {
		if err := db.QueryRow(query).Scan(&s); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return s
	}
	for query, want := range map[string]string{
		"PRAGMA integrity_check":                                         "ok",
		"SELECT count(*) FROM children":                                  strconv.Itoa(killChildren),
		"SELECT count(*) FROM parents WHERE length(body) = 4000":         strconv.Itoa(killParents),
		"SELECT count(*) FROM pragma_foreign_key_check":                  "0",
		"SELECT count(*) FROM sqlite_schema WHERE name LIKE 'drey%'":     "0",
		"SELECT count(DISTINCT parent_id) FROM children":                 strconv.Itoa(killParents),
		"SELECT sum(CAST(age AS INTEGER)) = sum(id) FROM parents":        "1",
		"SELECT count(*) FROM goose_db_version WHERE NOT is_applied":     "0",
		"SELECT count(*) FROM sqlite_schema WHERE tbl_name = 'children'": "1",
	} {
		if got := one(query); got != want {
			return fmt.Sprintf("%s: %s, not %s", query, got, want)
		}
	}
	age := one("SELECT type FROM pragma_table_info('parents') WHERE name = 'age'")
	version := one("SELECT max(version_id) FROM goose_db_version")
	switch age + " " + version {
	case "TEXT 1":
		return "old"
	case "INTEGER 2":
		return "new"
	}
	return fmt.Sprintf("age is %s at version %s", age, version)
}
