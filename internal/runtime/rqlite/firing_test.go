package rqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/proof/cluster"
)

// firingSchema has a trigger for each way in which an OR REPLACE comes to a table whose
// DEFAULT reads the clock, and in which it does not.
var firingSchema = []string{
	"CREATE TABLE log (n INTEGER, at INTEGER NOT NULL DEFAULT (unixepoch()))",
	"CREATE TABLE direct (id INTEGER PRIMARY KEY, n INTEGER)",
	"CREATE TRIGGER \"in \"\"direct\"\"\" AFTER INSERT ON direct BEGIN SELECT CASE WHEN 1 THEN 'INSERT INTO x; END' END; INSERT INTO log (n, at) VALUES (1, NEW.n); END",
	"CREATE TRIGGER up_direct BEFORE UPDATE OF n ON direct WHEN NEW.n IS NULL BEGIN UPDATE OR IGNORE log SET at = NEW.n; END",
	"CREATE TABLE nested (id INTEGER PRIMARY KEY, n INTEGER)",
	"CREATE TRIGGER main.into_nested AFTER INSERT ON nested BEGIN UPDATE direct SET n = NEW.n; INSERT INTO direct (n) VALUES (NEW.n) ON CONFLICT (id) DO UPDATE SET n = 1; END",
	"CREATE VIEW seen AS SELECT n FROM direct",
	"CREATE TRIGGER IF NOT EXISTS instead INSTEAD OF INSERT ON seen BEGIN INSERT INTO nested (n) VALUES (NEW.n); END",
	"CREATE TABLE whole (n INTEGER)",
	"CREATE TRIGGER of_whole AFTER INSERT ON whole BEGIN INSERT INTO log SELECT 1, NEW.n; END",
	"CREATE TABLE counted (id INTEGER PRIMARY KEY, n INTEGER)",
	"CREATE TRIGGER of_counted AFTER INSERT ON counted BEGIN UPDATE log SET n = NEW.n; DELETE FROM gone; END",
	"CREATE TABLE gone (n INTEGER)",
	"CREATE TRIGGER of_gone AFTER DELETE ON gone BEGIN INSERT INTO log VALUES (1, NULL); END",
	"INSERT INTO log VALUES (0, 5)", "INSERT INTO direct VALUES (1, 1)", "INSERT INTO nested VALUES (1, 1)",
}

// firing are statements with the trigger that is refused, "" for none.
var firing = []struct{ sql, trigger string }{
	{"INSERT OR REPLACE INTO direct (n) VALUES (NULL)", `in "direct"`},
	{"REPLACE INTO main.Direct VALUES (1, NULL)", `in "direct"`},
	{"UPDATE OR REPLACE direct SET n = NULL", "up_direct"},
	{"INSERT OR REPLACE INTO nested (n) VALUES (NULL)", ""}, // either
	{"INSERT OR REPLACE INTO seen VALUES (NULL)", ""},
	{"REPLACE INTO whole VALUES (NULL)", "of_whole"},
}

// notFiring fail where the NULL fails, or do not bring one.
var notFiring = []string{
	"INSERT INTO direct (n) VALUES (NULL)", "INSERT OR IGNORE INTO direct (n) VALUES (NULL)", "INSERT OR FAIL INTO nested (n) VALUES (NULL)", "INSERT INTO seen VALUES (NULL)",
	"UPDATE direct SET n = NULL", "UPDATE OR IGNORE direct SET n = NULL", "INSERT INTO whole VALUES (NULL)", "DELETE FROM direct", "UPDATE OR REPLACE nested SET n = 4",
	"INSERT OR REPLACE INTO counted VALUES (1, NULL)", "UPDATE OR REPLACE whole SET n = NULL", "INSERT INTO direct VALUES (1, 2) ON CONFLICT DO UPDATE SET n = NULL",
}

// TestFiring: what is refused is what stores the time of each node, and no more.
func TestFiring(t *testing.T) {
	known := &reads{map[string][]defaulted{}, map[string]view{}, map[string]trigger{}}
	for _, sql := range firingSchema {
		known.change(sql)
	}
	stores := func(statement string) bool { // the time of a node
		db, err := sql.Open("sqlite", ":memory:")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		for _, sql := range firingSchema {
			if _, err := db.Exec(sql); err != nil {
				t.Fatal(sql, err)
			}
		}
		_, _ = db.Exec(statement)
		var n int
		if err := db.QueryRow("SELECT count(*) FROM log WHERE at > 1000").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n > 0
	}
	for _, tt := range firing {
		if !stores(tt.sql) {
			t.Errorf("%s does not store the time", tt.sql)
		}
		if _, err := known.completed(tt.sql); !errors.Is(err, ErrStatement) || !strings.Contains(fmt.Sprint(err), "trigger "+tt.trigger) {
			t.Errorf("%s: %v, want %q", tt.sql, err, tt.trigger)
		}
	}
	for _, sql := range notFiring {
		if stores(sql) {
			t.Errorf("%s stores the time", sql)
		}
		if _, err := known.completed(sql); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
	for _, sql := range []string{"ALTER TABLE direct RENAME TO other", "ALTER TABLE log RENAME TO log2", "DROP TRIGGER IF EXISTS main.of_whole", "DROP TABLE nested"} {
		known.change(sql)
	}
	if _, err := known.completed("REPLACE INTO other (n) VALUES (NULL)"); err == nil || !strings.Contains(err.Error(), "log2.at") {
		t.Error(err)
	}
	for _, sql := range []string{"REPLACE INTO whole VALUES (NULL)", "REPLACE INTO nested (n) VALUES (NULL)", "REPLACE INTO direct (n) VALUES (NULL)"} {
		if _, err := known.completed(sql); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// TestFiringOfCluster: a cluster tells of its triggers, and a write that would have each
// node read its clock is refused.
func TestFiringOfCluster(t *testing.T) {
	n := cluster.Start(t, 1)
	c, err := Dial(t.Context(), []string{n.Nodes[0].URL()}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	known, list := &reads{map[string][]defaulted{}, map[string]view{}, map[string]trigger{}}, []Statement(nil)
	for _, sql := range firingSchema {
		list = append(list, Statement{SQL: sql})
		known.change(sql)
	}
	if _, err := c.Batch(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	found, err := c.findDefaults(t.Context())
	if err != nil || !maps.EqualFunc(found.triggers, known.triggers, func(a, b trigger) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
		t.Errorf("the cluster has %v, and the statements make %v: %v", found.triggers, known.triggers, err)
	}
	for _, tt := range firing {
		if _, err := c.Batch(t.Context(), []Statement{{SQL: tt.sql}}); !errors.Is(err, ErrStatement) {
			t.Errorf("%s: %v", tt.sql, err)
		}
	}
}
