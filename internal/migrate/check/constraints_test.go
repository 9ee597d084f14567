package check_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/migrate/check"
)

// rebuilds are tables, what somebody makes of them by hand, and what is lost or
// gained in silence.
var rebuilds = []struct{ was, is, loses, gets string }{
	{"a INT CHECK (a > 0)", "a INT", "CHECK (a > 0)", ""},
	{"a INT, CONSTRAINT c CHECK (t.a > 0)", "a INT", "CHECK (t.a > 0)", ""},
	{"a INT CHECK (t.a > 0)", `a INT, CHECK ("a">0)`, "", ""},
	{"a INT CHECK (a > 0)", "a INT CHECK (a > 1)", "", "CHECK (a > 1)"},
	{"a INT CHECK (a > 0), b INT", "a INT, b INT CHECK (b > 0)", "CHECK (a > 0)", "CHECK (b > 0)"},
	{"a TEXT CHECK (a IN ('x', 'y'))", "a TEXT CHECK (a IN ('x', 'y', 'z'))", "", ""},
	{"a TEXT CHECK (a IN ('x', 'y'))", "a TEXT CHECK (a IN ('x'))", "", "CHECK (a IN ('x'))"},
	{"a INT", "a INT CHECK (a > 0)", "", "CHECK (a > 0)"},
	{"a INT CHECK (a > 0)", "a INT CHECK (a > -1)", "", ""},
	{"a INT CHECK (a > 0)", "a INT CHECK (t2.a >= 0)", "", ""},
	{"a INT CHECK (a >= 0)", "a INT CHECK (a > 0)", "", "CHECK (a > 0)"},
	{"a TEXT CHECK (length(a) <= 10)", "a TEXT CHECK (length(a) < 20.5 OR a = 'long')", "", ""},
	{"a TEXT CHECK (length(a) < 10)", "a TEXT CHECK (length(a) < 9)", "", "CHECK (length(a) < 9)"},
	{"a INT CHECK (a > 0 AND a < 10)", "a INT CHECK (a IS NULL OR a < 10)", "", ""},
	{"a INT CHECK (a > 0) CHECK (a < 10)", "a INT CHECK ((a < 10) AND (t2.a > 0))", "", ""},
	{"a INT CHECK (a > 0)", "a INT CHECK (a > 0 AND a < 10)", "", "CHECK (a > 0 AND a < 10)"},
	{"a INT", "a INT, CHECK (t2.a > 0 AND id > 0)", "", "CHECK (t2.a > 0 AND id > 0)"},
	{"a INT REFERENCES p (id)", "a INT", "FOREIGN KEY of a", ""},
	{"a INT REFERENCES p (id) ON DELETE CASCADE", "a INT", "FOREIGN KEY of a", ""},
	{"a INT REFERENCES p (id) ON DELETE CASCADE", "a INT REFERENCES p (id)", "ON DELETE CASCADE of a", ""},
	{"a INT REFERENCES p (id) ON UPDATE SET NULL", "a INT REFERENCES p (id)", "ON UPDATE SET NULL of a", ""},
	{"a INT REFERENCES p (id) ON DELETE CASCADE", "a INT REFERENCES p (id) ON DELETE SET NULL", "", ""},
	{"a INT REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED", "a INT REFERENCES p (id)", "DEFERRABLE INITIALLY DEFERRED of a", ""},
	{"a INT", "a INT REFERENCES p (id)", "", "FOREIGN KEY of a"},
	{"a INT UNIQUE", "a INT", "UNIQUE of a", ""},
	{"a INT, b INT, UNIQUE (a, b)", "a INT, b INT", "UNIQUE of a, b", ""},
	{"a INT, b INT, UNIQUE (a, b)", "a INT UNIQUE, b INT", "", ""},
	{"a INT UNIQUE ON CONFLICT IGNORE", "a INT UNIQUE", "ON CONFLICT IGNORE of a", ""},
	{"a INT DEFAULT 7", "a INT", "DEFAULT of a", ""},
	{"a INT DEFAULT 7", "a INT DEFAULT 8", "", ""},
	{"a TEXT COLLATE NOCASE", "a TEXT", "COLLATE of a", ""},
	{"a TEXT COLLATE NOCASE", "a TEXT COLLATE RTRIM", "", ""},
	{"a INT NOT NULL", "a INT", "NOT NULL of a", ""},
	{"a INT NOT NULL", "a INT CHECK (a IS NOT NULL)", "", ""},
	{"a INT NOT NULL", "b INT", "", ""},
	{"a INT, b INT AS (a + 1)", "a INT, b INT", "GENERATED ALWAYS of b", ""},
	{"a INT|STRICT", "a INT", "STRICT", ""},
	{"a INT|STRICT", "a INT, b BOOLEAN", "", ""},
	{"a INT", "a INT|STRICT", "", "STRICT"},
}

