package query_test

import (
	"testing"

	"github.com/dreysql/drey/internal/project/query"
)

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT sqlc.embed(u), @a, ?, :a, sqlc.arg('a')":                           `SELECT "u".*, ?1, ?2, ?1, ?1`,
		"SELECT ?2, ?1, ?2, $b, ?":                                                 "SELECT ?1, ?2, ?1, ?3, ?4",
		"x IN (sqlc.slice(ids)) OR y IN (sqlc.slice(ids)) OR z = sqlc.narg( IDS )": "x IN (?1) OR y IN (?1) OR z = ?1",
		"SELECT '@a', \"@b\", [?] -- @c ?\n/* sqlc.arg(d) */":                      "SELECT '@a', \"@b\", [?] -- @c ?\n/* sqlc.arg(d) */",
		"SELECT sqlc.other(a), sqlc.arg(a, b)":                                     "SELECT sqlc.other(a), sqlc.arg(a, b)",
	} {
		if got := query.Read(text).Plain().SQL; got != want {
			t.Errorf("%s\n\tis   %s\n\twant %s", text, got, want)
		}
	}
}
