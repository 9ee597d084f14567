package drey_test

import (
	"context"
	"fmt"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
)

func BenchmarkGet(b *testing.B) {
	c := openFixture(b, 1000)
	ctx := context.Background()
	b.Run("typed", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if _, err := links.Where(links.ID.Eq(int64(i%1000)+1)).One(ctx, c); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("prepared", func(b *testing.B) {
		st, _ := c.PrepareContext(ctx, `SELECT id, user_id, slug, title, clicks, score, created FROM links WHERE id = ?`)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			var l link
			if err := st.QueryRowContext(ctx, int64(i%1000)+1).Scan(&l.ID, &l.UserID, &l.Slug, &l.Title, &l.Clicks, &l.Score, &l.Created); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkList(b *testing.B) {
	c := openFixture(b, 10000)
	ctx := context.Background()
	b.Run("typed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := links.Where(links.UserID.Eq(3), links.Created.Gt(drey.UnixTime{})).OrderBy(links.Created.Desc()).Limit(100).All(ctx, c); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("prepared", func(b *testing.B) {
		st, _ := c.PrepareContext(ctx, `SELECT id, user_id, slug, title, clicks, score, created FROM links WHERE user_id = ? AND created > ? ORDER BY created DESC LIMIT ?`)
		b.ReportAllocs()
		for b.Loop() {
			rows, err := st.QueryContext(ctx, 3, drey.UnixTime{}, 100)
			if err != nil {
				b.Fatal(err)
			}
			var ls []link
			for rows.Next() {
				var l link
				if err := rows.Scan(&l.ID, &l.UserID, &l.Slug, &l.Title, &l.Clicks, &l.Score, &l.Created); err != nil {
					b.Fatal(err)
				}
				ls = append(ls, l)
			}
			rows.Close()
			if rows.Err() != nil || len(ls) != 100 {
				b.Fatal(len(ls))
			}
		}
	})
}

// A query of a known shape allocates nothing of its own: what is left is
// database/sql's, as much as a prepared statement takes by hand.
func TestKnownShapeAllocatesNothing(t *testing.T) {
	c, ctx := openFixture(t, 50), context.Background()
	stmt, err := c.DB().PrepareContext(ctx, `SELECT id, user_id, slug, title, clicks, score, created FROM links WHERE slug = ?`)
	if err != nil {
		t.Fatal(err)
	}
	defer stmt.Close()
	slug := fmt.Sprintf("slug-%04d", 7) // a value that is not a constant
	byHand := testing.AllocsPerRun(200, func() {
		var l link
		if err := stmt.QueryRowContext(ctx, slug).Scan(&l.ID, &l.UserID, &l.Slug, &l.Title, &l.Clicks, &l.Score, &l.Created); err != nil {
			t.Fatal(err)
		}
	})
	drey := testing.AllocsPerRun(200, func() {
		if _, err := links.Where(links.Slug.Eq(slug)).One(ctx, c); err != nil {
			t.Fatal(err)
		}
	})
	if drey > byHand {
		t.Errorf("drey allocates %v times, a prepared statement %v", drey, byHand)
	}
}
