package drey_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

// The model is the dynamic half once more, in plain Go over a slice of rows,
// with SQL's three truth values. Whatever is asked, SQLite has to find the rows
// that the model finds.

// truth is what a predicate is for a row.
type truth int8

const (
	no      truth = -1
	unknown truth = 0
	yes     truth = 1
)

func is(b bool) truth {
	if b {
		return yes
	}
	return no
}

// modelled is a predicate with its meaning.
type modelled struct {
	predicate drey.Predicate[inLinks]
	holds     func(link) truth // nil where the predicate is absent
}

// model has the rows, and decides by a random source or a fuzzer's bytes.
type model struct {
	rows  []link
	next  func(n int) int
	of    *domain
	alone bool // an expression or a predicate is of one row alone, without queries
	ties  bool // orders may leave ties
}

// modelTexts are such that some layer might take one for another.
var modelTexts = []string{
	"", "a", "A", "ab", "aB", "b%", "_", `\`, "a_b", "%", "ä", "Ä", "ab%c", "slug",
	"\x00", "a\x00b", "\x00no such", "ab\x00", "A\x00%", "\\u0000", "a\\\x00\"",
	"\ufffd", "\ufffe", "a\uffff", "\x80", "\u0080", "ä\x80", "\xff\x00", "\xc3", "\xe2a",
	"1", "1.0", "\ufeffa", strings.Repeat("a", 40), "%%%b",
}

// domain is what an engine takes of values and transactions.
type domain struct {
	texts   []string
	numbers []int64
	floats  []float64
	remote  bool // it is of an engine without transactions
}

var everyValue = &domain{modelTexts, modelNumbers, modelFloats, false}

// modelNumbers are at the ends of what there is.
var modelNumbers = []int64{math.MinInt64, math.MinInt64 + 1, -1 << 53, -1, 0, 1, 1<<53 + 1, math.MaxInt64 - 1, math.MaxInt64}

var modelFloats = []float64{math.Inf(-1), -math.MaxFloat64, -1.5, math.Copysign(0, -1), 0, math.SmallestNonzeroFloat64, 0.5, 1, 1 << 53, 1e308, math.Inf(1)}

func (m *model) text() string { return m.of.texts[m.next(len(m.of.texts))] }

func (m *model) number() int64 {
	if m.next(4) == 0 {
		return m.of.numbers[m.next(len(m.of.numbers))]
	}
	return int64(m.next(6)) - 1
}

func (m *model) float() float64 {
	if m.next(4) == 0 {
		return m.of.floats[m.next(len(m.of.floats))]
	}
	return float64(m.next(6)) / 2
}

func newModel(next func(int) int) *model { return newModelOf(everyValue, next) }

func newModelOf(of *domain, next func(int) int) *model {
	m := &model{next: next, of: of}
	for i := range 2 + next(30) {
		row := link{
			ID: int64(i + 1), UserID: m.number(), Slug: fmt.Sprint(m.text(), "-", i), Clicks: int64(next(4)) - 1,
			Created: drey.UnixTime{},
		}
		if next(3) > 0 {
			row.Title = ptr(m.text())
		}
		if next(2) > 0 {
			row.Score = ptr(m.float())
		}
		m.rows = append(m.rows, row)
	}
	return m
}

// column is a column of the model with values of type T, nil for NULL.
type column[T any] struct {
	operators drey.CommonOperators[inLinks, T]
	order     drey.OrderOperators[inLinks, T]
	nulls     drey.NullOperators[inLinks]
	of        func(link) *T
	compare   func(a, b T) int
	value     func() T
}

func lift[T any](of func(link) *T, f func(T) bool) func(link) truth {
	return func(l link) truth {
		v := of(l)
		if v == nil {
			return unknown
		}
		return is(f(*v))
	}
}

func leaf[T any](m *model, c column[T]) modelled {
	v, w := c.value(), c.value()
	list := make([]T, 1+m.next(3))
	for i := range list {
		list[i] = c.value()
	}
	among := func(x T) bool {
		return slices.ContainsFunc(list, func(y T) bool { return c.compare(x, y) == 0 })
	}
	choices := []modelled{
		{c.operators.Eq(v), lift(c.of, func(x T) bool { return c.compare(x, v) == 0 })},
		{c.operators.NotEq(v), lift(c.of, func(x T) bool { return c.compare(x, v) != 0 })},
		{c.operators.In(list...), lift(c.of, among)},
		{c.operators.In(), func(link) truth { return no }},
		{c.operators.NotIn(list...), lift(c.of, func(x T) bool { return !among(x) })},
		{c.order.Gt(v), lift(c.of, func(x T) bool { return c.compare(x, v) > 0 })},
		{c.order.Gte(v), lift(c.of, func(x T) bool { return c.compare(x, v) >= 0 })},
		{c.order.Lt(v), lift(c.of, func(x T) bool { return c.compare(x, v) < 0 })},
		{c.order.Lte(v), lift(c.of, func(x T) bool { return c.compare(x, v) <= 0 })},
		{c.order.Between(v, w), lift(c.of, func(x T) bool { return c.compare(x, v) >= 0 && c.compare(x, w) <= 0 })},
		{drey.Opt(nil, c.operators.Eq), nil},
	}
	if c.nulls.IsNull != nil {
		choices = append(choices,
			modelled{c.nulls.IsNull(), func(l link) truth { return is(c.of(l) == nil) }},
			modelled{c.nulls.IsNotNull(), func(l link) truth { return is(c.of(l) != nil) }})
	}
	return choices[m.next(len(choices))]
}

// characters are those that SQLite reads in a text: bytes that are not UTF-8,
// U+FFFE and U+FFFF are U+FFFD, and a byte that continues nothing is a character.
func characters(text string) (list []rune) {
	for i := 0; i < len(text); {
		c := rune(text[i])
		i++
		if c >= 0xc0 {
			switch {
			case c < 0xe0:
				c &= 0x1f
			case c < 0xf0:
				c &= 0x0f
			case c < 0xf8:
				c &= 0x07
			case c < 0xfc:
				c &= 0x03
			case c < 0xfe:
				c &= 0x01
			default:
				c = 0
			}
			for ; i < len(text) && text[i]&0xc0 == 0x80; i++ {
				c = c<<6 + rune(text[i]&0x3f)
			}
			if c < 0x80 || c&^0x7ff == 0xd800 || c&^1 == 0xfffe {
				c = 0xfffd
			}
		}
		list = append(list, c)
	}
	return list
}

// like is SQLite's LIKE, as it would be if a NUL ended nothing: the case of ASCII
// letters is ignored.
func like(pattern, text string) bool {
	p, s := characters(pattern), characters(text)
	fold := func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}
	var match func(p, s []rune) bool
	match = func(p, s []rune) bool {
		for len(p) > 0 {
			switch {
			case p[0] == '%':
				for i := range len(s) + 1 {
					if match(p[1:], s[i:]) {
						return true
					}
				}
				return false
			}
			if len(s) == 0 || p[0] != '_' && fold(p[0]) != fold(s[0]) {
				return false
			}
			p, s = p[1:], s[1:]
		}
		return len(s) == 0
	}
	return match(p, s)
}

func textLeaf(m *model, o drey.TextOperators[inLinks], of func(link) *string) modelled {
	v := m.text()
	folded := func(f func(s, t string) bool) func(string) bool {
		lower := func(s string) string { // of ASCII alone
			b := []byte(s)
			for i, c := range b {
				if 'A' <= c && c <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
		return func(x string) bool { return f(lower(x), lower(v)) }
	}
	if !utf8.ValidString(v) { // which is an error, as other tests have it
		v = strings.ToValidUTF8(v, "")
	}
	choices := []modelled{
		{o.Contains(v), lift(of, folded(strings.Contains))},
		{o.HasPrefix(v), lift(of, folded(strings.HasPrefix))},
		{o.HasSuffix(v), lift(of, folded(strings.HasSuffix))},
	}
	if drey.CheckPattern(v) == nil {
		choices = append(choices, modelled{o.Like(v), lift(of, func(x string) bool { return like(v, x) })})
	}
	return choices[m.next(len(choices))]
}

func (m *model) predicate(depth int) modelled {
	if depth > 0 && m.next(2) == 0 {
		return m.group(depth)
	}
	if depth > 0 && !m.alone && m.next(6) == 0 {
		return m.subquery(depth)
	}
	if depth > 0 && m.next(3) == 0 {
		return m.expression(depth)
	}
	small := func() int64 { return int64(m.next(6)) - 1 }
	switch m.next(7) {
	case 0:
		c := links.ID
		return leaf(m, column[int64]{c.CommonOperators, c.OrderOperators, drey.NullOperators[inLinks]{}, func(l link) *int64 { return &l.ID }, compareOrdered[int64], func() int64 { return small() * 4 }})
	case 1:
		c := links.UserID
		return leaf(m, column[int64]{c.CommonOperators, c.OrderOperators, drey.NullOperators[inLinks]{}, func(l link) *int64 { return &l.UserID }, compareOrdered[int64], m.number})
	case 2:
		c := links.Clicks
		return leaf(m, column[int64]{c.CommonOperators, c.OrderOperators, drey.NullOperators[inLinks]{}, func(l link) *int64 { return &l.Clicks }, compareOrdered[int64], m.number})
	case 3:
		c := links.Score
		return leaf(m, column[float64]{c.CommonOperators, c.OrderOperators, c.NullOperators, func(l link) *float64 { return l.Score }, compareOrdered[float64], m.float})
	case 4:
		c := links.Title
		return leaf(m, column[string]{c.CommonOperators, c.OrderOperators, c.NullOperators, func(l link) *string { return l.Title }, strings.Compare, m.text})
	case 5:
		return textLeaf(m, links.Title.TextOperators, func(l link) *string { return l.Title })
	}
	return textLeaf(m, links.Slug.TextOperators, func(l link) *string { return &l.Slug })
}

func compareOrdered[T int64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// group is an And, Or or Not that can be rendered: an Or of nothing and the
// negation of an In of nothing are errors, which other tests have.
func (m *model) group(depth int) modelled {
	kids := make([]modelled, 1+m.next(3))
	predicates := make([]drey.Predicate[inLinks], len(kids))
	var holds []func(link) truth
	for i := range kids {
		kids[i] = m.predicate(depth - 1)
		predicates[i] = kids[i].predicate
		if kids[i].holds != nil {
			holds = append(holds, kids[i].holds)
		}
	}
	switch kind := m.next(3); {
	case kind == 0 && holds != nil:
		return modelled{drey.Or(predicates...), func(l link) truth { return fold(l, holds, func(a, b truth) truth { return max(a, b) }) }}
	case kind == 1 && kids[0].holds != nil && !isNever(kids[0].predicate):
		return modelled{drey.Not(kids[0].predicate), func(l link) truth { return -kids[0].holds(l) }}
	}
	if holds == nil {
		return modelled{drey.And(predicates...), nil}
	}
	return modelled{drey.And(predicates...), func(l link) truth { return fold(l, holds, func(a, b truth) truth { return min(a, b) }) }}
}

// isNever reports whether a predicate is an In of nothing.
func isNever(p drey.Predicate[inLinks]) bool {
	text, _, _ := p.ToSql()
	return text == "(1=0)"
}

func fold(l link, holds []func(link) truth, f func(a, b truth) truth) truth {
	t := holds[0](l)
	for _, h := range holds[1:] {
		t = f(t, h(l))
	}
	return t
}

func (m *model) subquery(depth int) modelled {
	inner := m.predicate(depth - 1)
	q, found := links.Where(inner.predicate), m.filter(inner)
	switch m.next(6) {
	case 5:
		return m.relation(q, found)
	case 0:
		return modelled{drey.Exists[inLinks](q), func(link) truth { return is(len(found) > 0) }}
	case 1:
		return modelled{drey.Exists(q, drey.On(links.UserID, links.Clicks)), func(l link) truth {
			return is(slices.ContainsFunc(found, func(i link) bool { return i.UserID == l.Clicks }))
		}}
	case 2:
		return modelled{drey.Exists(q, drey.On(links.Title, links.Title), drey.On(links.Clicks, links.UserID)), func(l link) truth {
			return is(slices.ContainsFunc(found, func(i link) bool {
				return i.Title != nil && l.Title != nil && *i.Title == *l.Title && i.Clicks == l.UserID
			}))
		}}
	case 3:
		return modelled{drey.InQuery(links.UserID, q, links.Clicks), func(l link) truth {
			return is(slices.ContainsFunc(found, func(i link) bool { return i.Clicks == l.UserID }))
		}}
	}
	titles := slices.DeleteFunc(slices.Clone(found), func(i link) bool { return i.Title == nil })
	return modelled{drey.NotInQuery(links.Title, q, links.Title), func(l link) truth {
		switch {
		case len(titles) == 0:
			return yes
		case l.Title == nil:
			return unknown
		}
		return is(!slices.ContainsFunc(titles, func(i link) bool { return *i.Title == *l.Title }))
	}}
}

func (m *model) filter(where ...modelled) []link {
	found := []link{}
	for _, l := range m.rows {
		if !slices.ContainsFunc(where, func(w modelled) bool { return w.holds != nil && w.holds(l) != yes }) {
			found = append(found, l)
		}
	}
	return found
}

// ordering is an order of the rows with its meaning.
type ordering struct {
	ordering drey.Ordering[inLinks]
	descends bool
	compare  func(a, b link) int
}

// order is a random one, made total by the id if it may not have ties.
func (m *model) order() []ordering {
	var orders []ordering
	for range m.next(3) {
		switch m.next(6) {
		case 0:
			orders = append(orders, orderBy(m, links.Title.CommonOperators, func(l link) *string { return l.Title }, strings.Compare))
		case 1:
			orders = append(orders, orderBy(m, links.Score.CommonOperators, func(l link) *float64 { return l.Score }, compareOrdered[float64]))
		case 2:
			orders = append(orders, orderBy(m, links.UserID.CommonOperators, func(l link) *int64 { return &l.UserID }, compareOrdered[int64]))
		case 3:
			orders = append(orders, orderBy(m, links.Clicks.CommonOperators, func(l link) *int64 { return &l.Clicks }, compareOrdered[int64]))
		default:
			orders = append(orders, m.expressionOrder())
		}
	}
	if m.ties {
		return orders
	}
	return append(orders, orderBy(m, links.ID.CommonOperators, func(l link) *int64 { return &l.ID }, compareOrdered[int64]))
}

func orderBy[T any](m *model, o drey.CommonOperators[inLinks, T], of func(link) *T, compare func(a, b T) int) ordering {
	by, sign, nullsAre := o.Asc(), 1, -1
	if m.next(2) == 0 {
		by, sign, nullsAre = o.Desc(), -1, 1
	}
	switch m.next(3) {
	case 0:
		by, nullsAre = by.NullsFirst(), -1
	case 1:
		by, nullsAre = by.NullsLast(), 1
	}
	return ordering{by, sign < 0, func(a, b link) int {
		x, y := of(a), of(b)
		switch {
		case x == nil && y == nil:
			return 0
		case x == nil:
			return nullsAre
		case y == nil:
			return -nullsAre
		}
		return sign * compare(*x, *y)
	}}
}

// query is a random query and the rows that it has to find.
func (m *model) query() (*drey.Query[inLinks, link], []link) {
	where := []modelled{m.predicate(3), m.predicate(1)}
	q, want := links.Where(where[0].predicate, where[1].predicate), m.filter(where...)
	orders := m.order()
	slices.SortStableFunc(want, func(a, b link) int {
		for _, o := range orders {
			if c := o.compare(a, b); c != 0 {
				return c
			}
		}
		return 0
	})
	for _, o := range orders {
		q = q.OrderBy(o.ordering)
	}
	if m.next(3) == 0 {
		n := m.next(5)
		q, want = q.Offset(n), want[min(n, len(want)):]
	}
	if m.next(2) == 0 {
		n := m.next(10)
		q, want = q.Limit(n), want[:min(n, len(want))]
	}
	return q, want
}

// load puts the model's rows into the table.
func (m *model) load(t testing.TB, c *drey.Client) {
	ctx := context.Background()
	if _, err := links.Delete().EveryRow().Exec(ctx, c); err != nil {
		t.Fatal(err)
	}
	if _, err := links.Insert().Exec(ctx, c, m.rows...); err != nil {
		t.Fatal(err)
	}
}

// undone runs f in a transaction that is rolled back; where there are none, it loads the rows
// again.
func (m *model) undone(ctx context.Context, t testing.TB, c *drey.Client, f func(drey.Conn) error) error {
	if !m.of.remote {
		return c.Tx(ctx, func(tx *drey.Tx) error { return f(tx) })
	}
	err := f(c)
	m.load(t, c)
	return err
}

// check asks SQLite for the rows of a random query and for what else can be
// asked of it.
func (m *model) check(t testing.TB, c *drey.Client) {
	ctx := context.Background()
	q, want := m.query()
	got, err := q.All(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(ids(got), ids(want)) {
		text, args, _ := q.ToSql()
		t.Fatalf("%s\n%v\nwrong rows (-want +got):\n%s", text, args, cmp.Diff(ids(want), ids(got)))
	}
	var failed error
	wrong := func(what string, got, want any, err error) {
		if failed == nil && (err != nil || !cmp.Equal(got, want)) {
			text, args, _ := q.ToSql()
			failed = fmt.Errorf("%s\n%v\n%s: got %v, %w, want %v", text, args, what, got, err, want)
		}
	}
	switch m.next(19) {
	case 0:
		n, err := q.Count(ctx, c)
		wrong("Count", n, int64(len(want)), err)
	case 1:
		ok, err := q.Exists(ctx, c)
		wrong("Exists", ok, len(want) > 0, err)
	case 2:
		sum, err := drey.Aggregate(ctx, c, q, drey.Sum(links.Clicks))
		var total int64
		for _, l := range want {
			total += l.Clicks
		}
		wrong("Sum", sum, total, err)
	case 3:
		lo, err := drey.Aggregate(ctx, c, q, drey.Min(links.Score))
		var least sql.Null[float64]
		for _, l := range want {
			if l.Score != nil && (!least.Valid || *l.Score < least.V) {
				least = sql.Null[float64]{V: *l.Score, Valid: true}
			}
		}
		wrong("Min", lo, least, err)
	case 4:
		hi, err := drey.Aggregate(ctx, c, q, drey.Max(links.Title))
		var most sql.Null[string]
		for _, l := range want {
			if l.Title != nil && (!most.Valid || *l.Title > most.V) {
				most = sql.Null[string]{V: *l.Title, Valid: true}
			}
		}
		wrong("Max", hi, most, err)
	case 5:
		counted, err := drey.CountBy(q, links.Title).All(ctx, c)
		counts := map[sql.Null[string]]int64{}
		for _, of := range counted {
			counts[of.Value] = of.Count
		}
		model := map[sql.Null[string]]int64{}
		for _, l := range want {
			model[nullable(l.Title)]++
		}
		wrong("CountBy", counts, model, err)
	case 6:
		titles, err := drey.Pluck(ctx, c, q, links.Title)
		model := []sql.Null[string]{}
		for _, l := range want {
			model = append(model, nullable(l.Title))
		}
		wrong("Pluck", titles, model, err)
	case 7:
		n, err := drey.Aggregate(ctx, c, q, drey.CountDistinct(links.Score))
		model := map[float64]bool{}
		for _, l := range want {
			if l.Score != nil {
				model[*l.Score] = true
			}
		}
		wrong("CountDistinct", n, int64(len(model)), err)
	case 8:
		i := m.integers(2)
		sum, err := drey.Aggregate(ctx, c, q, drey.Sum(i.e))
		var total int64
		for _, l := range want {
			if n := i.of(l); n != nil {
				total += *n
			}
		}
		wrong("Sum of an expression", sum, total, err)
	case 9:
		f := m.texts(2)
		got, err := drey.Pluck(ctx, c, q, f.e)
		model := []sql.Null[string]{}
		for _, l := range want {
			model = append(model, nullable(f.of(l)))
		}
		wrong("Pluck of an expression", got, model, err)
	case 10:
		m.writes(t, c)
	case 11, 12:
		m.groups(t, c)
	case 13, 14:
		m.sets(t, c)
	case 15, 16:
		m.distinct(t, c)
	case 17, 18:
		m.grows(t, c)
	}
	if failed != nil {
		t.Fatal(failed)
	}
}

func nullable(s *string) sql.Null[string] {
	if s == nil {
		return sql.Null[string]{}
	}
	return sql.Null[string]{V: *s, Valid: true}
}

func ids(rows []link) []int64 {
	list := make([]int64, len(rows))
	for i, l := range rows {
		list[i] = l.ID
	}
	return list
}

// modelChecks is the number of random queries that a run checks, the same ones each time. Each
// is asked in two ways, a set in five and a tree in eight or more: three questions on average.
func modelChecks() int {
	switch {
	case testing.Short():
		return 2_000
	case os.Getenv("DREY_TORTURE") != "":
		return 40_000
	}
	return 10_000
}

func TestModel(t *testing.T) {
	n := modelChecks()
	const workers, batch = 2, 500
	for w := range workers {
		c := openFixture(t, 0)
		t.Run(fmt.Sprint(w), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(w), 7))
			for range n / workers / batch {
				m := newModel(r.IntN)
				m.load(t, c)
				for range batch {
					m.check(t, c)
				}
			}
		})
	}
}

func FuzzModel(f *testing.F) {
	f.Add([]byte("some rows and a query over them, with what else is asked"))
	c := openFixture(f, 0)
	f.Fuzz(func(t *testing.T, data []byte) {
		choose := &choices{data}
		m := newModel(choose.next)
		m.load(t, c)
		m.check(t, c)
	})
}
