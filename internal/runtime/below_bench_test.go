package drey_test

import (
	"context"
	"testing"
)

// A query source without places costs what it did before there were any: 25 allocations.
func BenchmarkQuerySource(b *testing.B) {
	c, ctx := openFixture(b, 70), context.Background()
	users := []int64{1, 2, 3}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := withPopular(5, users).Where(popular.Popular.Eq(true), popular.ID.Between(1, 70)).All(ctx, c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBelow(b *testing.B) {
	c, ctx := openFixture(b, 70), context.Background()
	q := withRanked(true, 0, 0, []int64{1, 2, 3}).Below(whereLinks(links.UserID.Eq(3))).Where(ranked.Place.Lte(2))
	text, args, err := q.ToSql()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("typed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			q := withRanked(true, 0, 0, []int64{1, 2, 3}).Below(whereLinks(links.UserID.Eq(3))).Where(ranked.Place.Lte(2))
			if _, err := q.All(ctx, c); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("prepared", func(b *testing.B) {
		st, err := c.PrepareContext(ctx, text)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			rows, err := st.QueryContext(ctx, args...)
			if err != nil {
				b.Fatal(err)
			}
			var list []rankedRow
			for rows.Next() {
				var r rankedRow
				if err := rows.Scan(&r.ID, &r.UserID, &r.Place, &r.Total, &r.Counted, &r.Others); err != nil {
					b.Fatal(err)
				}
				list = append(list, r)
			}
			if err := rows.Err(); err != nil || len(list) == 0 {
				b.Fatal(len(list), err)
			}
		}
	})
}
