package query_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/project/query"
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
		fix  = "\n\tfix: write /* drey:where t */ TRUE, with the name that the query has for the table: its alias, if it has one"
		none = "predicates take the place of a TRUE, and none comes after this comment" + fix
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
		"-- name: A :many\nSELECT a FROM t WHERE /* drey:filter t */ TRUE;":                   "a.sql:2:23: drey does not know the comment \"/* drey:filter\"" + fix + "; or remove the comment",
	} {
		_, err := query.Parse("a.sql", []byte(content))
		if err == nil || err.Error() != want {
			t.Errorf("%s\n%v\nwant %s", content, err, want)
		}
	}
}
