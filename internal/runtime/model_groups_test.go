package drey_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

// bunch is a group of the model: its keys and measures.
type bunch struct {
	Number   sql.Null[int64]
	Text     sql.Null[string]
	Rows     int64
	Some     int64
	Total    int64
	Least    sql.Null[string]
	Greatest sql.Null[float64]
	Titles   int64
	Mean     sql.Null[float64]
}

type inGroups = drey.Grouped[inLinks]

// groups checks the groups of a random query: by none to two keys, with measures of a
// part of their rows, narrowed and ordered by them.
func (m *model) groups(t testing.TB, c *drey.Client) {
	ctx := context.Background()
	q, rows := m.query()
	number, text, some, total := m.integers(1), m.texts(1), m.condition(1), m.integers(1)
	byNumber, byText := m.next(2) == 0, m.next(2) == 0
	var keys []drey.AnyHandle[inLinks]
	if byNumber {
		keys = append(keys, number.e)
	}
	if byText {
		keys = append(keys, text.e)
	}
	all, sum, least := drey.CountRows[inLinks](), drey.Sum(total.e).Filter(some.predicate), drey.Min(links.Title)
	read := func(p *drey.Projection[inGroups], to *bunch) {
		if byNumber {
			drey.ReadInto(p, drey.Key(number.e), &to.Number)
		}
		if byText {
			drey.ReadInto(p, drey.Key(text.e), &to.Text)
		}
		drey.ReadInto(p, all, &to.Rows)
		drey.ReadInto(p, drey.CountRows[inLinks]().Filter(some.predicate), &to.Some)
		drey.ReadInto(p, sum, &to.Total)
		drey.ReadInto(p, least, &to.Least)
		drey.ReadInto(p, drey.Max(links.Score), &to.Greatest)
		drey.ReadInto(p, drey.CountDistinct(links.Title), &to.Titles)
		drey.ReadInto(p, drey.Avg(links.Clicks), &to.Mean)
	}
	model := map[bunch][]link{}
	if len(keys) == 0 {
		model[bunch{}] = nil
	}
	for _, l := range rows {
		var key bunch
		if n := number.of(l); byNumber && n != nil {
			key.Number = sql.Null[int64]{V: *n, Valid: true}
		}
		if byText {
			key.Text = nullable(text.of(l))
		}
		model[key] = append(model[key], l)
	}
	want := []bunch{}
	for b, rows := range model {
		want = append(want, measured(b, rows, some, total))
	}
	groups := drey.Select(drey.GroupBy(q, keys...), read)
	v := int64(m.next(4))
	keep := func(p drey.Predicate[inGroups], holds func(bunch) bool) {
		groups, want = groups.Where(p), slices.DeleteFunc(want, func(b bunch) bool { return !holds(b) })
	}
	switch m.next(5) {
	case 0:
		keep(all.Gt(v), func(b bunch) bool { return b.Rows > v })
	case 1:
		keep(drey.Or(sum.Lte(v), drey.IsNull(least)), func(b bunch) bool { return b.Total <= v || !b.Least.Valid })
	case 2:
		keep(drey.Lt(sum, drey.Plus(all, drey.Of(all, v))), func(b bunch) bool { return b.Total < b.Rows+v })
	case 3:
		if byNumber {
			keep(drey.Key(number.e).Gte(v), func(b bunch) bool { return b.Number.Valid && b.Number.V >= v })
		}
	}
	groups = groups.OrderBy(sum.Desc())
	if byNumber {
		groups = groups.OrderBy(drey.Key(number.e).Desc())
	}
	if byText {
		groups = groups.OrderBy(drey.Key(text.e).Asc())
	}
	slices.SortFunc(want, func(a, b bunch) int {
		if c := -compareOrdered(a.Total, b.Total); c != 0 {
			return c
		}
		if c := -compareNull(a.Number, b.Number, compareOrdered[int64]); c != 0 {
			return c
		}
		return compareNull(a.Text, b.Text, strings.Compare)
	})
	wrong := func(what string, got, want any, err error) {
		if err != nil || !cmp.Equal(got, want) {
			text, args, _ := groups.ToSql()
			t.Fatalf("%s\n%v\n%s: %v (-want +got):\n%s", text, args, what, err, cmp.Diff(want, got))
		}
	}
	n, err := groups.Count(ctx, c)
	wrong("Count", n, int64(len(want)), err)
	found, err := groups.Exists(ctx, c)
	wrong("Exists", found, len(want) > 0, err)
	if len(keys) > 0 && m.next(3) == 0 {
		got := []bunch{}
		for cursor, size := "", 1+m.next(4); ; {
			page, err := groups.Page(ctx, c, cursor, size)
			if err != nil {
				wrong("Page", nil, nil, err)
			}
			got = append(got, page.Rows...)
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		wrong("Page", got, want, nil)
		return
	}
	if m.next(2) == 0 {
		n, from := m.next(5), m.next(3)
		groups, want = groups.Limit(n).Offset(from), want[min(from, len(want)):]
		want = want[:min(n, len(want))]
	}
	got, err := groups.All(ctx, c)
	wrong("All", got, want, err)
}

// measured are the measures of a group's rows.
func measured(b bunch, rows []link, some modelled, total computing[int64]) bunch {
	titles := map[string]bool{}
	var clicks int64
	for _, l := range rows {
		b.Rows++
		clicks += l.Clicks
		if some.holds(l) == yes {
			b.Some++
			if n := total.of(l); n != nil {
				b.Total += *n
			}
		}
		if l.Title != nil {
			titles[*l.Title] = true
			if !b.Least.Valid || *l.Title < b.Least.V {
				b.Least = nullable(l.Title)
			}
		}
		if l.Score != nil && (!b.Greatest.Valid || *l.Score > b.Greatest.V) {
			b.Greatest = sql.Null[float64]{V: *l.Score, Valid: true}
		}
	}
	b.Titles = int64(len(titles))
	if b.Rows > 0 {
		b.Mean = sql.Null[float64]{V: float64(clicks) / float64(b.Rows), Valid: true}
	}
	return b
}

// compareNull puts NULL first.
func compareNull[T any](a, b sql.Null[T], compare func(a, b T) int) int {
	switch {
	case a.Valid && b.Valid:
		return compare(a.V, b.V)
	case a.Valid:
		return 1
	case b.Valid:
		return -1
	}
	return 0
}
