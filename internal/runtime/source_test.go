package drey_test

import (
	"context"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
)

// A query source with a parameter and a list, in the form in which drey
// generates it.

type popularRow struct {
	ID      int64
	Popular bool
	Note    []byte
}

type inPopular struct{}

var popularRelation = drey.Number(&drey.Relation{
	Name:    `"Popular"`,
	Columns: []string{`"id"`, `"popular"`, `"note"`},
	With:    "SELECT id, clicks > ?, CAST(title AS BLOB) FROM links WHERE user_id IN (/*SLICE:users*/?) -- the end",
	Slices:  []string{"/*SLICE:users*/?"},
})

func popularFields(r *popularRow, to []any) []any { return append(to, &r.ID, &r.Popular, &r.Note) }

var popular = struct {
	ID      *drey.NumberColumn[inPopular, int64]
	Popular *drey.Column[inPopular, bool]
	Note    *drey.NullColumn[inPopular, []byte]
}{
	ID:      drey.NewNumberColumn[inPopular, int64](popularRelation, 0),
	Popular: drey.NewColumn[inPopular, bool](popularRelation, 1),
	Note:    drey.NewNullColumn[inPopular, []byte](popularRelation, 2),
}

func withPopular(clicks int64, users []int64) *drey.Query[inPopular, popularRow] {
	return drey.NewQuery[inPopular](popularRelation, popularFields, clicks, drey.ListOf(users))
}

// The source's own parameters come before those of the predicates, however long
// its list is.
func TestQuerySource(t *testing.T) {
	c, ctx := openFixture(t, 70), context.Background() // user i%10+1, clicks i%7
	for _, test := range []struct {
		users []int64
		want  int64
	}{
		{nil, 0}, {[]int64{1}, 1}, {[]int64{1, 2, 3}, 3}, {[]int64{3}, 1}, {[]int64{99}, 0},
	} {
		q := withPopular(5, test.users).Where(popular.Popular.Eq(true), popular.ID.Between(1, 70)).OrderBy(popular.ID.Asc())
		rows, err := q.All(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(rows)) != test.want {
			t.Errorf("users %v: %d rows, want %d", test.users, len(rows), test.want)
		}
		for _, r := range rows {
			if !r.Popular || (r.ID-1)%7 != 6 {
				t.Errorf("users %v: row %+v", test.users, r)
			}
		}
		if n, err := q.Count(ctx, c); err != nil || n != test.want {
			t.Errorf("users %v: Count is %d, %v, want %d", test.users, n, err, test.want)
		}
		if ok, err := q.Exists(ctx, c); err != nil || ok != (test.want > 0) {
			t.Errorf("users %v: Exists is %v, %v", test.users, ok, err)
		}
	}
	if n, err := withPopular(0, []int64{1}).Where(popular.Note.IsNull()).Count(ctx, c); err != nil || n != 3 {
		t.Errorf("%d rows without a note, %v, want 3", n, err)
	}
}

func TestQuerySourceSQL(t *testing.T) {
	text, args, err := withPopular(5, []int64{7, 8}).Where(popular.Popular.Eq(true)).Limit(3).ToSql()
	const want = `WITH "Popular" ("id", "popular", "note") AS (
SELECT id, clicks > ?, CAST(title AS BLOB) FROM links WHERE user_id IN (?,?) -- the end
) SELECT "id", "popular", "note" FROM "Popular" WHERE "popular" = ? LIMIT ?`
	if err != nil || text != want {
		t.Errorf("got %s, %v\nwant %s", text, err, want)
	}
	if len(args) != 5 || args[0] != int64(5) || args[1] != int64(7) || args[2] != int64(8) || args[3] != true || args[4] != int64(3) {
		t.Errorf("arguments: %v", args)
	}
}
