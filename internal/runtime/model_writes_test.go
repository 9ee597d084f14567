package drey_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

// writes checks a random write: what it returns, and the whole table afterwards.
func (m *model) writes(t testing.TB, c *drey.Client) {
	switch m.next(4) {
	case 0:
		m.upserts(t, c)
	case 1:
		m.makes(t, c)
	case 2:
		m.copies(t, c)
	default:
		m.assigns(t, c)
	}
}

// merging is an expression over an old row and a new one, with its meaning.
type merging[T any] struct {
	e  drey.Expression[inLinks, T, sql.Null[T]]
	of func(old, new link) *T
}

func ofOld[T any](c computing[T]) merging[T] {
	return merging[T]{c.e, func(old, _ link) *T { return c.of(old) }}
}

func ofNew[T any](h drey.Handle[inLinks, T, sql.Null[T]], of func(link) *T) merging[T] {
	return merging[T]{drey.Nullable(drey.NotNull(h)), func(_, new link) *T { return of(new) }}
}

func ifNull[T any](a, b merging[T]) merging[T] {
	return merging[T]{drey.IfNull(a.e, b.e), func(old, new link) *T {
		if v := a.of(old, new); v != nil {
			return v
		}
		return b.of(old, new)
	}}
}

func (m *model) mergedNumber(depth int) merging[int64] {
	if depth == 0 || m.next(3) == 0 {
		if m.next(2) == 0 {
			return ofNew(drey.Nullable(drey.Excluded(links.Clicks)), func(l link) *int64 { return &l.Clicks })
		}
		return ofOld(m.integers(1))
	}
	a, b := m.mergedNumber(depth-1), m.mergedNumber(depth-1)
	switch m.next(3) {
	case 0:
		return merging[int64]{drey.Plus(a.e, b.e), func(old, new link) *int64 {
			x, y := a.of(old, new), b.of(old, new)
			if x == nil || y == nil {
				return nil
			}
			return ptr(*x + *y)
		}}
	case 1:
		p := m.condition(1)
		return merging[int64]{drey.Choose(p.predicate, a.e, b.e), func(old, new link) *int64 {
			if p.holds(old) == yes {
				return a.of(old, new)
			}
			return b.of(old, new)
		}}
	}
	return ifNull(a, b)
}

func (m *model) mergedText() merging[string] {
	a := ofNew(drey.Excluded(links.Title), func(l link) *string { return l.Title })
	b := ofOld(m.texts(1))
	if m.next(2) == 0 {
		return ifNull(b, a)
	}
	return ifNull(a, b)
}

// upserts checks an insert of several rows, some of which have the slug of a row that
// is there, or of one before them. No query is in its expressions: it would see the rows
// that are inserted already.
func (m *model) upserts(t testing.TB, c *drey.Client) {
	m.alone = true
	defer func() { m.alone = false }()
	rows := make([]link, 1+m.next(5))
	for i := range rows {
		rows[i] = link{UserID: m.number(), Slug: fmt.Sprint("new-", m.next(3)), Clicks: int64(m.next(4)), Created: drey.UnixTime{}}
		if m.next(2) == 0 {
			rows[i].Slug = m.rows[m.next(len(m.rows))].Slug
		}
		if m.next(2) == 0 {
			rows[i].Title = ptr(m.text())
		}
	}
	insert := links.Insert(links.UserID, links.Slug, links.Title, links.Clicks, links.Created)
	clicks, title := m.mergedNumber(2), m.mergedText()
	set := []drey.Assignment[inLinks]{drey.SetTo(links.Clicks, drey.Coalesce(clicks.e, 7)), drey.SetTo(links.Title, title.e)}
	wanted := func(old, new link) link {
		changed := old
		if changed.Clicks = 7; clicks.of(old, new) != nil {
			changed.Clicks = *clicks.of(old, new)
		}
		changed.Title = title.of(old, new)
		return changed
	}
	upsert := insert.OrUpdate(drey.NewKey[inLinks](2)).Set(set...)
	switch m.next(4) {
	case 0: // and a column of the new row
		upsert = insert.OrUpdate(drey.NewKey[inLinks](2), links.UserID).Set(set...)
		before := wanted
		wanted = func(old, new link) link {
			changed := before(old, new)
			changed.UserID = new.UserID
			return changed
		}
	case 1:
		upsert = insert.OrUpdate(drey.NewKey[inLinks](2)).Set(links.Clicks.Add(2))
		wanted = func(old, _ link) link {
			old.Clicks += 2
			return old
		}
	case 2:
		upsert = insert.OrUpdate(drey.NewKey[inLinks](2))
		wanted = func(old, new link) link {
			new.ID, new.Score = old.ID, old.Score
			return new
		}
	}
	changes := func(old, new link) bool { return true }
	if m.next(2) == 0 {
		p := m.condition(2)
		upsert = upsert.Where(p.predicate)
		changes = func(old, _ link) bool { return p.holds(old) == yes }
		if m.next(2) == 0 {
			upsert = upsert.Where(drey.Lte(links.Clicks, drey.Excluded(links.Clicks)))
			changes = func(old, new link) bool { return p.holds(old) == yes && old.Clicks <= new.Clicks }
		}
	}
	table := m.table()
	var written []link
	for _, row := range rows {
		old, ok := table[row.Slug]
		if ok && !changes(old, row) {
			continue
		}
		if ok {
			row = wanted(old, row)
		} else {
			row.ID = next(table)
		}
		table[row.Slug] = row
		written = append(written, row)
	}
	m.compare(t, c, upsert, rows, written, table)
}

