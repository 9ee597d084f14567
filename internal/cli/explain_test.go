package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The project of docs/explain.md is explained as the page says.
func TestExplainPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/explain.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files := map[string]string{"sqlc.yaml": "version: \"2\"\nsql: [{engine: sqlite, schema: migrations, queries: sql, gen: {go: {package: db, out: db}}}]\n"}
	for _, m := range regexp.MustCompile("(?s)\n`([a-z0-9_/.]+)`\n\n```sql\n(.*?)```\n").FindAllSubmatch(page, -1) {
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
	want := regexp.MustCompile("(?s)```text\n(.*?)```\n").FindSubmatch(page)
	if len(files) != 3 || want == nil {
		t.Fatalf("the page has %d files, and the output: %v", len(files)-1, want != nil)
	}
	var stdout, stderr bytes.Buffer
	if code := Main([]string{"explain", "--dir", dir}, &stdout, &stderr); code != exitFailure {
		t.Errorf("exit code %d: %s", code, &stderr)
	}
	if diff := cmp.Diff(string(want[1]), stdout.String()); diff != "" {
		t.Errorf("-page +drey explain:\n%s", diff)
	}
}
