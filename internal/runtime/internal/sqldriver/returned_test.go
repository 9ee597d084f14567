package sqldriver

import "testing"

func TestRegistryFindsTheQueryOfAText(t *testing.T) {
	const update = "-- name: Update :many\nUPDATE t SET a = ?1 WHERE id IN (/*SLICE:ids*/?,?2) OR b IN (/*SLICE:bs*/?) RETURNING id"
	texts := map[string]string{
		"-- name: Create :one":  "-- name: Create :one\nINSERT INTO t DEFAULT VALUES RETURNING id",
		"-- name: Update :many": update,
	}
	var r Registry
	packageOf := func() *Returning {
		return NewReturning(func(name string) Returned {
			if texts[name] == "" {
				return Returned{}
			}
			return Returned{Text: texts[name], Fields: []any{new(int64)}}
		})
	}
	one, other := packageOf(), packageOf()
	for text, want := range map[string]bool{
		texts["-- name: Create :one"]:         true,
		texts["-- name: Create :one"] + ", a": false,
		"-- name: Create :one\nINSERT INTO u": false,
		"-- name: Other :one\nSELECT 1":       false,
		update:                                false,
		"-- name: Update :many\nUPDATE t SET a = ?1 WHERE id IN (?,?,?,?2) OR b IN (NULL) RETURNING id": true,
		"-- name: Update :many\nUPDATE t SET a = ?1 WHERE id IN (NULL,?2) OR b IN (?,?) RETURNING id":   true,
		"-- name: Update :many\nUPDATE t SET a = ?1 WHERE id IN (?2) OR b IN (?) RETURNING id":          false,
		"-- name: Update :many\nUPDATE t SET a = ?1 WHERE id IN (?,?2) OR b IN (?) RETURNING b":         false,
	} {
		r = Registry{}
		if n := len(r.Of(text)); n != 0 {
			t.Errorf("an empty registry finds %d of %q", n, text)
		}
		r.Add(one)
		r.Add(one)
		r.Add(other)
		found := r.Of(text)
		if want && len(found) != 2 || !want && len(found) != 0 || r.Len() != 2 {
			t.Errorf("%d of %d packages have %q, want %v", len(found), r.Len(), text, want)
		}
	}
}
