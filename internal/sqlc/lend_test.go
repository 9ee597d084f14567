package sqlc_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
)

const (
	lentDDL = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT, at DATETIME NOT NULL)"
	users   = query.Header + "\n-- name: GetUser :one\nSELECT * FROM users WHERE id = ?;\n\n-- name: CreateUser :one\nINSERT INTO users (name, at) VALUES (@name, @at) RETURNING *;\n"
	fewer   = query.Header + "\n-- name: GetUser :one\nSELECT * FROM users WHERE id = ?;\n"
	byHand  = "-- name: Names :many\nSELECT name, note FROM users"
)

// lending are blocks of which some have files in common.
func lending(t *testing.T) (blocks []sqlc.Block, options []string) {
	add := func(alike, option string, queries ...string) {
		b := block(t, lentDDL, queries...)
		b.Alike = alike
		blocks, options = append(blocks, b), append(options, option)
	}
	const pointers = "emit_pointers_for_null_types: true"
	add("a", "", "crud/users.sql", users, "q.sql", byHand)
	add("a", "", "crud/users.sql", users, "q.sql", byHand)
	add("a", "", "crud/users.sql", users)                            // nothing else
	add("a", "", "crud/users.sql", fewer, "q.sql", byHand)           // other queries
	add("a", "", "crud/users.sql", users, "other/users.sql", byHand) // one Go file of two
	add("b", pointers, "crud/users.sql", users, "q.sql", byHand)     // other options
	add("b", pointers, "q.sql", byHand, "crud/users.sql", users)
	add("", "emit_interface: true", "crud/users.sql", users, "q.sql", byHand)
	add("", "emit_interface: true", "crud/users.sql", users)
	other := block(t, "CREATE TABLE users (id TEXT NOT NULL PRIMARY KEY, name TEXT, note TEXT, at INT)", "crud/users.sql", users, "q.sql", byHand)
	other.Alike = "a" // another schema
	return append(blocks, other), append(options, "")
}

// The Go of a block does not depend on what other blocks have.
func TestLending(t *testing.T) {
	blocks, options := lending(t)
	together, err := sqlc.Run(t.Context(), blocks, config(options...))
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range blocks {
		alone := mustRun(t, b, options[i])
		if diff := cmp.Diff(asTexts(alone.Files), asTexts(together[i].Files)); diff != "" {
			t.Errorf("block %d, -alone +together:\n%s", i, diff)
		}
		if len(alone.Queries) != len(together[i].Queries) {
			t.Errorf("block %d has %d queries, alone %d", i, len(together[i].Queries), len(alone.Queries))
		}
	}
}

func asTexts(files map[string][]byte) map[string]string {
	texts := map[string]string{}
	for name, src := range files {
		texts[name] = string(src)
	}
	return texts
}

// What sqlc refuses in a file that blocks have in common it refuses in each of them.
func TestLendingRefused(t *testing.T) {
	wrong := users + "\n-- name: Wrong :many\nSELECT nothing FROM users;\n"
	var blocks []sqlc.Block
	for _, folder := range []string{"a", "b", "c"} {
		b := block(t, lentDDL, folder+"/crud/users.sql", wrong, folder+"/q.sql", byHand)
		b.Alike = "a"
		blocks = append(blocks, b)
	}
	_, err := sqlc.Run(t.Context(), blocks, config("", "", ""))
	var problems diag.Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	var files []string
	for _, p := range problems {
		files = append(files, p.File)
	}
	if diff := cmp.Diff([]string{"a/crud/users.sql", "b/crud/users.sql", "c/crud/users.sql"}, files); diff != "" {
		t.Error(diff)
	}
}
