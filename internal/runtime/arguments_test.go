package drey_test

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	drey "github.com/dreysql/drey/internal/runtime"
)

// A text with a NUL cannot be a pattern, in whatever statement.
func TestNULInPatterns(t *testing.T) {
	c, ctx := openFixture(t, 3), context.Background()
	const find = "SELECT COUNT(*) FROM links WHERE slug LIKE ?"
	var n int64
	for name, err := range map[string]error{
		"static":   static(c).QueryRowContext(ctx, find, "%\x00no").Scan(&n),
		"raw":      c.QueryRowContext(ctx, find, "%\x00no").Scan(&n),
		"pointer":  c.QueryRowContext(ctx, find, ptr("%\x00no")).Scan(&n),
		"named":    c.QueryRowContext(ctx, "SELECT 1 FROM links WHERE slug GLOB :x", sql.Named("x", "*\x00no")).Scan(&n),
		"Like":     second(links.Where(links.Slug.Like("%\x00no")).Count(ctx, c)),
		"Not":      second(links.Where(drey.Not(links.Slug.Like("%\x00no"))).Count(ctx, c)),
		"Delete":   second(links.Delete().Where(links.Slug.Like("%\x00no")).Exec(ctx, c)),
		"U+FFFF":   second(links.Where(links.Slug.Like("%\uffff")).Count(ctx, c)),
		"no UTF-8": second(links.Where(links.Slug.Contains("\xff")).Count(ctx, c)),
		"too long": second(links.Where(links.Slug.Like(strings.Repeat("a", 50_001))).Count(ctx, c)),
	} {
		if !errors.Is(err, drey.ErrPattern) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for query, want := range map[string]string{
		"slug=like.*%00no*": `slug: "slug": the pattern cannot be matched: LIKE would end "%\x00no%" at its NUL`,
		"title=eq.%ff":      `title: "eq.\xff" is not valid UTF-8`,
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		_, err = drey.ApplyFilters(links.Where(), linkFilters, values)
		if wrong := (drey.FilterErrors)(nil); !errors.As(err, &wrong) || err.Error() != want {
			t.Errorf("%s: %v, want %s", query, err, want)
		}
	}
	for i, where := range []drey.Predicate[inLinks]{links.Slug.Contains("\x00no such"), links.Slug.HasPrefix("slug\x00"), links.Slug.HasSuffix("1\x00")} {
		if n, err := links.Delete().Where(where).Exec(ctx, c); n != 0 || err != nil {
			t.Errorf("%d: deleted %d, %v", i, n, err)
		}
	}
}

// NaN is bound nowhere: it would be NULL. Infinity comes back as it is.
func TestNaN(t *testing.T) {
	c, ctx := openFixture(t, 3), context.Background()
	nan := math.NaN()
	row := link{UserID: 1, Slug: "nan", Score: &nan}
	var batch drey.Batch
	batch.Do(func(tx *drey.Tx) error { return second(links.Update(links.Score.Set(nan)).EveryRow().Exec(ctx, tx)) })
	for name, err := range map[string]error{
		"Insert":    second(links.Insert().Exec(ctx, c, row)),
		"bulk":      second(links.Insert().Exec(ctx, c, slices.Repeat([]link{row}, 10)...)),
		"Returning": second(links.Insert(links.Slug, links.Score).Returning(ctx, c, row)),
		"Update":    second(links.Update(links.Score.Set(nan)).EveryRow().Exec(ctx, c)),
		"Add":       second(links.Update(links.Score.Add(nan)).EveryRow().Exec(ctx, c)),
		"Delete":    second(links.Delete().Where(links.Score.Gt(nan)).Exec(ctx, c)),
		"Eq":        second(links.Where(links.Score.Eq(nan)).Count(ctx, c)),
		"In":        second(links.Where(links.Score.In(1, nan)).All(ctx, c)),
		"static":    second(static(c).ExecContext(ctx, "UPDATE links SET score = ?", nan)),
		"raw":       second(c.ExecContext(ctx, "UPDATE links SET score = ?", sql.Null[float64]{V: nan, Valid: true})),
		"Tx": c.Tx(ctx, func(tx *drey.Tx) error {
			return second(links.Update(links.Score.Set(nan)).EveryRow().Exec(ctx, tx))
		}),
		"Batch": batch.Run(ctx, c),
	} {
		if !errors.Is(err, drey.ErrNaN) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n, err := links.Where(links.Slug.Eq("nan")).Count(ctx, c); n != 0 || err != nil {
		t.Errorf("%d rows are stored, %v", n, err)
	}
	for _, inf := range []float64{math.Inf(1), math.Inf(-1)} {
		got, err := links.Update(links.Score.Set(inf)).Where(links.ID.Eq(1)).Returning(ctx, c)
		if err != nil || *got[0].Score != inf {
			t.Errorf("%v: %v, %v", inf, got, err)
		}
		if n, err := links.Where(links.Score.Eq(inf)).Count(ctx, c); n != 1 || err != nil {
			t.Errorf("%v is found %d times, %v", inf, n, err)
		}
	}
}

// Whatever text a caller sends, a filter finds the rows that Go finds by the same
// operator, or the text is refused.
func FuzzFilterValues(f *testing.F) {
	c, ctx := openFixture(f, 0), context.Background()
	for i, text := range modelTexts {
		f.Add(text, modelTexts[(i+1)%len(modelTexts)])
	}
	f.Add("like.a*b", "\x00a\x00b")
	filters := drey.NewFilters(links.Title)
	f.Fuzz(func(t *testing.T, text, stored string) {
		if _, err := links.Delete().EveryRow().Exec(ctx, c); err != nil {
			t.Fatal(err)
		}
		rows := []link{{ID: 1, Slug: "1"}, {ID: 2, Slug: "2", Title: &stored}, {ID: 3, Slug: "3", Title: ptr("a" + stored)}, {ID: 4, Slug: "4", Title: ptr(text)}}
		if _, err := links.Insert().Exec(ctx, c, rows...); err != nil {
			t.Fatal(err)
		}
		operators := map[string]func(title string) bool{
			"eq":   func(s string) bool { return s == text },
			"neq":  func(s string) bool { return s != text },
			"gt":   func(s string) bool { return s > text },
			"gte":  func(s string) bool { return s >= text },
			"lt":   func(s string) bool { return s < text },
			"lte":  func(s string) bool { return s <= text },
			"in":   func(s string) bool { return s == text },
			"like": func(s string) bool { return like(strings.ReplaceAll(text, "*", "%"), s) },
		}
		if strings.Count(text, "%")+strings.Count(text, "*") > 3 || len(text)+len(stored) > 100 {
			delete(operators, "like") // the model takes too long
		}
		for o, holds := range operators {
			for _, not := range []bool{false, true} {
				value := o + "." + text
				if o == "in" {
					value = `in.("` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `")`
				}
				if not {
					value = "not." + value
				}
				q, err := drey.ApplyFilters(links.OrderBy(links.ID.Asc()), filters.Bounded(drey.FilterBounds{Bytes: 1 << 20}), url.Values{"title": {value}})
				if err != nil {
					refused := !utf8.ValidString(text) || o == "like" && drey.CheckPattern(text) != nil
					if wrong := (drey.FilterErrors)(nil); !errors.As(err, &wrong) || !refused {
						t.Fatalf("%q: %v", value, err)
					}
					continue
				}
				found, err := q.All(ctx, c)
				if err != nil {
					t.Fatal(err)
				}
				var want []int64
				for _, l := range rows {
					if l.Title != nil && holds(*l.Title) != not {
						want = append(want, l.ID)
					}
				}
				if !slices.Equal(ids(found), want) {
					t.Fatalf("%q of %q: found %v, want %v", value, stored, ids(found), want)
				}
			}
		}
	})
}
