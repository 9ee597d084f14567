package explain_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dreysql/drey/internal/explain"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

var update = flag.Bool("update", false, "write what the archives give into testdata")

// TestExplain explains the queries of each archive of testdata on its schema. "want" is
// what is said of each: its plan, the findings with their states and indexes, the reports.
// An archive with "stats" is explained with the statistics of the database that these
// statements make on the schema. One with "sources" has what predicates can reach.
func TestExplain(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	must(t, err)
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			must(t, err)
			files := map[string]*txtar.File{}
			for i := range archive.Files {
				files[archive.Files[i].Name] = &archive.Files[i]
			}
			var stats *explain.Stats
			if s := files["stats"]; s != nil {
				stats = statsOf(t, string(files["schema.sql"].Data)+string(s.Data))
			}
			e := explainer(t, string(files["schema.sql"].Data), stats)
			queries, err := query.Parse("queries.sql", files["queries.sql"].Data)
			must(t, err)
			got := map[string]string{}
			var b strings.Builder
			for _, q := range queries {
				found, err := e.Query(q)
				must(t, err)
				b.WriteString(said(found))
			}
			got["want"] = b.String()
			if files["sources"] != nil {
				sources, err := e.Sources(queries)
				must(t, err)
				for _, s := range sources {
					for _, c := range s.Columns {
						got["sources"] += fmt.Sprintf("%s %s.%s: %s %v\n", s.Kind, s.Name, c.Name, c.Search, c.Scanned)
					}
				}
			}
			for part, text := range got {
				if *update {
					files[part].Data = []byte(text)
				} else if diff := cmp.Diff(string(files[part].Data), text); diff != "" {
					t.Errorf("%s (-want +got):\n%s", part, diff)
				}
			}
			if *update {
				must(t, os.WriteFile(name, txtar.Format(archive), 0o644))
			}
		})
	}
}

// said writes what there is to say about a query.
func said(q *explain.Query) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", q.Name)
	var steps func([]*explain.Step, string)
	steps = func(list []*explain.Step, indent string) {
		for _, s := range list {
			fmt.Fprintf(&b, "%s%s\n", indent, s.Detail)
			steps(s.Below, indent+"  ")
		}
	}
	steps(q.Plan, "  ")
	for _, f := range q.Findings {
		fmt.Fprintf(&b, "%s: %s", f.State, f.Msg)
		if f.Index != nil {
			fmt.Fprintf(&b, ": %s", f.Index.SQL)
		}
		b.WriteString("\n")
	}
	if q.Reports != nil {
		fmt.Fprintln(&b, q.Reports)
	}
	if q.Idle != nil {
		fmt.Fprintln(&b, "warning:", q.Idle)
	}
	return b.String()
}

// migrated makes a database in memory, and closes it after the test.
func migrated(tb testing.TB, ddl string) (*sqlite.Memory, *schema.Schema) {
	tb.Helper()
	m, err := sqlite.NewMemory()
	must(tb, err)
	tb.Cleanup(func() { m.Close() })
	db, err := m.Open(nil)
	must(tb, err)
	defer db.Close()
	_, err = db.ExecContext(tb.Context(), ddl)
	must(tb, err)
	s, err := schema.Read(tb.Context(), db)
	must(tb, err)
	return m, s
}

func explainer(tb testing.TB, ddl string, stats *explain.Stats) *explain.Explainer {
	tb.Helper()
	m, s := migrated(tb, ddl)
	e, err := explain.New(m, s, stats)
	must(tb, err)
	tb.Cleanup(func() { e.Close() })
	return e
}

// statsOf are the statistics of a file that the statements make.
func statsOf(tb testing.TB, sql string) *explain.Stats {
	tb.Helper()
	m, _ := migrated(tb, sql)
	path := filepath.Join(tb.TempDir(), "used.db")
	must(tb, m.Save(path))
	stats, err := explain.ReadStats(path)
	must(tb, err)
	tb.Cleanup(func() { stats.Close() })
	return stats
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// A project may read the JSON, so its names stay.
func TestJSON(t *testing.T) {
	e := explainer(t, "CREATE TABLE t (a INTEGER, b INTEGER); CREATE INDEX t_a ON t (a)", nil)
	queries, err := query.Parse("q.sql", []byte("-- name: Find :many\nSELECT b FROM t WHERE a = ? AND b = ? LIMIT 1;\n-- name: Top :many\nSELECT b FROM t WHERE a = ? ORDER BY b LIMIT 1;"))
	must(t, err)
	found, err := e.Query(queries[1])
	must(t, err)
	got, err := json.Marshal(found)
	must(t, err)
	const want = `{"name":"Top","command":":many","file":"q.sql","line":3,` +
		`"plan":[{"detail":"SEARCH t USING INDEX t_a (a=?)","table":"t"},{"detail":"USE TEMP B-TREE FOR ORDER BY","kind":"temporary b-tree"}],` +
		`"findings":[{"kind":"temporary b-tree","state":"reported","message":"the rows go into a temporary B-tree for ORDER BY",` +
		`"index":{"sql":"CREATE INDEX t_a_b ON t (a, b)","redundant":["t_a"]},"line":4,"column":29}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
