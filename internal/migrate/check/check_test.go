package check_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/migrate/check"
	"github.com/dreysql/drey/internal/project/migration"
)

// base is the first migration of a case that brings none.
const base = `-- +goose Up
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT, age INTEGER);
CREATE TABLE posts (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    score REAL
);
CREATE INDEX posts_user ON posts (user_id);

-- +goose Down
DROP TABLE posts;
DROP TABLE users;
`

// cases reads an archive of folders: the migrations of each, and what is wanted.
func cases(t *testing.T, name string) (names []string, files map[string]map[string]string) {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]map[string]string{}
	for _, f := range archive.Files {
		dir, base, _ := strings.Cut(f.Name, "/")
		if files[dir] == nil {
			files[dir] = map[string]string{}
			names = append(names, dir)
		}
		files[dir][base] = string(f.Data)
	}
	return names, files
}

// judge writes a case's migrations into a folder and checks them.
func judge(t *testing.T, files map[string]string) (findings []*check.Finding, notes []string, err error) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	first := func(name string) bool { return strings.HasPrefix(name, "00001") }
	own := false
	for name, content := range files {
		if name != "want" {
			write(name, content)
		}
		own = own || first(name)
	}
	if !own {
		write("00001_base.sql", base)
	}
	loaded, err := migration.Load(dir, []string{"."})
	if err != nil {
		return nil, nil, err
	}
	return check.Run(t.Context(), loaded, check.Options{})
}

// judgeWith checks migrations, which have to be readable.
func judgeWith(t *testing.T, opts check.Options, contents ...string) []*check.Finding {
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
	findings, _, err := check.Run(t.Context(), files, opts)
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

// TestBad: each planted fault is found, at its line.
func TestBad(t *testing.T) {
	names, all := cases(t, "bad.txtar")
	if len(names) < 40 {
		t.Fatalf("there are %d cases", len(names))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			want := strings.TrimSpace(all[name]["want"])
			findings, _, err := judge(t, all[name])
			if part, ok := strings.CutPrefix(want, "error: "); ok {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("the error is %v, want one with %q", err, part)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range findings {
				at := f.File
				if f.Line > 0 {
					at = fmt.Sprintf("%s:%d", f.File, f.Line)
				}
				got = append(got, at+": "+f.Name)
				if f.Fix == "" {
					t.Errorf("%v says not what to do", f)
				}
			}
			if !slices.Contains(got, want) {
				t.Errorf("found %q, want %s\n%s", got, want, messages(findings))
			}
		})
	}
}

// TestGood: nothing is said about migrations with which nothing is wrong.
func TestGood(t *testing.T) {
	names, all := cases(t, "good.txtar")
	if len(names) < 40 {
		t.Fatalf("there are %d cases", len(names))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			findings, notes, err := judge(t, all[name])
			if err != nil {
				t.Fatal(err)
			}
			if len(findings) > 0 || len(notes) > 0 {
				t.Errorf("%s%s", messages(findings), strings.Join(notes, "\n"))
			}
		})
	}
}

func messages(findings []*check.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintln(&b, f)
	}
	return b.String()
}

// The project's own migrations are those of a real one.
func TestOwn(t *testing.T) {
	files, err := migration.Load("../../..", []string{"migrations"})
	if err != nil {
		t.Fatal(err)
	}
	findings, notes, err := check.Run(t.Context(), files, check.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Level != check.Warning {
			t.Error(f)
		}
	}
	if len(notes) > 0 {
		t.Error(notes)
	}
}
