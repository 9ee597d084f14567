package check_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/migrate/check"
)

// refusedByRqlite are statements of a migration with what is said of them.
var refusedByRqlite = []struct{ sql, want string }{
	{"PRAGMA foreign_keys = OFF;", "a PRAGMA is in force on every node"},
	{"pragma user_version = 3;", "a PRAGMA is in force"},
	{"BEGIN IMMEDIATE;\nCOMMIT;", "answers BEGIN with success"},
	{"BEGIN;\nEND;", "answers END with success"},
	{"SAVEPOINT a;\nRELEASE a;", "answers SAVEPOINT with success"},
	{"ATTACH ':memory:' AS m;\nDETACH m;", "attach a file"},
	{"VACUUM;", "does not run in a transaction"},
	{"/* x */ CREATE TEMP TABLE x (y);", "temporary"},
	{"CREATE TEMPORARY VIEW x AS SELECT 1;", "temporary"},
	{"CREATE TEMP TRIGGER x AFTER INSERT ON a BEGIN SELECT 1; END;", "temporary"},
	{"INSERT INTO goose_db_version (version_id, is_applied) VALUES (2, 1);", "records the version"},
	{"CREATE TABLE x (y DEFAULT (random()));", "it reads random()"},
	{"CREATE TABLE x (y DEFAULT (hex(RandomBlob(8))));", "it reads randomblob()"},
	{"CREATE TABLE x (y DEFAULT (datetime('now', 'localtime')));", "the time zone of the node (datetime)"},
	{"CREATE TABLE x AS SELECT random() AS y;", "it reads random()"},
	{"INSERT INTO a (n) SELECT id FROM a ORDER BY random();", "it reads random()"},
	{"UPDATE a SET n = random();", "it reads random()"},
	{"UPDATE a SET t = datetime(t, 'utc');", "the time zone of the node"},
	{"DELETE FROM a WHERE total_changes() > 5;", "it reads total_changes()"},
	{"CREATE TRIGGER x AFTER INSERT ON a BEGIN UPDATE a SET n = unixepoch() WHERE id = NEW.id; END;", "the trigger reads the clock (unixepoch)"},
	{"CREATE TRIGGER x AFTER INSERT ON a BEGIN UPDATE a SET n = strftime('%s') WHERE id = NEW.id; END;", "the trigger reads the clock (strftime)"},
	{"CREATE TRIGGER x AFTER INSERT ON a BEGIN UPDATE a SET t = strftime('%Y', 'NOW') WHERE id = NEW.id; END;", "the trigger reads the clock (strftime)"},
	{"CREATE TRIGGER x AFTER INSERT ON a BEGIN UPDATE a SET n = unixepoch('subsec') WHERE id = NEW.id; END;", "the trigger reads the clock (unixepoch)"},
	{`CREATE TRIGGER x AFTER INSERT ON a BEGIN UPDATE a SET t = datetime("now") WHERE id = NEW.id; END;`, "the trigger reads the clock (datetime)"},
	{"CREATE TRIGGER x AFTER UPDATE ON a WHEN NEW.t < CURRENT_DATE BEGIN DELETE FROM b; END;", "the trigger reads the clock (CURRENT_DATE)"},
	{"CREATE TRIGGER x AFTER UPDATE ON a BEGIN DELETE FROM b WHERE t < timediff('now', t); END;", "the trigger reads the clock (timediff)"},
	{"CREATE TRIGGER x AFTER UPDATE ON a BEGIN INSERT INTO b (n) VALUES (OLD.n); END;", "trigger x leaves b.at to its default, which reads the clock (unixepoch)"},
	{"CREATE TRIGGER x AFTER UPDATE ON a BEGIN INSERT INTO b (n) VALUES (1) ON CONFLICT DO UPDATE SET at = 1; END;", "trigger x leaves b.at to its default, which reads the clock (unixepoch)"},
	{"CREATE TRIGGER x AFTER UPDATE ON a BEGIN REPLACE INTO b VALUES (1, NULL, 't'); END;", "trigger x replaces a NULL in b.at by its default, which reads the clock (unixepoch)"},
	{"CREATE TRIGGER x AFTER UPDATE ON a BEGIN INSERT OR REPLACE INTO b (n, at) VALUES (1, 2), (OLD.n, NEW.n); END;", "trigger x replaces a NULL in b.at by its default"},
	{"CREATE TRIGGER x AFTER UPDATE ON a BEGIN INSERT OR REPLACE INTO b (at) SELECT a.n FROM a WHERE n > 1 UNION SELECT n FROM a; END;", "trigger x replaces a NULL in b.at by its default"},
	{"CREATE TRIGGER x AFTER UPDATE ON a BEGIN UPDATE OR REPLACE b SET t = 'a', at = (SELECT max(n) FROM a); END;", "trigger x replaces a NULL in b.at by its default"},
	{"CREATE TRIGGER x AFTER UPDATE ON a BEGIN UPDATE OR REPLACE b SET (t, at) = ('a', NEW.n); END;", "trigger x replaces a NULL in b.at by its default"},
	{"CREATE TRIGGER x AFTER UPDATE ON a BEGIN INSERT OR REPLACE INTO b (at) SELECT NEW.n FROM a WHERE n > 1; END;", "trigger x replaces a NULL in b.at by its default"},
	{"CREATE TRIGGER x BEFORE UPDATE ON b BEGIN UPDATE OR REPLACE b SET at = NEW.at; END;", "trigger x replaces a NULL in b.at by its default"},
	{"CREATE TABLE y (at INTEGER NOT NULL ON CONFLICT REPLACE DEFAULT (unixepoch()));\nCREATE TRIGGER x AFTER UPDATE ON a BEGIN UPDATE y SET at = NEW.n; END;", "trigger x replaces a NULL in y.at by its default"},
	{"CREATE TRIGGER y AFTER UPDATE ON a BEGIN INSERT INTO b (n, at) VALUES (1, NEW.n); END;\nCREATE TRIGGER x AFTER INSERT ON b BEGIN UPDATE OR REPLACE a SET n = NULL; END;",
		"trigger y replaces a NULL in b.at by its default, which reads the clock (unixepoch) where trigger x fires it by OR REPLACE"},
	{"CREATE VIEW v AS SELECT 1 AS n;\nCREATE TRIGGER x INSTEAD OF INSERT ON v BEGIN INSERT OR IGNORE INTO b (at) VALUES (NEW.n); END;\n" +
		"CREATE TRIGGER y AFTER INSERT ON a BEGIN INSERT INTO v VALUES (NEW.n); END;\nCREATE TRIGGER z AFTER DELETE ON a BEGIN REPLACE INTO a VALUES (1, NULL, OLD.t); END;",
		"trigger x replaces a NULL in b.at by its default, which reads the clock (unixepoch) where trigger z fires it by OR REPLACE"},
	{"CREATE VIEW v AS SELECT unixepoch() AS at; CREATE VIEW w AS SELECT at FROM v;\nCREATE TRIGGER x AFTER UPDATE ON a BEGIN UPDATE a SET n = (SELECT at FROM main.w) WHERE id = NEW.id; END;",
		"trigger x reads the view w, which reads the clock (unixepoch): each node does that by itself, and again when it restarts, so that they come to differ"},
	{"CREATE TABLE x (y INTEGER DEFAULT (unixepoch()) REFERENCES a (id) ON DELETE SET DEFAULT);", "a foreign key sets x.y to its default"},
}

