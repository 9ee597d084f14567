//go:build !js

package rqlite

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // what the texts mean
)

// expressions read the clock.
var expressions = []string{
	"CURRENT_TIMESTAMP", "current_date", "Current_Time", "unixepoch()", "UNIXEPOCH ( )", "unixepoch('now')", "unixepoch('NOW', 'subsec')",
	"unixepoch('subsec')", "unixepoch('SubSecond')", "datetime()", "datetime('now', '+1 day')", "date ('now')", "time(\"now\")", "julianday(('now'))", "julianday()",
	"strftime('%s')", "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')", "strftime('%f, )', 'now', '+1 day')", "strftime ( '%J' /* ) */ )",
	"timediff('now', '2020-01-01')", "timediff('2020-01-01', 'now')", "coalesce(NULL, unixepoch())", "date(datetime('now'), '+1 day')",
	"strftime('%s', datetime('now'))", "strftime(printf('%s', strftime('%%Y')))", "date/* ( */('now')", "date -- (\n('now')", "\"date\"('now')", "[datetime]()", "`unixepoch`()",
	"(SELECT unixepoch())", "CASE WHEN datetime('now') > '2020' THEN unixepoch() ELSE CURRENT_DATE END", "unixepoch('now') - unixepoch('2020-01-01')",
	"CAST(round(unixepoch('now', 'subsec') * 1000) AS INTEGER)", "datetime('subsec')", "datetime('now','subsec')",
}

// others do not.
var others = []string{
	"'CURRENT_TIMESTAMP'", "'unixepoch()'", "date('2026-01-02')", "unixepoch(x)", "strftime('%s', x)", "strftime('%s now', x, 'start of day')", "timediff(x, '2020-01-01')",
	"t.x", "date(x, '+1 day') /* unixepoch() */", "(SELECT x FROM (SELECT 1 AS x) AS date)", "x -- CURRENT_TIMESTAMP\n", "t.\"date\"", "(date) = (SELECT 'now')", "random", "coalesce(date, 'now')",
}

// TestFixed: a write with the clock read is evaluated to what it would be at that time,
// whenever that is. SQLite's own clock is compared with.
func TestFixed(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE t (v, x, date, random); INSERT INTO t VALUES (0, '2026-03-04 05:06:07', 'd', 'r')"); err != nil {
		t.Fatal(err)
	}
	value := func(update string) (v string) {
		t.Helper()
		if _, err := db.Exec(update); err != nil {
			t.Fatalf("%s: %v", update, err)
		}
		if err := db.QueryRow("SELECT typeof(v) || ' ' || coalesce(v, 'NULL') FROM t").Scan(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	past := time.Date(2021, 2, 3, 4, 5, 6, 789e6, time.FixedZone("", 3600))
	for _, e := range expressions {
		update := "UPDATE t SET v = " + e
		text, err := fixed(update, past)
		if err != nil || text == update {
			t.Errorf("%s is %q, %v", e, text, err)
			continue
		}
		if again, err := fixed(text, time.Now()); err != nil || again != text {
			t.Errorf("%s: of %s is left %s, %v", e, text, again, err)
		}
		if then := value(text); !strings.Contains(then+"2021", "2021") || then == value(update) {
			t.Errorf("%s is %s at any time", e, then)
		}
		// At the same time both are the same, but for a tick.
		for try := 0; ; try++ {
			is := value(update)
			text, _ := fixed(update, time.Now())
			if got := value(text); got == is || strings.HasPrefix(is, "real") || strings.Contains(e, "%f") || strings.Contains(e, "%J") || strings.Contains(strings.ToLower(e), "subsec") || strings.Contains(e, "timediff") {
				if got[:4] != is[:4] {
					t.Errorf("%s is %s and %s", e, is, got)
				}
				break
			} else if try == 5 {
				t.Errorf("%s is %s, and %s by %s", e, is, got, text)
				break
			}
		}
	}
	if got, _ := fixed("UPDATE t SET v = strftime('%Y-%m-%d %H:%M:%f', 'now') || unixepoch('subsec')", past); value(got) != "text 2021-02-03 03:05:06.7891612321506.789" {
		t.Errorf("%s is %s", got, value(got))
	}
	for _, e := range others {
		update := "UPDATE t SET v = " + e
		if text, err := fixed(update, past); err != nil || text != update {
			t.Errorf("%s is %q, %v", e, text, err)
		}
		value(update)
	}
}

// TestFixedWhole: in the other places of a statement, and not where it is about the schema
// or only reads.
func TestFixedWhole(t *testing.T) {
	now := time.Date(2021, 2, 3, 4, 5, 6, 0, time.UTC)
	for text, want := range map[string]string{
		"INSERT INTO date (time) VALUES (CURRENT_DATE) ON CONFLICT (time) DO UPDATE SET time = date('now') RETURNING time": "INSERT INTO date (time) VALUES ('2021-02-03') ON CONFLICT (time) DO UPDATE SET time = date('2021-02-03 04:05:06.000') RETURNING time",
		"WITH w AS (SELECT date('now') AS d) DELETE FROM t WHERE d < (SELECT d FROM w)":                                    "WITH w AS (SELECT date('2021-02-03 04:05:06.000') AS d) DELETE FROM t WHERE d < (SELECT d FROM w)",
		"CREATE TABLE t (a DEFAULT (unixepoch()), b DEFAULT (random()))":                                                   "",
		"CREATE TABLE IF NOT EXISTS main.t AS SELECT CURRENT_DATE AS d":                                                    "CREATE TABLE IF NOT EXISTS main.t AS SELECT '2021-02-03' AS d",
		"CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1 AS b, unixepoch(); END":                                         "",
		"CREATE VIEW v AS SELECT unixepoch()":                                                                              "",
		"ALTER TABLE t ADD COLUMN a DEFAULT CURRENT_TIMESTAMP":                                                             "",
		"SELECT random(), datetime('now', 'localtime')":                                                                    "",
		"INSERT INTO t SELECT 1 AS current_time":                                                                           "",
		"INSERT INTO random (a) VALUES (1)":                                                                                "",
		"UPDATE t SET a = b.random FROM b":                                                                                 "",
		"INSERT INTO t VALUES (unixepoch(":                                                                                 "",
		"INSERT INTO t VALUES ('it''s unixepoch()', x'')":                                                                  "",
	} {
		if want == "" {
			want = text
		}
		if got, err := fixed(text, now); err != nil || got != want {
			t.Errorf("%s\nis   %s, %v\nwant %s", text, got, err, want)
		}
	}
	for _, e := range []string{
		"random()", "abs(RANDOM ( ))", "hex(randomblob(8))", "total_changes()", "\"random\"()", "datetime('now', 'localtime')", "date(x, 'UTC')", "strftime('%s', x, 'localtime')",
		"date('now' || '')", "date(lower('NOW'))", "datetime(coalesce(x, 'now'))",
	} {
		for _, s := range []string{"CREATE TABLE n AS SELECT %s AS x", "INSERT INTO t VALUES (%s)", "UPDATE t SET a = %s WHERE b", "DELETE FROM t WHERE a = %s", "INSERT INTO t SELECT a FROM t ORDER BY %s"} {
			if got, err := fixed(fmt.Sprintf(s, e), now); !errors.Is(err, ErrStatement) {
				t.Errorf("%s is %q, %v", e, got, err)
			}
		}
	}
}

// FuzzFixed: no text makes it panic, and what it gives is left alone by it.
func FuzzFixed(f *testing.F) {
	for _, e := range append(expressions, others...) {
		f.Add("UPDATE t SET v = " + e)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := fixed(text, time.Unix(0, 0))
		if err != nil {
			return
		}
		if again, err := fixed(got, time.Unix(1e9, 0)); err != nil || again != got {
			t.Errorf("%q is %q, and that %q, %v", text, got, again, err)
		}
	})
}

