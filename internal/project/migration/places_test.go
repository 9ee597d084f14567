package migration_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/project/migration"
)

// TestPlaces follows tables and columns through renames and rebuilds. The
// statements begin on line 1 of each file.
func TestPlaces(t *testing.T) {
	var list []migration.Migration
	for i, up := range []string{`CREATE TABLE a (id INTEGER,
  -- of two
  "Name" TEXT DEFAULT (lower('X, Y')),
  CONSTRAINT x UNIQUE (id), PRIMARY KEY (id, name));
CREATE TABLE IF NOT EXISTS main.b (id INTEGER, was TEXT); CREATE TABLE c AS SELECT 1 AS n;
INSERT INTO b VALUES (1, 'one'),
  (2, 'two'); UPDATE b SET was = 'three';`,
		`ALTER TABLE b RENAME COLUMN was TO "is";
ALTER TABLE a ADD COLUMN
  added TEXT;
ALTER TABLE b ADD more;
CREATE TABLE a_new (id INTEGER, name TEXT,
  added TEXT);
INSERT INTO a_new SELECT * FROM a;
DROP TABLE a; ALTER TABLE a_new RENAME TO A;
CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;
ALTER TABLE b DROP more; CREATE TABLE d (x); DROP TABLE IF EXISTS d;
WITH w AS (SELECT 'four' AS x) INSERT INTO b ("is") SELECT x FROM w;`} {
		list = append(list, migration.Migration{Path: fmt.Sprint(i+1, ".sql"), Up: []migration.Statement{{SQL: up, Line: 1}}})
	}
	p := migration.FindPlaces(list)
	for what, want := range map[string]string{
		"table a": "2.sql:5", "table B": "1.sql:5", "table c": "1.sql:5", "table d": ":0", "table none": ":0",
		"column a id": "2.sql:5", "column a NAME": "2.sql:5", "column a added": "2.sql:6", "column b id": "1.sql:5",
		"column b is": "1.sql:5", "column b more": "1.sql:5", "column c n": "1.sql:5", "column d x": ":0",
		"trigger t": "2.sql:9", "trigger u": ":0",
		"write b two": "1.sql:6", "write b three": "1.sql:7", "write b four": "2.sql:11", "write b none": "2.sql:11", "write a x": "2.sql:7", "write c x": "1.sql:5",
	} {
		words := strings.Fields(what)
		var path string
		var line int
		switch words[0] {
		case "table":
			path, line = p.Table(words[1])
		case "column":
			path, line = p.Column(words[1], words[2])
		case "trigger":
			path, line = p.Trigger(words[1])
		case "write":
			path, line = p.Write(words[1], words[2])
		}
		if got := fmt.Sprintf("%s:%d", path, line); got != want {
			t.Errorf("%s is at %s, want %s", what, got, want)
		}
	}
}
