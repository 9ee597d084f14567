package project

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// migrations is a schema of one migration.
func migrations(t *testing.T, up string) *Schema {
	t.Helper()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "00001_a.sql"), []byte("-- +goose Up\n"+up+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return NewSchema(root, ".")
}

// describe prepares a statement as a process of its own does that has this cache.
func describe(t *testing.T, cache string, s *Schema, sql string) error {
	t.Helper()
	s = NewSchema(s.Root, s.Paths...)
	defer s.Close()
	statements, err := s.prepared(cache)
	if err != nil {
		t.Fatal(err)
	}
	_, err = statements.Describe(sql)
	return err
}

func cacheFile(t *testing.T, cache string, s *Schema) string {
	t.Helper()
	files, err := s.Files()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(cache, "schema", schemaKey(files))
}

func TestCachedSchema(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "a cache?")
	users := migrations(t, "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);")
	name := cacheFile(t, cache, users)
	for _, when := range []string{"built", "read"} {
		if err := describe(t, cache, users, "SELECT name FROM users"); err != nil {
			t.Errorf("%s: %v", when, err)
		}
		if !whole(name) {
			t.Errorf("%s: the file of the cache is not whole", when)
		}
	}

	// What is read is the file: another schema under this name shows.
	other := migrations(t, "CREATE TABLE links (id INTEGER PRIMARY KEY);")
	if err := describe(t, cache, other, "SELECT id FROM links"); err != nil {
		t.Error(err)
	}
	content, err := os.ReadFile(cacheFile(t, cache, other))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := describe(t, cache, users, "SELECT id FROM links"); err != nil {
		t.Errorf("the cache is not read: %v", err)
	}

	// A file that is not whole is written again.
	for what, bad := range map[string][]byte{
		"empty": {}, "short": content[:100], "cut": content[:len(content)-4096], "no database": []byte("no database at all, but longer than a sum"),
		"changed": append(append([]byte{}, content[:200]...), append([]byte{content[200] + 1}, content[201:]...)...),
	} {
		if err := os.WriteFile(name, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := describe(t, cache, users, "SELECT name FROM users"); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if !whole(name) {
			t.Errorf("%s: the file was not written again", what)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "schema", "part-*")); len(left) > 0 {
		t.Errorf("left over: %s", left)
	}
}

func TestCachedSchemaWithoutACache(t *testing.T) {
	s := migrations(t, "CREATE TABLE users (id INTEGER PRIMARY KEY);")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, cache := range []string{"", file} { // none, and one that cannot be written
		if err := describe(t, cache, s, "SELECT id FROM users"); err != nil {
			t.Errorf("cache %q: %v", cache, err)
		}
	}
}

func TestCachedSchemaAtOnce(t *testing.T) {
	cache := t.TempDir()
	s := migrations(t, "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);")
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			if err := describe(t, cache, s, "SELECT name FROM users"); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}
