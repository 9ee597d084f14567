package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The project of docs/seed.md gets the rows that the page has in testdata/seed.sql.
func TestSeedPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/seed.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)\n`([a-z0-9_/.]+)`\n\n```[a-z]+\n(.*?)```\n").FindAllSubmatch(page, -1) {
		files[string(m[1])] = string(m[2])
	}
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	if code := Main([]string{"seed", "--dir", dir, "--sql", "--rows", "customers=3", "--rows", "orders=2/customers"}, &stdout, &stderr); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	if diff := cmp.Diff(files["testdata/seed.sql"], stdout.String()); diff != "" {
		t.Errorf("-page +drey seed:\n%s", diff)
	}
}
