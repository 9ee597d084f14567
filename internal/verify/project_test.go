package verify_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/verify"
)

// TestMain lets the test binary be sqlc, which runs in a process of its own.
func TestMain(m *testing.M) {
	sqlc.RunChild()
	os.Exit(m.Run())
}

const defaultConfig = `version: "2"
sql:
  - engine: sqlite
    schema: migrations
    queries: sql
    gen: {go: {package: db, out: db}}
`

// testProject is a project on disk with its migrated database.
type testProject struct {
	input  verify.Input
	memory *sqlite.Memory
	files  []query.File
	cfg    *config.Config
}

// open writes the files of an archive to a folder, sqlc.yaml too where it has
// none, and reads them with the parts of the pipeline.
func open(tb testing.TB, archive *txtar.Archive) *testProject {
	tb.Helper()
	dir := tb.TempDir()
	must(tb, txtar.Write(archive, dir))
	file := filepath.Join(dir, "sqlc.yaml")
	if _, err := os.Stat(file); err != nil {
		must(tb, os.WriteFile(file, []byte(defaultConfig), 0o644))
	}

	opened, err := project.Open(dir)
	must(tb, err)
	tb.Cleanup(func() { opened.Close() })
	block := opened.Config.Blocks[0]
	db, err := opened.Schema(block).Applied(tb.Context())
	must(tb, err)
	files, queries, err := opened.Queries(block)
	must(tb, err)
	p := &testProject{cfg: opened.Config, memory: db.Memory, input: verify.Input{Conn: db.Conn, Schema: db.Schema, Queries: queries, Names: block.Names,
		PointersForNull: block.PointersForNull, JSONTags: block.JSONTags, Overridden: block.OverriddenColumn}}
	p.files = files
	return p
}

// generate has sqlc generate the project's Go. Its refusal is returned.
func (p *testProject) generate(tb testing.TB) diag.Problems {
	tb.Helper()
	packages, err := sqlc.Run(context.Background(), []sqlc.Block{{Schema: p.input.Schema, Queries: p.files}}, p.cfg.Staged)
	var refused diag.Problems
	if errors.As(err, &refused) {
		return refused
	}
	must(tb, err)
	p.input.Package = packages[0]
	return nil
}

// complete completes the project's Go, which has to be all that there is to
// complete, and lists what is different.
func (p *testProject) complete(tb testing.TB, completions sqlc.Completions) string {
	tb.Helper()
	before := p.input.Package
	after, err := before.Complete(completions)
	must(tb, err)
	p.input.Package = after
	problems, _, more := verify.Package(p.input)
	for name, m := range more.Methods {
		for i := range m.Results {
			tb.Errorf("%s: its result %d is completed twice", name, i)
		}
	}
	if len(more.Models) > 0 {
		tb.Errorf("models are completed twice: %v", more.Models)
	}
	p.input.Package = before
	first, _, _ := verify.Package(p.input)
	if diff := cmp.Diff(first.Error(), problems.Error()); diff != "" {
		tb.Errorf("once completed there are other problems (-before +after):\n%s", diff)
	}
	p.input.Package = after
	var b strings.Builder
	for i, m := range after.Queries {
		for j, f := range m.Scan {
			if was := before.Queries[i].Scan[j]; f != was {
				fmt.Fprintf(&b, "completed: %s %s %s, not %s\n", m.Name, f.Name, strings.TrimSpace(f.Type+" "+f.Via), was.Type)
			}
		}
	}
	return b.String()
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