// takenByRqlite are those of which nothing is said.
var takenByRqlite = []string{
	"CREATE TABLE x (y INTEGER DEFAULT (unixepoch()), z TEXT DEFAULT CURRENT_TIMESTAMP);",
	"CREATE TABLE x AS SELECT CURRENT_TIMESTAMP AS y;",
	"CREATE TABLE \"pragma\" (y TEXT DEFAULT 'BEGIN; random()');",
	"INSERT INTO a (n, t) VALUES (unixepoch(), datetime('now'));",
	"UPDATE a SET t = strftime('%Y-%m-%d', t), n = unixepoch(t);",
	"CREATE VIEW v AS SELECT * FROM a WHERE t < datetime('now') ORDER BY random();",
	"CREATE TRIGGER x AFTER UPDATE ON a BEGIN INSERT INTO b (n, at) VALUES (OLD.n, NEW.n); END;",
	"CREATE TRIGGER x AFTER UPDATE ON a BEGIN INSERT INTO b SELECT * FROM b; END;",
	"CREATE TRIGGER x AFTER UPDATE ON a BEGIN REPLACE INTO b SELECT * FROM b; END;",
	"CREATE TRIGGER x AFTER UPDATE ON a BEGIN REPLACE INTO b (at, n) VALUES (OLD.id, NULL), (coalesce(NEW.n, 0), 1); END;",
	"CREATE TRIGGER x AFTER UPDATE ON a WHEN NEW.n IS NOT NULL BEGIN UPDATE OR REPLACE b SET n = NULL, at = NEW.n; END;",
	"CREATE TRIGGER x AFTER UPDATE ON a BEGIN UPDATE OR REPLACE b SET at = NEW.n WHERE NEW.n > 3; END;",
	"CREATE TRIGGER x AFTER UPDATE ON a BEGIN INSERT OR REPLACE INTO b (at) SELECT n FROM a WHERE n > 1; END;",
	"CREATE TRIGGER x AFTER UPDATE ON a BEGIN INSERT OR REPLACE INTO b (at) SELECT NEW.n FROM a WHERE NEW.n > 1; END;",
	"CREATE TRIGGER x AFTER UPDATE ON a BEGIN UPDATE OR IGNORE b SET at = NEW.n; END;",
	"CREATE TRIGGER y AFTER UPDATE ON a BEGIN INSERT INTO b (n, at) VALUES (1, NEW.n); END;\nCREATE TRIGGER x AFTER INSERT ON b BEGIN REPLACE INTO a VALUES (1, NEW.n, ''); END;",
	"CREATE TRIGGER y AFTER DELETE ON a BEGIN UPDATE b SET at = OLD.n; END;\nCREATE TRIGGER x AFTER INSERT ON a BEGIN UPDATE OR REPLACE b SET n = NULL; DELETE FROM a; END;",
	"CREATE TRIGGER y AFTER UPDATE ON a BEGIN UPDATE b SET at = NEW.n WHERE NEW.n > 1; END;\nCREATE TRIGGER x AFTER INSERT ON b BEGIN UPDATE OR REPLACE a SET n = NULL; END;",
	"CREATE TRIGGER x AFTER UPDATE ON a BEGIN UPDATE b SET t = date(NEW.t, '+1 day'); END;",
	"CREATE INDEX i ON a (date(t));",
}

