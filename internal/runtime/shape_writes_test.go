package drey_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

// assignments are any assignments, of which none may be wrong together.
func (c *choices) assignments() (list []drey.Assignment[inLinks]) {
	for range c.next(4) {
		switch c.next(8) {
		case 0:
			list = append(list, links.Clicks.Add(int64(c.next(3))))
		case 1:
			list = append(list, drey.SetTo(links.Clicks, c.expression(2)))
		case 2:
			list = append(list, drey.SetTo(links.UserID, drey.Plus(drey.Excluded(links.Clicks), c.expression(1))))
		case 3:
			list = append(list, links.Title.SetNull())
		case 4:
			list = append(list, drey.SetTo(links.Title, drey.Nullable(links.Slug)))
		case 5:
			list = append(list, drey.OptSet(nil, links.Slug.Set))
		case 6:
			list = append(list, links.Score.SetDefault())
		default:
			list = append(list, links.UserID.Set(int64(c.next(3))))
		}
	}
	return list
}

// write is any write, and the rows that it inserts.
func (c *choices) write() (drey.Write[inLinks, link], []link) {
	switch c.next(5) {
	case 0:
		return links.Delete().Where(c.predicate(2)), nil
	case 1:
		return links.Update(c.assignments()...).Where(c.predicate(2)), nil
	}
	i := [...]*drey.Insertion[inLinks, link]{links.Insert(), links.Insert(links.Slug, links.Clicks, links.UserID), links.Insert(links.Slug)}[c.next(3)]
	rows := make([]link, 1+c.next(3))
	switch c.next(4) {
	case 0:
		values := c.assignments()
		i = i.Values(values...)
	case 1:
		rows = nil
		i = drey.InsertSelect(links.Insert().Values(c.assignments()...), c.query(), drey.SetFrom(links.Slug, links.Slug), drey.SetFrom(links.Clicks, c.expression(2)))
	case 2:
		rows = nil
		i = drey.InsertSelect(links.Insert(), drey.GroupBy(c.query(), links.UserID), drey.SetFrom(links.Clicks, drey.CountRows[inLinks]()), drey.SetFrom(links.UserID, drey.Key(links.UserID)))
	}
	keys := []drey.UniqueKey[inLinks]{drey.NewKey[inLinks](0), drey.NewKey[inLinks](2), drey.NewPartialKey[inLinks]("clicks > 1", 2), drey.NewPartialKey[inLinks]("clicks", 2)}
	key := keys[c.next(4)]
	switch c.next(8) {
	case 0:
		i = i.OrIgnore()
	case 1:
		i = i.OrIgnore(key)
	case 2:
		i = i.OrReplace()
	case 3:
		i = i.OrUpdate(key)
	case 4:
		i = i.OrUpdate(key, links.Clicks, links.Slug).Where(c.predicate(2))
	case 5:
		i = i.OrUpdate(key, []drey.AnyTarget[inLinks]{links.Slug, links.Clicks}[c.next(2)]).Set(c.assignments()...)
	case 6:
		i = i.OrUpdate(key).Set(c.assignments()...).Where(c.predicate(1), drey.Excluded(links.Clicks).Gt(3))
	}
	return i, rows
}

// checkWrite is check for a write: equal shapes have equal SQL, and a known shape binds
// what squirrel rendered.
func (seen shapes) checkWrite(t *testing.T, c *choices) (valid bool) {
	t.Helper()
	w, rows := c.write()
	var read func(*drey.Projection[inLinks], *[2]int64)
	if n := c.next(3); n > 0 {
		e := c.expression(2)
		read = func(p *drey.Projection[inLinks], to *[2]int64) {
			drey.ReadInto(p, links.Clicks, &to[0])
			if n > 1 {
				drey.ReadInto(p, e, &to[1])
			}
		}
	}
	st, err := drey.StatementOf(w, read, rows...)
	if err != nil {
		if _, ok := seen[string(st.Key)]; ok && st.Shaped {
			t.Fatalf("%v, and its shape is that of\n%s", err, seen[string(st.Key)])
		}
		return false
	}
	if !st.Shaped {
		t.Fatalf("no shape:\n%s", st.SQL)
	}
	if old, ok := seen[string(st.Key)]; ok && old != st.SQL {
		t.Fatalf("one shape, %x, for\n%s\nand\n%s", st.Key, old, st.SQL)
	}
	seen[string(st.Key)] = st.SQL
	if len(st.Args)+len(st.Rendered) > 0 && !cmp.Equal(st.Args, st.Rendered, cmp.Comparer(func(a, b drey.UnixTime) bool { return a == b })) {
		t.Fatalf("%s\nbinds %v, but squirrel rendered %v", st.SQL, st.Args, st.Rendered)
	}
	return true
}

func TestEqualShapesOfWritesHaveEqualSQL(t *testing.T) {
	c := openFixture(t, 0)
	seen := shapes{}
	r := rand.New(rand.NewPCG(3, 4))
	data := make([]byte, 60)
	for range 20_000 {
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		seen.checkWrite(t, &choices{data})
	}
	if len(seen) < 4_000 {
		t.Errorf("only %d shapes were tried", len(seen))
	}
	tried := 0
	for _, text := range seen {
		if tried++; tried > 1000 {
			break
		}
		stmt, err := c.PrepareContext(context.Background(), text)
		if err == nil {
			err = stmt.Close()
		}
		// SQLite reads all of them, but for a value of a column that is not inserted, and a
		// key that is not there.
		if err != nil && !strings.Contains(err.Error(), "no such column") && !strings.Contains(err.Error(), "does not match any") {
			t.Fatalf("%s\n%v", text, err)
		}
	}
}

func FuzzShapeOfWrites(f *testing.F) {
	f.Add([]byte("a shape"), []byte("another shape"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		seen := shapes{}
		seen.checkWrite(t, &choices{a})
		seen.checkWrite(t, &choices{b})
	})
}
