package conformance_test

import (
	"fmt"
	"testing"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/proof/cluster"
	"github.com/dreysql/drey/internal/proof/conformance"
	"github.com/dreysql/drey/internal/proof/workerd"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/rqlite"
)

// onRqlite are what rqlite refuses, and what it says then.
var onRqlite = map[string]string{
	"infinity":               rqlite.ErrInfinite.Error(),
	"text that is not UTF-8": rqlite.ErrText.Error(),
	"a lone surrogate":       rqlite.ErrText.Error(),
	"Tx":                     drey.ErrNoTransactions.Error(),
	"Snapshot":               drey.ErrNoTransactions.Error(),
}

// TestCluster compares what every case comes to on the embedded engine and on rqlite.
func TestCluster(t *testing.T) {
	nodes := cluster.Start(t, 1)
	schema, err := rqlite.Dial(t.Context(), nodes.URLs(), rqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer schema.Close()
	var list []rqlite.Statement
	for _, statement := range workerd.Schema(t) {
		list = append(list, rqlite.Statement{SQL: statement})
	}
	list = append(list, rqlite.Statement{SQL: "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL)"})
	for version := range 9 {
		list = append(list, rqlite.Statement{SQL: fmt.Sprintf("INSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, 1)", version)})
	}
	if _, err := schema.Batch(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	c, err := db.OpenRqlite(t.Context(), nodes.URLs(), rqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	compare(t, "rqlite", conformance.Run(t.Context(), c), embedded(t), onRqlite)
}