const rqliteBase = `-- +goose Up
CREATE TABLE a (id INTEGER PRIMARY KEY, n INTEGER, t TEXT);
CREATE TABLE b (n INTEGER, at INTEGER NOT NULL DEFAULT (unixepoch()), t TEXT);
-- +goose Down
DROP TABLE b;
DROP TABLE a;
`

// TestRqlite: what a cluster does not take is found at its line, in Up as in Down, and
// only by those who ask.
func TestRqlite(t *testing.T) {
	found := func(enable []string, section, sql string) (list []string) {
		text := "-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd\n-- +goose Down\nSELECT 1;\n"
		text = strings.Replace(text, "SELECT 1;", sql, 1)
		if section == "Down" {
			text = strings.Replace(strings.Replace(text, sql, "SELECT 1;", 1), "Down\nSELECT 1;", "Down\n-- +goose StatementBegin\n"+sql+"\n-- +goose StatementEnd", 1)
		}
		for _, f := range judgeWith(t, check.Options{Enable: enable}, rqliteBase, text) {
			if f.Name == check.RqliteRule {
				list = append(list, f.Error())
			}
		}
		return list
	}
	asked := []string{check.RqliteRule}
	for _, tt := range refusedByRqlite {
		list := found(asked, "Up", tt.sql)
		at := "00002_m.sql:4: error: "
		if !slices.ContainsFunc(list, func(e string) bool { return strings.HasPrefix(e, at) || strings.Contains(e, "m.sql:5: ") }) || !strings.Contains(fmt.Sprint(list), tt.want) {
			t.Errorf("%s\n%q\nwant %q at line 4", tt.sql, list, tt.want)
		}
		if list := found(nil, "Up", tt.sql); len(list) > 0 {
			t.Errorf("%s: nobody has asked for %q", tt.sql, list)
		}
		if strings.Contains(tt.want, "its default") || strings.Contains(tt.want, "the view") {
			continue // the last schema has no part of a Down
		}
		if list := found(asked, "Down", tt.sql); !strings.Contains(fmt.Sprint(list), tt.want) {
			t.Errorf("%s in Down: %q", tt.sql, list)
		}
	}
	for _, sql := range takenByRqlite {
		if list := found(asked, "Up", sql); len(list) > 0 {
			t.Errorf("%s: %q", sql, list)
		}
	}
}

// TestRqliteFrom: what a cluster does not run is not judged.
func TestRqliteFrom(t *testing.T) {
	const pragma = "-- +goose Up\nPRAGMA user_version = 1;\n-- +goose Down\nSELECT 1;\n"
	for from, want := range []int{3, 2, 1, 0} {
		n := 0
		for _, f := range judgeWith(t, check.Options{Enable: []string{check.RqliteRule}, RqliteFrom: int64(from)}, pragma, pragma, pragma) {
			if f.Name == check.RqliteRule {
				n++
			}
		}
		if n != want {
			t.Errorf("from %d on %d migrations are refused, want %d", from, n, want)
		}
	}
}

// TestRqliteEnforced: a cluster enforces foreign keys, so what fails by them is an error.
func TestRqliteEnforced(t *testing.T) {
	const drop = "-- +goose Up\nDROP TABLE a;\n-- +goose Down\nCREATE TABLE a (id INTEGER PRIMARY KEY);\n"
	const parent = "-- +goose Up\nCREATE TABLE a (id INTEGER PRIMARY KEY);\nCREATE TABLE c (a INTEGER NOT NULL REFERENCES a (id));\n-- +goose Down\nDROP TABLE c;\nDROP TABLE a;\n"
	for _, enable := range [][]string{nil, {check.RqliteRule}} {
		want := "enforced"
		if enable != nil {
			want = check.RqliteRule
		}
		list := judgeWith(t, check.Options{Enable: enable}, parent, drop)
		if !slices.ContainsFunc(list, func(f *check.Finding) bool { return f.Name == want }) {
			t.Errorf("%v: %v", enable, list)
		}
	}
}
