package sqldriver

import (
	"testing"
)

func TestKindOf(t *testing.T) {
	for query, want := range map[string]Kind{
		"select 1": Reading, " \n\t-- a comment; DELETE\n/* INSERT */SELECT 1": Reading,
		"VALUES (1)": Reading, "EXPLAIN DELETE FROM t": Reading,
		"INSERT INTO t VALUES (1)": Writing, "REPLACE INTO t VALUES (1)": Writing, "update t set x = 1": Writing,
		"DELETE FROM t": Writing, "PRAGMA user_version": Writing, "CREATE TABLE t (x)": Writing, "": Writing, "(": Writing,
		"WITH a AS (SELECT 1) SELECT * FROM a":                                                Reading,
		"WITH a AS (DELETE FROM t) SELECT 1":                                                  Reading, // SQLite refuses it
		"WITH RECURSIVE a(x) AS (SELECT 1), b AS MATERIALIZED (SELECT 2) VALUES (1)":          Reading,
		"WITH a AS (SELECT ')' || \"(\" || `(` || [)] /* ) */ -- )\n) INSERT INTO t SELECT 1": Writing,
		"WITH replace AS (SELECT 1) SELECT * FROM replace":                                    Reading,
		"WITH a AS (SELECT 1), replace AS (SELECT 2) DELETE FROM t":                           Writing,
		"WITH \"insert\" AS (SELECT 'it''s') SELECT 1":                                        Reading,
		"WITH a AS (SELECT 1) UPDATE t SET x = (SELECT 1)":                                    Writing,
		"WITH":  Writing,
		"BEGIN": Controlling, "commit": Controlling, "ROLLBACK TO x": Controlling, "savepoint a": Controlling, "END": Controlling, "RELEASE a": Controlling,
	} {
		if got := KindOf(query); got != want {
			t.Errorf("%q is %d, want %d", query, got, want)
		}
	}
}

func FuzzKindOf(f *testing.F) {
	f.Add("WITH a AS (SELECT 1) SELECT '")
	f.Add("/* -- [")
	f.Fuzz(func(t *testing.T, query string) { KindOf(query) })
}