func TestRebuilds(t *testing.T) {
	for _, c := range rebuilds {
		t.Run(c.was+" to "+c.is, func(t *testing.T) {
			checkRebuild(t, "id INTEGER PRIMARY KEY, "+c.was, "id INTEGER PRIMARY KEY, "+c.is, c.loses, c.gets)
		})
	}
	for _, c := range [][3]string{
		{"id INTEGER PRIMARY KEY AUTOINCREMENT, a INT", "id INTEGER PRIMARY KEY, a INT", "AUTOINCREMENT"},
		{"id INTEGER PRIMARY KEY, a INT", "id INTEGER, a INT", "PRIMARY KEY of id"},
		{"id INTEGER PRIMARY KEY, a INT", "id INT PRIMARY KEY, a INT", "INTEGER PRIMARY KEY of id"},
		{"id TEXT NOT NULL PRIMARY KEY, a INT|WITHOUT ROWID", "id TEXT NOT NULL PRIMARY KEY, a INT", "WITHOUT ROWID"},
		{"id TEXT NOT NULL, a INT, PRIMARY KEY (id, a)", "id TEXT NOT NULL, a INT", "PRIMARY KEY of id, a"},
	} {
		t.Run(c[0], func(t *testing.T) { checkRebuild(t, c[0], c[1], c[2], "") })
	}
}

func checkRebuild(t *testing.T, was, is, loses, gets string) {
	t.Helper()
	const down = "-- +goose Down\nDROP TABLE t;\nDROP TABLE p;\n"
	create := func(name, columns string) string {
		columns, options, _ := strings.Cut(columns, "|")
		return fmt.Sprintf("CREATE TABLE %s (%s) %s;\n", name, strings.ReplaceAll(columns, "t2.", name+"."), options)
	}
	var into []string
	for _, name := range []string{"id", "a", "b"} {
		column := regexp.MustCompile(`(^|, )` + name + ` (INT|TEXT)`)
		if column.MatchString(was) && column.MatchString(is) && !strings.Contains(was, name+" INT AS") {
			into = append(into, name)
		}
	}
	list := strings.Join(into, ", ")
	for i, up := range []string{
		create("t2", is) + "INSERT INTO t2 (" + list + ") SELECT " + list + " FROM t;\nDROP TABLE t;\nALTER TABLE t2 RENAME TO t;\n",
		"ALTER TABLE t RENAME TO old;\n" + create("t", strings.ReplaceAll(is, "t2.", "t.")) + "INSERT INTO t (" + list + ") SELECT " + list + " FROM old;\nDROP TABLE old;\n",
	} {
		findings, _, err := judge(t, map[string]string{
			"00001_a.sql": "-- +goose Up\nCREATE TABLE p (id INTEGER PRIMARY KEY);\n" + create("t", was) + down,
			"00002_b.sql": "-- drey:allow no-down: a test\n-- +goose Up\n" + up,
		})
		if err != nil {
			t.Fatal(err)
		}
		var lost, got []string
		for _, f := range findings {
			switch f.Name {
			case "loses-constraint":
				_, what, _ := strings.Cut(f.Msg, " loses ")
				lost = append(lost, what)
			case "may-fail":
				if _, what, ok := strings.Cut(f.Msg, "what it gets: "); ok {
					got = append(got, what)
				} else {
					got = append(got, gets) // made-up rows do not fit, either
				}
			}
		}
		if join := strings.Join(lost, " | "); join != loses {
			t.Errorf("way %d loses %q, want %q\n%s", i, join, loses, messages(findings))
		}
		slices.Sort(got)
		plain := strings.NewReplacer(`"t".`, "", "t2.", "", "t.", "").Replace
		if join := plain(strings.Join(slices.Compact(got), " | ")); join != plain(gets) {
			t.Errorf("way %d gets %q, want %q\n%s", i, join, gets, messages(findings))
		}
	}
}

// TestOptIn: the rules that are asked for find what goes, and nothing else.
func TestOptIn(t *testing.T) {
	const first = "-- +goose Up\nCREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT, z AS (x));\nCREATE TABLE b (id INTEGER PRIMARY KEY);\n-- +goose Down\nDROP TABLE b;\nDROP TABLE a;\n"
	for up, want := range map[string]string{
		"DROP TABLE b;":                                          "3 destructive: table b is dropped",
		"ALTER TABLE a DROP COLUMN y;":                           "3 destructive: column y of table a",
		"ALTER TABLE a DROP COLUMN z;":                           "",
		"ALTER TABLE b RENAME TO c;":                             "3 renames: table b is renamed to c",
		"ALTER TABLE a RENAME COLUMN y TO w;":                    "3 renames: column y of table a is renamed to w",
		"ALTER TABLE b RENAME TO c;\nALTER TABLE c RENAME TO b;": "",
		"CREATE TABLE c (x);\nDROP TABLE c;":                     "",
		"CREATE TABLE n (id INTEGER PRIMARY KEY, x TEXT, z AS (x));\nINSERT INTO n SELECT id, x FROM a;\nDROP TABLE a;\nALTER TABLE n RENAME TO a;": "3 destructive: column y of table a",
		"CREATE TABLE n (id INTEGER PRIMARY KEY);\nINSERT INTO n SELECT id FROM b;\nDROP TABLE b;\nALTER TABLE n RENAME TO b;":                      "",
	} {
		for _, enable := range [][]string{nil, {"destructive", "renames"}} {
			findings := judgeWith(t, check.Options{Enable: enable}, first, "-- drey:allow no-down: a test\n-- +goose Up\n"+up+"\n")
			var got []string
			for _, f := range findings {
				if f.Level == check.OptIn {
					got = append(got, fmt.Sprintf("%d %s: %s", f.Line, f.Name, f.Msg))
				}
			}
			if join := strings.Join(got, "\n"); enable == nil && join != "" || enable != nil && (want == "") != (join == "") || enable != nil && !strings.HasPrefix(join, want) {
				t.Errorf("%s\nfound %q, want %q", up, join, want)
			}
		}
	}
}
