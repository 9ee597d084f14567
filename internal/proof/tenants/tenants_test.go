package tenants

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/generate"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/tenant"
)

const root = "../../.."

// TestMain lets the test binary be sqlc, which runs in a process of its own.
func TestMain(m *testing.M) {
	sqlc.RunChild()
	os.Exit(m.Run())
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// edited are the files of the edits, with them.
func edited(t *testing.T, edits []edit) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, e := range edits {
		if files[e.file] == "" {
			files[e.file] = read(t, e.file)
		}
		text, err := e.in(files[e.file])
		if err != nil {
			t.Fatal(err)
		}
		files[e.file] = text
	}
	return files
}

// open are the queries of a file that leave the tenant open, and are not allowed to.
func open(t *testing.T, c *tenant.Checker, file, text string) (names []string) {
	t.Helper()
	list, err := query.Parse(file, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range list {
		if len(q.Allowed) == 0 && len(c.Check(q)) > 0 {
			names = append(names, q.Name)
		}
	}
	return names
}

// TestQueries: the queries of the reference project that leave the tenant open are found,
// and once they do not, each is found again that lacks a condition.
func TestQueries(t *testing.T) {
	client, err := db.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	s, err := schema.Read(t.Context(), client.DB())
	if err != nil {
		t.Fatal(err)
	}
	c := tenant.New(s, columns)
	files := edited(t, queries)
	var found []string
	for _, file := range []string{"sql/clicks.sql", "sql/links.sql", "sql/stats.sql", "sql/tags.sql", "sql/tokens.sql"} {
		found = append(found, open(t, c, file, read(t, file))...)
		if left := open(t, c, file, files[file]); left != nil {
			t.Errorf("%s is open still", left)
		}
	}
	const want = "FollowLink RecordClick ResolveSlug TaggedLinks DeactivateExpired LinkStats Trending RankedLinks TagLink UseToken GrantToken"
	if got := strings.Join(found, " "); got != want {
		t.Errorf("open are %s\nwant %s", got, want)
	}
	for _, m := range mutations {
		if m.want != refused {
			continue
		}
		text, err := m.in(files[m.file])
		if err != nil {
			t.Fatal(err)
		}
		if open(t, c, m.file, text) == nil {
			t.Errorf("%s: not refused", m.name)
		}
	}
}

// TestEdits: the edits fit the project as it is.
func TestEdits(t *testing.T) {
	files := edited(t, slices.Concat(queries, service))
	for _, m := range mutations {
		if _, err := m.in(files[m.file]); err != nil {
			t.Error(err)
		}
	}
}

// TestMeasure takes the checks of the copy away one by one.
func TestMeasure(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the service for each check")
	}
	dir := t.TempDir()
	for _, part := range []string{"go.mod", "go.sum", "sqlc.yaml", "migrations", "sql", "internal/db", "internal/runtime", "internal/service", "internal/proof/openapi", "internal/proof/workerd"} {
		if out, ok := run(root, "cp", "-r", "--parents", part, dir); !ok {
			t.Fatal(out)
		}
	}
	// The other tests ask for whose rows they like.
	if out, ok := run(dir, "sh", "-c", "rm internal/db/*_test.go && cd "+links+" && rm create_test.go follow_test.go limit_test.go plan_test.go sweep_test.go tokens_test.go"); !ok {
		t.Fatal(out)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files := edited(t, slices.Concat(queries, service))
	for name, text := range files {
		write(name, text)
	}
	write("sqlc.yaml", strings.Replace(read(t, "sqlc.yaml"), "    enums: true\n", "    enums: true\n    "+option+"\n", 1))
	result, err := generate.Run(t.Context(), generate.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := result.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	attempts := func() (out string, ok bool) {
		return run(dir, "go", "test", "./"+links, "-run", "TestNobodyGetsIn/embedded")
	}
	if out, ok := attempts(); !ok {
		t.Fatalf("with the option: %s", out)
	}
	for _, m := range mutations {
		text, err := m.in(files[m.file])
		if err != nil {
			t.Fatal(err)
		}
		write(m.file, text)
		if m.want == refused {
			if _, err := generate.Run(t.Context(), generate.Options{Dir: dir}); err == nil {
				t.Errorf("%s: it is generated", m.name)
			}
		} else {
			out, ok := attempts()
			broken := strings.Contains(out, "[build failed]")
			if broken != (m.want == noCompile) || ok != (m.want == leaks) {
				t.Errorf("%s: want that it %s: %s", m.name, m.want, out)
			}
		}
		t.Logf("%s: it %s", m.name, m.want)
		write(m.file, files[m.file])
	}
}

func run(dir, name string, args ...string) (out string, ok bool) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	b, err := cmd.CombinedOutput()
	return string(b), err == nil
}
