package drey_test

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

// computing is an expression with its meaning: nil is NULL.
type computing[T any] struct {
	e  drey.Expression[inLinks, T, sql.Null[T]]
	of func(link) *T
}

func ptrOf[T any](v T) *T { return &v }

func computingOf[T any](h drey.Handle[inLinks, T, T], of func(link) T) computing[T] {
	return computing[T]{drey.Nullable(h), func(l link) *T { return ptrOf(of(l)) }}
}

// both is a function of two values that is NULL where one of them is.
func both[T any](a, b computing[T], f func(x, y T) *T) func(link) *T {
	return func(l link) *T {
		x, y := a.of(l), b.of(l)
		if x == nil || y == nil {
			return nil
		}
		return f(*x, *y)
	}
}

func one[T, U any](a computing[T], f func(T) *U) func(link) *U {
	return func(l link) *U {
		if x := a.of(l); x != nil {
			return f(*x)
		}
		return nil
	}
}

// arithmetic is what integers and floats have in common.
func arithmetic[T int64 | float64](m *model, depth int, next func(int) computing[T], v T, real func(T) *T) computing[T] {
	a, b := next(depth-1), next(depth-1)
	switch m.next(7) {
	case 0:
		return computing[T]{drey.Plus(a.e, b.e), both(a, b, func(x, y T) *T { return real(x + y) })}
	case 1:
		return computing[T]{drey.Minus(a.e, b.e), both(a, b, func(x, y T) *T { return real(x - y) })}
	case 2:
		return computing[T]{drey.Times(a.e, b.e), both(a, b, func(x, y T) *T { return real(x * y) })}
	case 3:
		return computing[T]{drey.Over(a.e, b.e), both(a, b, func(x, y T) *T {
			if y == 0 {
				return nil
			}
			return real(x / y)
		})}
	case 4:
		return computing[T]{drey.Abs(a.e), one(a, func(x T) *T { return real(max(x, -x)) })}
	case 5:
		return computing[T]{drey.Times(a.e, drey.Of(a.e, v)), one(a, func(x T) *T { return real(x * v) })}
	}
	return common(m, depth, next, v)
}

// common is what expressions of all types have in common.
func common[T comparable](m *model, depth int, next func(int) computing[T], v T) computing[T] {
	a, b := next(depth-1), next(depth-1)
	switch m.next(6) {
	case 0:
		return computing[T]{drey.NullIf(a.e, v), one(a, func(x T) *T {
			if x == v {
				return nil
			}
			return &x
		})}
	case 1:
		return computing[T]{drey.Nullable(drey.Coalesce(a.e, v)), func(l link) *T {
			if x := a.of(l); x != nil {
				return x
			}
			return &v
		}}
	case 2:
		return computing[T]{drey.IfNull(a.e, b.e), func(l link) *T {
			if x := a.of(l); x != nil {
				return x
			}
			return b.of(l)
		}}
	case 3:
		p := m.condition(depth - 1)
		return computing[T]{drey.Choose(p.predicate, a.e, b.e), func(l link) *T {
			if p.holds(l) == yes {
				return a.of(l)
			}
			return b.of(l)
		}}
	case 4:
		p := m.condition(depth - 1)
		return computing[T]{drey.When(p.predicate, v).End(), func(l link) *T {
			if p.holds(l) == yes {
				return &v
			}
			return nil
		}}
	}
	p, q := m.condition(depth-1), m.condition(depth-1)
	return computing[T]{drey.Nullable(drey.When(p.predicate, v).When(q.predicate, *new(T)).Else(v)), func(l link) *T {
		if p.holds(l) != yes && q.holds(l) == yes {
			return new(T)
		}
		return &v
	}}
}

// condition is a predicate that is not absent.
func (m *model) condition(depth int) modelled {
	for {
		if p := m.predicate(max(depth, 0)); p.holds != nil {
			return p
		}
	}
}