// TestBindsClock: a parameter by which a write would read the clock is refused.
func TestBindsClock(t *testing.T) {
	for _, tt := range []struct {
		sql     string
		args    []driver.Value
		refused bool
	}{
		{"UPDATE t SET v = datetime(?)", []driver.Value{"now"}, true},
		{"UPDATE t SET v = ?, w = date(?2, '+1 day')", []driver.Value{"x", "NOW"}, true},
		{"INSERT INTO t SELECT unixepoch(:a)", []driver.Value{"subsec"}, true},
		{"INSERT INTO t VALUES (strftime('%s', (coalesce(?, 1))))", []driver.Value{"Now"}, true},
		{"UPDATE t SET title = ?, v = date(?)", []driver.Value{"now", "2026-01-02"}, false},
		{"UPDATE t SET title = ?", []driver.Value{"now"}, false},
		{"UPDATE t SET v = (date('2026-01-02')), title = ?", []driver.Value{"now"}, false},
		{"SELECT datetime(?)", []driver.Value{"now"}, false},
	} {
		text, err := newText(tt.sql)
		if err != nil {
			t.Fatal(err)
		}
		if err := text.bindsClock(tt.args); errors.Is(err, ErrStatement) != tt.refused {
			t.Errorf("%s, %q: %v", tt.sql, tt.args, err)
		}
	}
}

// What a trigger raises is found by its message.
func TestRaises(t *testing.T) {
	for _, tt := range []struct {
		trigger, message string
		want             bool
	}{
		{"CREATE TRIGGER x BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'it''s full'); END", "it's full", true},
		{"CREATE TRIGGER x BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'full'); END", "fuller", false},
		{"CREATE TRIGGER x BEFORE INSERT ON t BEGIN SELECT CASE WHEN 1 THEN raise ( FAIL, \"a b\") END; END", "a b", true},
		{"CREATE TRIGGER x BEFORE INSERT ON t BEGIN SELECT RAISE(IGNORE); SELECT RAISE(ROLLBACK, 'no ' || upper(NEW.a) || ' here'); END", "no X here", true},
		{"CREATE TRIGGER x BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'no ' || NEW.a || ' here'); END", "here no X", false},
		{"CREATE TRIGGER x BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, NEW.a); END", "no such table: x", false},
		{"CREATE TRIGGER x BEFORE INSERT ON t BEGIN SELECT 'RAISE(ABORT, ''a'')'; END", "a", false},
		{"CREATE TRIGGER x BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT,", "", false},
	} {
		if raises(tt.trigger, tt.message) != tt.want {
			t.Errorf("%s: %q", tt.trigger, tt.message)
		}
	}
}
