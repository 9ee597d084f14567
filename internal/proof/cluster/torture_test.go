//go:build unix

package cluster

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/runtime/rqlite"
)

// long says that the tests take their time: DREY_TORTURE is set.
var long = os.Getenv("DREY_TORTURE") != ""

// scaled is the short form of a number in CI, and the long one otherwise.
func scaled[T any](short, inLong T) T {
	if long {
		return inLong
	}
	return short
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func leader(t *testing.T, n *Cluster) *Node {
	t.Helper()
	l, err := n.Leader(t.Context())
	must(t, err)
	return l
}

// TestMigrateWhileLeadersDie: of migrators whose leaders die each migration is applied
// once, and none by halves.
func TestMigrateWhileLeadersDie(t *testing.T) {
	n := Start(t, 3)
	var migrations []string
	for i := range 12 {
		migrations = append(migrations, fmt.Sprintf("-- +goose Up\nCREATE TABLE IF NOT EXISTS log (version INTEGER);\nCREATE TABLE t%d (x);\nINSERT INTO log VALUES (%[1]d);\nINSERT INTO t%[1]d VALUES (1);\n-- +goose Down\nDROP TABLE t%[1]d;\n", i+1))
	}
	dir := project(t, migrations...)
	for round := range scaled(2, 10) {
		var group sync.WaitGroup
		outputs := make([]string, 2)
		for i := range outputs {
			group.Go(func() {
				var code int
				if outputs[i], code = drey(t, dir, strings.Join(n.URLs(), ","), "up"); code != 0 {
					t.Errorf("round %d: %s", round, outputs[i])
				}
			})
		}
		time.Sleep(time.Duration(20+30*round) * time.Millisecond)
		l := leader(t, n)
		must(t, l.Kill())
		group.Wait()
		must(t, l.Start())
		must(t, n.Ready(t.Context()))
		c := dial(t, n.URLs()...)
		ctx := rqlite.WithLevel(t.Context(), rqlite.Linearizable)
		if got := table(t, ctx, c, "SELECT count(*), count(DISTINCT version), (SELECT count(*) FROM goose_db_version), (SELECT count(*) FROM sqlite_schema WHERE name GLOB 't[0-9]*') FROM log"); got != "[[12 12 13 12]]" {
			t.Fatalf("round %d: %s: %q", round, got, outputs)
		}
		expect(t, dir, n.Nodes[0].URL(), 0, "", "reset", "--no-backup")
		do(t, c, "DROP TABLE log")
	}
}
