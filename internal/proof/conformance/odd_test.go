package conformance_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/proof/cluster"
	"github.com/dreysql/drey/internal/proof/conformance/odd"
	"github.com/dreysql/drey/internal/proof/conformance/odd/odddb"
	"github.com/dreysql/drey/internal/proof/workerd"
	"github.com/dreysql/drey/internal/runtime/rqlite"
)

var update = flag.Bool("update", false, "write testdata")

// oddly runs the odd suite on the embedded engine, and returns the schema.
func oddly(t *testing.T) ([]odd.Outcome, []string) {
	t.Helper()
	c, err := odddb.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	schema := workerd.Statements(t, c.DB())
	return odd.Run(t.Context(), c), schema
}

// TestOdd: what the calls on names, tenants and deleted rows come to. What is stored and read
// of values is for the engines to be compared by.
func TestOdd(t *testing.T) {
	outcomes, _ := oddly(t)
	var b bytes.Buffer
	for _, o := range outcomes {
		if o.Error != "" {
			t.Errorf("%s: %s", o.Name, o.Error)
		}
	}
	for _, o := range outcomes[len(odd.Values):] {
		fmt.Fprintf(&b, "%s\n\t%s\n", o.Name, o.Value)
	}
	golden(t, "odd.txt", b.String())
}

// TestOddCluster: on rqlite the odd suite comes to the same, but for what is in testdata.
//
//   - The SQLite of rqlited writes a REAL that becomes a text with 15 digits.
//   - Infinity and text that is not UTF-8 are errors, bound and read. Infinity in the
//     RETURNING of a write is rqlite's own error, after which the outcome is unknown.
//   - A zero loses its sign in a column without affinity.
func TestOddCluster(t *testing.T) {
	want, schema := oddly(t)
	nodes := cluster.Start(t, 1)
	dialed, err := rqlite.Dial(t.Context(), nodes.URLs(), rqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer dialed.Close()
	list := []rqlite.Statement{
		{SQL: "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL)"},
		{SQL: "INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1), (2, 1)"},
	}
	for _, statement := range schema {
		list = append(list, rqlite.Statement{SQL: statement})
	}
	if _, err := dialed.Batch(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	c, err := odddb.OpenRqlite(t.Context(), nodes.URLs(), rqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	golden(t, "odd.rqlite.txt", differences(t, odd.Run(t.Context(), c), want))
}

// TestOddMoved: what a client has stored on rqlite another reads in a file, and what one has
// stored in a file another reads on rqlite.
func TestOddMoved(t *testing.T) {
	ctx := t.Context()
	nodes := cluster.Start(t, 1)
	dialed, err := rqlite.Dial(ctx, nodes.URLs(), rqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer dialed.Close()
	first, second := filepath.Join(t.TempDir(), "a.db"), filepath.Join(t.TempDir(), "b.db")
	if _, err := odddb.Migrate(ctx, first); err != nil {
		t.Fatal(err)
	}
	file := func(name string) *odddb.Client {
		t.Helper()
		c, err := odddb.Open(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	read := func(c *odddb.Client) []string {
		t.Helper()
		texts, err := odd.Read(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		return texts
	}
	// Into the cluster: a file with all that a file takes, but for what rqlite does not.
	c := file(first)
	stored := odd.Fill(ctx, c)
	if _, err := odddb.Selects.Delete().Where(odddb.Selects.Ä.Eq("\xff")).Exec(ctx, c); err != nil {
		t.Fatal(err)
	}
	want := read(c)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(nodes.URLs()[0]+"/db/load", "application/octet-stream", bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if err := nodes.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	onCluster, err := odddb.OpenRqlite(ctx, nodes.URLs(), rqlite.Options{Level: rqlite.Linearizable})
	if err != nil {
		t.Fatal(err)
	}
	defer onCluster.Close()
	if diff := cmp.Diff(want, read(onCluster)); diff != "" {
		t.Errorf("of a file, on rqlite:\n%s", diff)
	}
	// And back, with all that rqlite takes.
	if _, err := odddb.Selects.Delete().EveryRow().Exec(ctx, onCluster); err != nil {
		t.Fatal(err)
	}
	if n := odd.Fill(ctx, onCluster); n < stored*3/4 {
		t.Errorf("rqlite has taken %d values, a file %d", n, stored)
	}
	want = read(onCluster)
	backup, err := os.Create(second)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(dialed.Backup(ctx, backup), backup.Close()); err != nil {
		t.Fatal(err)
	}
	c = file(second)
	defer c.Close()
	if diff := cmp.Diff(want, read(c)); diff != "" {
		t.Errorf("of rqlite, in a file:\n%s", diff)
	}
}

// TestOddD1: on D1 the odd suite comes to the same, but for what is in testdata.
//
//   - Integers past 2^53, infinity and text that is not UTF-8 are errors when bound.
//   - Integers past 2^53 are errors when read.
//   - Infinity is read as NULL, and a byte that is not UTF-8 as U+FFFD: D1 answers so.
//   - A REAL without a fraction is an int64 where the column is of type ANY.
//   - What is said of rqlite's REAL as a text, and of the sign of zero.
func TestOddD1(t *testing.T) {
	worker := workerd.Build(t, "./worker")
	want, schema := oddly(t)
	res, err := http.Get(workerd.Serve(t, worker, schema...) + "/odd")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var got []odd.Outcome
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		t.Fatalf("%s: %v", res.Status, err)
	}
	golden(t, "odd.d1.txt", differences(t, got, want))
}

// differences are the parts of outcomes that an engine and the embedded one differ in.
func differences(t *testing.T, got, want []odd.Outcome) string {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d outcomes, want %d", len(got), len(want))
	}
	var b bytes.Buffer
	for i, w := range want {
		g := got[i]
		is, was := parts(t, g), parts(t, w)
		if text := is[""]; text != "" && text != was[""] {
			fmt.Fprintf(&b, "%s: %s\n", w.Name, text)
			continue
		}
		begun := false
		for _, path := range slices.Sorted(maps.Keys(union(is, was))) {
			if is[path] == was[path] {
				continue
			}
			if !begun {
				fmt.Fprintf(&b, "%s\n", w.Name)
			}
			begun = true
			fmt.Fprintf(&b, "\t%s: %.120s, and embedded %.120s\n", path, is[path], was[path])
		}
	}
	return b.String()
}

func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// parts are the values of an outcome by their place in it.
func parts(t *testing.T, o odd.Outcome) map[string]string {
	t.Helper()
	var whole any
	d := json.NewDecoder(strings.NewReader(o.Value))
	d.UseNumber()
	if err := d.Decode(&whole); err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, part := range v {
				walk(path+" "+k, part)
			}
		case []any:
			for i, part := range v {
				walk(fmt.Sprint(path, " ", i), part)
			}
		default:
			text, _ := json.Marshal(v)
			list[strings.TrimSpace(path)] = string(text)
		}
	}
	walk("", whole)
	if o.Failure != "" {
		list["failure"] = o.Failure
	}
	return list
}

// golden compares a text with a file of testdata, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("-%s +got:\n%s", name, diff)
	}
}
