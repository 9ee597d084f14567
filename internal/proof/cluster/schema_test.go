//go:build unix

package cluster

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/cli"
	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/runtime/rqlite"
)

// TestSchemaOfCluster: drey migrate introspect and diff --to read the schema of a cluster
// that is there.
func TestSchemaOfCluster(t *testing.T) {
	n := Start(t, 1)
	url := n.Nodes[0].URL()
	c := dial(t, url)
	for _, sql := range []string{
		"CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)", "CREATE INDEX users_name ON users (name)",
		"CREATE VIEW names AS SELECT name FROM users", "CREATE TRIGGER users_stay BEFORE DELETE ON users BEGIN SELECT RAISE(ABORT, 'stays'); END",
	} {
		if _, err := c.Batch(t.Context(), []rqlite.Statement{{SQL: sql}}); err != nil {
			t.Fatal(err)
		}
	}
	run := func(code int, args ...string) string {
		t.Helper()
		var out strings.Builder
		if got := cli.Main(append([]string{"migrate"}, args...), &out, &out); got != code {
			t.Fatalf("drey migrate %q: exit code %d, want %d\n%s", args, got, code, out.String())
		}
		return out.String()
	}
	dir := t.TempDir()
	migrations := dir + "/migrations"
	first := run(0, "introspect", url, "--stdout", "--migrations", migrations)
	for _, part := range []string{"CREATE TABLE users", "CREATE INDEX users_name", "CREATE VIEW names", "CREATE TRIGGER users_stay"} {
		if !strings.Contains(first, part) {
			t.Errorf("%q is missing in\n%s", part, first)
		}
	}
	if out := run(2, "introspect", url, "--applied", "--migrations", migrations); !strings.Contains(out, "cluster") {
		t.Errorf("--applied says %s", out)
	}
	run(0, "introspect", url, "--migrations", migrations)
	if out := run(0, "diff", "same", "--to", url, "--migrations", migrations); !strings.Contains(out, "lead there already") {
		t.Errorf("diff of the same schema says %s", out)
	}
	if _, err := c.Batch(t.Context(), []rqlite.Statement{{SQL: "ALTER TABLE users ADD COLUMN age INTEGER"}, {SQL: "DROP VIEW names"}}); err != nil {
		t.Fatal(err)
	}
	out := run(0, "diff", "more", "--to", url, "--dry-run", "--migrations", migrations)
	if !strings.Contains(out, "ADD COLUMN age") || !strings.Contains(out, "DROP VIEW") {
		t.Errorf("diff says %s", out)
	}
}

// TestOneState: the reads of a batch see one state, while a writer moves what they add up.
func TestOneState(t *testing.T) {
	n := migrated(t, 1)
	c, err := db.OpenRqlite(t.Context(), n.URLs(), rqlite.Options{})
	must(t, err)
	defer c.Close()
	fill(t, c)
	writer := dial(t, n.URLs()...)
	stop, stopped := make(chan struct{}), make(chan error)
	go func() {
		for {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			_, err := writer.Batch(t.Context(), []rqlite.Statement{
				{SQL: "UPDATE links SET click_count = click_count + 1 WHERE id = 1"}, {SQL: "UPDATE links SET click_count = click_count - 1 WHERE id = 2"},
			})
			if err != nil {
				stopped <- err
				return
			}
		}
	}()
	moved := map[int64]bool{}
	for rounds := 0; rounds < scaled(60, 600) || len(moved) < 2; rounds++ {
		select {
		case err := <-stopped:
			t.Fatal("the writer: ", err)
		default:
		}
		var b db.Batch
		one := db.InBatch(&b, func(tx *db.Tx) (db.Link, error) { return tx.GetLink(t.Context(), 1) })
		two := db.InBatch(&b, func(tx *db.Tx) (db.Link, error) { return tx.GetLink(t.Context(), 2) })
		must(t, b.Run(t.Context(), c))
		first, err := one()
		must(t, err)
		second, err := two()
		must(t, err)
		if first.ClickCount+second.ClickCount != 0 {
			t.Fatal(fmt.Sprint("of two states: ", first.ClickCount, " ", second.ClickCount))
		}
		moved[first.ClickCount] = true
	}
	close(stop)
	must(t, <-stopped)
}