// integers keeps to numbers that no arithmetic takes out of the range.
func (m *model) integers(depth int) computing[int64] {
	if depth > 0 && m.next(3) > 0 {
		if m.alone || m.next(4) > 0 {
			return arithmetic(m, depth, m.integers, int64(m.next(5)-2), ptrOf[int64])
		}
		switch m.next(4) {
		case 0, 1:
			return m.relatives(depth - 1)
		case 2:
			p := m.condition(depth - 1)
			found := m.filter(p)
			return computingOf(drey.CountOf(links.Where(p.predicate), drey.On(links.Clicks, links.Clicks)), func(l link) (n int64) {
				for _, f := range found {
					if f.Clicks == l.Clicks {
						n++
					}
				}
				return n
			})
		}
		p := m.condition(depth - 1)
		found := m.filter(p)
		slices.SortFunc(found, func(a, b link) int { return -compareOrdered(a.ID, b.ID) })
		last := links.Where(p.predicate).OrderBy(drey.Plus(links.ID, drey.Of(links.ID, 1)).Desc())
		return computing[int64]{drey.Scalar(links.ID, last, drey.On(links.Clicks, drey.Abs(links.Clicks))), func(l link) *int64 {
			for _, f := range found {
				if f.Clicks == max(l.Clicks, -l.Clicks) {
					return &f.ID
				}
			}
			return nil
		}}
	}
	switch m.next(3) {
	case 0:
		return computingOf(links.ID, func(l link) int64 { return l.ID })
	case 1:
		v := int64(m.next(5) - 2)
		return computingOf(drey.Of(links.ID, v), func(link) int64 { return v })
	}
	return computingOf(links.Clicks, func(l link) int64 { return l.Clicks })
}

func (m *model) floats(depth int) computing[float64] {
	if depth > 0 && m.next(2) == 0 {
		return arithmetic(m, depth, m.floats, m.float(), func(x float64) *float64 {
			if math.IsNaN(x) {
				return nil
			}
			return &x
		})
	}
	return computing[float64]{drey.Nullable(drey.NotNull(links.Score)), func(l link) *float64 { return l.Score }}
}

func (m *model) texts(depth int) computing[string] {
	if depth == 0 || m.next(2) == 0 {
		if m.next(2) == 0 {
			return computingOf(links.Slug, func(l link) string { return l.Slug })
		}
		return computing[string]{drey.Nullable(drey.NotNull(links.Title)), func(l link) *string { return l.Title }}
	}
	a, b := m.texts(depth-1), m.texts(depth-1)
	switch m.next(7) {
	case 0:
		return computing[string]{drey.Lower(a.e), one(a, func(x string) *string { return ptrOf(ascii(x, 'A', 'Z', 'a')) })}
	case 1:
		return computing[string]{drey.Upper(a.e), one(a, func(x string) *string { return ptrOf(ascii(x, 'a', 'z', 'A')) })}
	case 2:
		return computing[string]{drey.Trim(a.e), one(a, func(x string) *string { return ptrOf(strings.Trim(x, " ")) })}
	case 3:
		return computing[string]{drey.Concat(a.e, b.e), both(a, b, func(x, y string) *string { return ptrOf(x + y) })}
	case 4:
		return computing[string]{drey.Replace(a.e, "a", "äb"), one(a, func(x string) *string { return ptrOf(strings.ReplaceAll(x, "a", "äb")) })}
	}
	return common(m, depth, m.texts, m.text())
}

// ascii maps the letters from low to high to those from to on.
func ascii(s string, low, high, to byte) string {
	b := []byte(s)
	for i, c := range b {
		if low <= c && c <= high {
			b[i] += to - low
		}
	}
	return string(b)
}

// expression is a predicate on a random expression.
func (m *model) expression(depth int) modelled {
	switch m.next(4) {
	case 0:
		return computed2(m, m.floats(depth), m.floats(depth), compareOrdered[float64], m.float)
	case 1:
		return computed2(m, m.texts(depth), m.texts(depth), strings.Compare, m.text)
	case 2:
		t := m.texts(depth)
		return textLeaf(m, drey.TextOperators[inLinks]{
			Like:      func(v string) drey.Predicate[inLinks] { return drey.Like(t.e, v) },
			Contains:  func(v string) drey.Predicate[inLinks] { return drey.Contains(t.e, v) },
			HasPrefix: func(v string) drey.Predicate[inLinks] { return drey.HasPrefix(t.e, v) },
			HasSuffix: func(v string) drey.Predicate[inLinks] { return drey.HasSuffix(t.e, v) },
		}, t.of)
	}
	return computed2(m, m.integers(depth), m.integers(depth), compareOrdered[int64], m.number)
}

