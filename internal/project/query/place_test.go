package query_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc/sqlctest"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

func TestPlaces(t *testing.T) {
	for text, want := range map[string][]query.Place{
		"SELECT 1": nil,
		"SELECT a FROM t WHERE /* drey:where t */ TRUE":                                        {{Name: "t", Comment: 22, Start: 41}},
		"SELECT a FROM t WHERE /*drey:where \"t\"*/true":                                       {{Name: "t", Comment: 22, Start: 40}},
		"SELECT a FROM t WHERE -- drey:where [t u]  \n /* x */ True":                           {{Name: "t u", Comment: 22, Start: 53}},
		"/* drey:where a */ TRUE AND /* drey:where b */ TRUE":                                  {{Name: "a", Comment: 0, Start: 19}, {Name: "b", Comment: 28, Start: 47}},
		"SELECT '/* drey:where t */ TRUE', /* drey:where t */ 'TRUE'":                          nil,
		"SELECT /* drey: where t is what it is */ /* see drey:where t */ TRUE /* drey: see */": nil,
	} {
		if diff := cmp.Diff(want, query.Read(text).Places); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// A comment for drey that is not a place is an error wherever it stands, also where it
// is not a part of the statement.
func TestPlaceProblems(t *testing.T) {
	const (
		allow = "\n\tfix: write -- drey:allow RULE: reason, above the query; the rules are tenant, deleted, updated, scan"
		fix   = "\n\tfix: write /* drey:where t */ TRUE, with the name that the query has for the table: its alias, if it has one"
		none  = "predicates take the place of a TRUE, and none comes after this comment" + fix
	)
	for content, want := range map[string]string{
		"-- name: A :many\nSELECT a FROM t WHERE TRUE /* drey:where t */;":                    "a.sql:2:28: " + none,
		"-- name: A :many\nSELECT a FROM t WHERE TRUE; -- drey:where t":                       "a.sql:2:29: " + none,
		"-- name: A :many\n-- drey:where t\nSELECT a FROM t WHERE TRUE;":                      "a.sql:2:1: " + none,
		"-- drey:where t\n\n-- name: A :many\nSELECT a FROM t WHERE TRUE;":                    "a.sql:1:1: " + none,
		"-- name: A :many\nSELECT a FROM t WHERE /* drey:where t */ /* drey:where u */ TRUE;": "a.sql:2:23: " + none,
		"-- name: A :many\nSELECT a FROM t WHERE /* drey:where t */ 1;":                       "a.sql:2:23: " + none,
		"-- name: A :many\nSELECT a FROM t WHERE /* drey:where t u */ TRUE;":                  "a.sql:2:23: the comment does not name one table: \"/* drey:where t u */\"" + fix,
		"-- name: A :many\nSELECT a FROM t WHERE /* drey:where */ TRUE;":                      "a.sql:2:23: the comment does not name one table: \"/* drey:where */\"" + fix,
		"-- name: A :many\nSELECT a FROM t WHERE /* drey: where t */ TRUE;":                   "a.sql:2:23: the comment does not name one table: \"/* drey: where t */\"" + fix,
		"-- name: A :many\nSELECT a FROM t WHERE /* drey:where main.t */ TRUE;":               "a.sql:2:23: the comment does not name one table: \"/* drey:where main.t */\"" + fix,
		"-- name: A :many\n-- drey:allow tenant\nSELECT a FROM t;":                            "a.sql:2:1: query A: the comment does not say what it allows, and why: \"-- drey:allow tenant\"" + allow,
		"-- name: A :many\n-- drey:allow tenant: \nSELECT a FROM t;":                          "a.sql:2:1: query A: the comment does not say what it allows, and why: \"-- drey:allow tenant: \"" + allow,
		"-- name: A :many\n/* drey:allow tenant: why */\nSELECT a FROM t;":                    "a.sql:2:1: query A: the comment does not say what it allows, and why: \"/* drey:allow tenant: why */\"" + allow,
		"-- name: A :many\n-- drey:allow tenants: why\nSELECT a FROM t;":                      "a.sql:2:1: query A: there is nothing called tenants to allow" + allow,
		"-- name: A :many\nSELECT a -- drey:allow tenant: why\nFROM t;":                       "a.sql:2:10: query A: the comment stands within the statement whose tenant it allows\n\tfix: put it on a line above the statement",
		"-- name: A :many\nSELECT a FROM t WHERE /* drey:filter t */ TRUE;":                   "a.sql:2:23: drey:filter is not a comment that drey knows" + fix + "; or remove the comment",
	} {
		_, err := query.Parse("a.sql", []byte(content))
		if err == nil || err.Error() != want {
			t.Errorf("%s\n%v\nwant %s", content, err, want)
		}
	}
}

// The stock sqlc takes a query with places as it is: its method has the same text, in
// which each place is TRUE, and the parameters that it has without them.
func TestPlacesInSQLC(t *testing.T) {
	generate := func(queries string) string {
		t.Helper()
		dir := sqlctest.Generate(t, map[string]string{
			"sqlc.yaml":  `{version: "2", sql: [{engine: sqlite, schema: schema.sql, queries: q.sql, gen: {go: {out: db}}}]}`,
			"schema.sql": "CREATE TABLE t (a TEXT, b INTEGER);\nCREATE TABLE u (a TEXT, b INTEGER);",
			"q.sql":      queries,
		})
		code, err := os.ReadFile(filepath.Join(dir, "db", "q.sql.go"))
		if err != nil {
			t.Fatal(err)
		}
		return string(code)
	}
	const queries = `-- name: A :many
WITH c AS (SELECT t.a, COUNT(*) AS n FROM t WHERE t.b > @low AND /* drey:where t */ TRUE GROUP BY t.a)
SELECT c.a, c.n, RANK() OVER (ORDER BY c.n) AS place, COUNT(v.b) FILTER (WHERE /* drey:where v */ true) OVER () AS m
FROM c LEFT JOIN u AS v ON v.a = c.a AND /* drey:where v */ TRUE
WHERE (/* drey:where v */ TRUE OR v.b < @high) AND v.b IN (sqlc.slice(ns))
UNION ALL
SELECT u.a, 0, 0, 0 FROM u WHERE
-- drey:where u
TRUE AND
    -- drey:where u
    TRUE AND EXISTS (SELECT 1 FROM t WHERE
/* drey:where t */
TRUE);

-- name: B :many
SELECT t.a FROM t WHERE /* drey:where t */ TRUE;
`
	// Comments at the beginning of a line go into the method's own comment.
	significant := func(code string) (list []string) {
		for part := range strings.SplitSeq(code, "const ") {
			text := part[strings.Index(part, "`")+1:]
			text, after, _ := strings.Cut(text, "`\n")
			for _, token := range sqltext.Significant(text) {
				list = append(list, token.Text)
			}
			for line := range strings.Lines(after) {
				if !strings.HasPrefix(line, "//") {
					list = append(list, line)
				}
			}
		}
		return list
	}
	with := generate(queries)
	plain := strings.NewReplacer("-- drey:where u\n", "\n", "/* drey:where u */", "", "/* drey:where t */", "", "/* drey:where v */", "").Replace(queries)
	if diff := cmp.Diff(significant(generate(plain)), significant(with)); diff != "" {
		t.Errorf("-without places +with them:\n%s", diff)
	}
	if n := strings.Count(with, "TRUE"); n != 7 {
		t.Errorf("sqlc has %d TRUEs, want 7:\n%s", n, with)
	}
}
