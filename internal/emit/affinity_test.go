package emit

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/dreysql/drey/internal/sqlite/infer"
	_ "modernc.org/sqlite"
)

// TestComparedAlike compares = with foreign keys on SQLite itself, between columns of every
// two affinities: as a join, and as a value of either side that is bound.
func TestComparedAlike(t *testing.T) {
	conn, err := sql.Open("sqlite", ":memory:?_pragma=foreign_keys(1)")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetMaxOpenConns(1)
	values := []string{
		"1", "1.0", "1.5", "'1'", "'01'", "'1.0'", "'1e0'", "'a'", "x'31'", "x'61'",
		"9007199254740993", "9007199254740992", "9007199254740992.0", "'9007199254740993'",
	}
	for _, parent := range []string{"TEXT", "INTEGER", "REAL", "NUMERIC", "BLOB"} {
		for _, child := range []string{"TEXT", "INTEGER", "REAL", "NUMERIC", "BLOB"} {
			var differ []string
			for _, p := range values {
				for _, c := range values {
					statement := func(text string) bool {
						_, err := conn.Exec(text)
						return err == nil
					}
					if !statement(fmt.Sprintf(`DROP TABLE IF EXISTS child; DROP TABLE IF EXISTS parent;
						CREATE TABLE parent (key %s UNIQUE); CREATE TABLE child (key %s REFERENCES parent (key)); INSERT INTO parent VALUES (%s)`, parent, child, p)) {
						t.Fatal(p)
					}
					refers := statement("INSERT INTO child VALUES (" + c + ")")
					if !refers {
						statement("PRAGMA foreign_keys=OFF")
						statement("INSERT INTO child VALUES (" + c + ")")
						statement("PRAGMA foreign_keys=ON")
					}
					count := func(query string, args ...any) (n int) {
						if err := conn.QueryRow(query, args...).Scan(&n); err != nil {
							t.Fatal(err)
						}
						return n
					}
					value := func(table string) (v any) {
						if err := conn.QueryRow("SELECT key FROM " + table).Scan(&v); err != nil {
							t.Fatal(err)
						}
						return v
					}
					for how, n := range map[string]int{
						"joined":        count("SELECT count(*) FROM parent, child WHERE parent.key = child.key"),
						"of the child":  count("SELECT count(*) FROM parent WHERE key = ?", value("child")),
						"of the parent": count("SELECT count(*) FROM child WHERE key = ?", value("parent")),
					} {
						if (n == 1) != refers {
							differ = append(differ, fmt.Sprintf("%s to %s %s: refers %v", c, p, how, refers))
						}
					}
				}
			}
			if alike := comparedAlike(infer.AffinityOf(child), infer.AffinityOf(parent)); alike != (differ == nil) {
				t.Errorf("%s to %s: alike %v, and %d differ: %v", child, parent, alike, len(differ), differ[:min(3, len(differ))])
			}
		}
	}
}