// computed2 compares an expression with values, or with another.
func computed2[T any](m *model, a, b computing[T], compare func(x, y T) int, value func() T) modelled {
	compared := func(f func(int) bool) func(link) truth {
		return func(l link) truth {
			x, y := a.of(l), b.of(l)
			if x == nil || y == nil {
				return unknown
			}
			return is(f(compare(*x, *y)))
		}
	}
	switch m.next(12) {
	case 0:
		return modelled{drey.Eq(a.e, b.e), compared(func(c int) bool { return c == 0 })}
	case 1:
		return modelled{drey.NotEq(a.e, b.e), compared(func(c int) bool { return c != 0 })}
	case 2:
		return modelled{drey.Gt(a.e, b.e), compared(func(c int) bool { return c > 0 })}
	case 3:
		return modelled{drey.Gte(a.e, b.e), compared(func(c int) bool { return c >= 0 })}
	case 4:
		return modelled{drey.Lt(a.e, b.e), compared(func(c int) bool { return c < 0 })}
	case 5:
		return modelled{drey.Lte(a.e, b.e), compared(func(c int) bool { return c <= 0 })}
	case 6:
		return modelled{drey.Distinct(a.e, b.e), func(l link) truth {
			x, y := a.of(l), b.of(l)
			return is((x == nil) != (y == nil) || x != nil && compare(*x, *y) != 0)
		}}
	}
	return leaf(m, column[T]{
		drey.CommonOperators[inLinks, T]{Eq: a.e.Eq, NotEq: a.e.NotEq, In: a.e.In, NotIn: a.e.NotIn},
		drey.OrderOperators[inLinks, T]{Gt: a.e.Gt, Gte: a.e.Gte, Lt: a.e.Lt, Lte: a.e.Lte, Between: a.e.Between},
		drey.NullOperators[inLinks]{
			IsNull:    func() drey.Predicate[inLinks] { return drey.IsNull(a.e) },
			IsNotNull: func() drey.Predicate[inLinks] { return drey.IsNotNull(a.e) },
		}, a.of, compare, value,
	})
}

// orders are orderings by expressions.
func (m *model) expressionOrder() ordering {
	switch m.next(3) {
	case 0:
		f := m.floats(2)
		return orderBy(m, drey.CommonOperators[inLinks, float64]{Asc: f.e.Asc, Desc: f.e.Desc}, f.of, compareOrdered[float64])
	case 1:
		t := m.texts(2)
		return orderBy(m, drey.CommonOperators[inLinks, string]{Asc: t.e.Asc, Desc: t.e.Desc}, t.of, strings.Compare)
	}
	i := m.integers(2)
	return orderBy(m, drey.CommonOperators[inLinks, int64]{Asc: i.e.Asc, Desc: i.e.Desc}, i.of, compareOrdered[int64])
}

var errRollback = errors.New("roll back")

// assigns checks an update by expressions.
func (m *model) assigns(t testing.TB, c *drey.Client) {
	ctx := context.Background()
	clicks, title, where := m.integers(2), m.texts(2), m.condition(1)
	set := []drey.Assignment[inLinks]{
		drey.SetTo(links.Clicks, drey.Coalesce(clicks.e, 7)),
		drey.SetTo(links.Title, title.e),
		drey.SetTo(links.UserID, links.Clicks),
	}
	want := map[int64]link{}
	for _, l := range m.filter(where) {
		changed := l
		changed.Title, changed.UserID, changed.Clicks = title.of(l), l.Clicks, 7
		if n := clicks.of(l); n != nil {
			changed.Clicks = *n
		}
		want[l.ID] = changed
	}
	err := m.undone(ctx, t, c, func(tx drey.Conn) error {
		rows, err := links.Update(set...).Where(where.predicate).Returning(ctx, tx)
		if err != nil {
			return err
		}
		got := map[int64]link{}
		for _, r := range rows {
			got[r.ID] = r
		}
		if diff := cmp.Diff(want, got); diff != "" {
			text, args, _ := links.Update(set...).Where(where.predicate).ToSql()
			t.Fatalf("%s\n%v\n%s", text, args, diff)
		}
		return errRollback
	})
	if !errors.Is(err, errRollback) {
		text, args, _ := links.Update(set...).Where(where.predicate).ToSql()
		t.Fatalf("%s\n%v\n%v", text, args, err)
	}
}