// makes checks an insert of what expressions make of its rows. They may have queries.
func (m *model) makes(t testing.TB, c *drey.Client) {
	rows := make([]link, 1+m.next(3))
	for i := range rows {
		rows[i] = link{ID: int64(len(m.rows) + 1 + i), UserID: m.number(), Slug: fmt.Sprint("new-", i, m.text()), Clicks: int64(m.next(4)), Created: drey.UnixTime{}}
		if m.next(2) == 0 {
			rows[i].Title = ptr(m.text())
		}
		if m.next(2) == 0 {
			rows[i].Score = ptr(m.float())
		}
	}
	if len(rows) > 1 {
		m.alone = true // each of the rows has its own statement
		defer func() { m.alone = false }()
	}
	clicks, title := m.integers(2), m.texts(2)
	insert := links.Insert().Values(drey.SetTo(links.Title, title.e), drey.SetTo(links.Clicks, drey.Coalesce(clicks.e, 7)), links.Score.SetNull(), links.UserID.Set(5))
	table := m.table()
	var written []link
	for _, row := range rows {
		made := row
		made.Title, made.Clicks, made.Score, made.UserID = title.of(row), 7, nil, 5
		if n := clicks.of(row); n != nil {
			made.Clicks = *n
		}
		table[made.Slug] = made
		written = append(written, made)
	}
	m.compare(t, c, insert, rows, written, table)
}

// copies checks an insert of what a query of the same table selects.
func (m *model) copies(t testing.TB, c *drey.Client) {
	q, found := m.query()
	clicks, title := m.integers(2), m.texts(2)
	values := []drey.AssignmentFrom[inLinks, inLinks]{
		drey.SetFrom(links.Slug, drey.Concat(links.Slug, drey.Of(links.Slug, " copied"))), drey.SetFrom(links.UserID, links.UserID),
		drey.SetFrom(links.Title, title.e), drey.SetFrom(links.Clicks, drey.Coalesce(clicks.e, 7)), drey.SetFrom(links.Created, links.Created),
	}
	insert, suffix := links.Insert(), " copied"
	upserts := m.next(2) == 0
	if upserts {
		values[0], suffix = drey.SetFrom(links.Slug, links.Slug), ""
		insert = insert.OrUpdate(drey.NewKey[inLinks](2)).Set(drey.SetTo(links.Clicks, drey.Minus(links.Clicks, drey.Excluded(links.Clicks))), links.Title.Set("seen"))
	}
	score := m.next(2) == 0
	if score {
		insert = insert.Values(links.Score.Set(0.5))
	}
	table := m.table()
	var written []link
	for _, row := range found {
		made := link{UserID: row.UserID, Slug: row.Slug + suffix, Title: title.of(row), Clicks: 7, Created: row.Created}
		if n := clicks.of(row); n != nil {
			made.Clicks = *n
		}
		if score {
			made.Score = ptr(0.5)
		}
		if upserts {
			n := made.Clicks
			made = row
			made.Clicks, made.Title = row.Clicks-n, ptr("seen")
		} else {
			made.ID = next(table)
		}
		table[made.Slug] = made
		written = append(written, made)
	}
	m.compare(t, c, drey.InsertSelect(insert, q, values...), nil, written, table)
}

// table is the model's rows by their slugs.
func (m *model) table() map[string]link {
	table := map[string]link{}
	for _, l := range m.rows {
		table[l.Slug] = l
	}
	return table
}

// next is the number that SQLite gives a row without one.
func next(table map[string]link) (id int64) {
	for _, l := range table {
		id = max(id, l.ID)
	}
	return id + 1
}

// compare runs an insert and takes it back.
func (m *model) compare(t testing.TB, c *drey.Client, i *drey.Insertion[inLinks, link], rows, written []link, table map[string]link) {
	ctx := context.Background()
	want := slices.SortedFunc(maps.Values(table), func(a, b link) int { return compareOrdered(a.ID, b.ID) })
	var err error
	fail := func(what string) {
		text, args, textErr := i.ToSql(rows...)
		t.Fatalf("%s\n%s\n%v\n%v %v", what, text, args, err, textErr)
	}
	several := len(rows) != 1 && m.next(2) == 0
	err = m.undone(ctx, t, c, func(tx drey.Conn) error {
		if several {
			n, err := i.Exec(ctx, tx, rows...)
			if err == nil && int(n) != len(written) {
				fail(fmt.Sprintf("%d rows were written, want %d", n, len(written)))
			}
			if err != nil {
				return err
			}
		} else {
			got, err := i.Returning(ctx, tx, rows...)
			if err != nil {
				return err
			}
			if rows == nil { // in any order
				bySlug := func(a, b link) int { return strings.Compare(a.Slug, b.Slug) }
				slices.SortFunc(got, bySlug)
				slices.SortFunc(written, bySlug)
			}
			if diff := cmp.Diff(append([]link{}, written...), got); diff != "" {
				fail(diff)
			}
		}
		all, err := links.OrderBy(links.ID.Asc()).All(ctx, tx)
		if err != nil {
			return err
		}
		if diff := cmp.Diff(want, all); diff != "" {
			fail(diff)
		}
		return errRollback
	})
	if !errors.Is(err, errRollback) {
		fail("")
	}
}
