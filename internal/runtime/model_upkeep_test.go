package drey_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
	"github.com/google/go-cmp/cmp"
)

// A table that has it all: tenants, soft delete, the time of the last change and a
// version.

type note struct {
	ID, Owner int64
	Title     string
	N         *int64
	Changed   *int64
	Version   int64
	Gone      *int64
}

type inNotes struct{}

const notesSchema = `
CREATE TABLE notes (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL, title TEXT NOT NULL UNIQUE, n INTEGER, changed INTEGER,
	version INTEGER NOT NULL DEFAULT 0, gone INTEGER);
CREATE TABLE clock (now INTEGER NOT NULL);
INSERT INTO clock VALUES (0);`

var (
	notesRelation = drey.Number(&drey.Relation{
		Name: `"notes"`, Columns: []string{`"id"`, `"owner"`, `"title"`, `"n"`, `"changed"`, `"version"`, `"gone"`},
		Key: []uint16{0}, Unique: [][]uint16{{0}, {2}}, Nullable: []uint16{3, 4, 6}, Tenant: []uint16{1},
		Defaults: map[uint16]string{5: "0"},
		Upkeep: &drey.Upkeep{
			Deleted: &drey.Stamp{Column: 6, SQL: "SELECT now FROM clock"}, Updated: &drey.Stamp{Column: 4, SQL: "SELECT now FROM clock"},
			Version: &drey.Stamp{Column: 5},
		},
	})
	notes = struct {
		ID       *drey.NumberColumn[inNotes, int64]
		Title    *drey.TextColumn[inNotes]
		N        *drey.NullNumberColumn[inNotes, int64]
		Changed  *drey.NullNumberColumn[inNotes, int64]
		Gone     *drey.NullNumberColumn[inNotes, int64]
		Version  drey.VersionColumn[inNotes, int64]
		Owner    *drey.NumberColumn[inNotes, int64]
		KeyTitle drey.UniqueKey[inNotes]
	}{
		ID: drey.NewNumberColumn[inNotes, int64](notesRelation, 0), Title: drey.NewTextColumn[inNotes](notesRelation, 2),
		N: drey.NewNullNumberColumn[inNotes, int64](notesRelation, 3), Changed: drey.NewNullNumberColumn[inNotes, int64](notesRelation, 4),
		Gone: drey.NewNullNumberColumn[inNotes, int64](notesRelation, 6), Version: drey.NewVersionColumn[inNotes, int64](notesRelation, 5),
		Owner: drey.NewNumberColumn[inNotes, int64](notesRelation, 1), KeyTitle: drey.NewKey[inNotes](2),
	}
)

var noteVersion = drey.NewNumberColumn[inNotes, int64](notesRelation, 5)

func noteFields(n *note, to []any) []any {
	return append(to, &n.ID, &n.Owner, &n.Title, &n.N, &n.Changed, &n.Version, &n.Gone)
}

// noteScope is whose notes, and which of them.
type noteScope struct {
	owner   int64 // 0 for every owner
	deleted bool  // the deleted ones as well
}

func (s noteScope) source() *drey.Scoped[inNotes, note] {
	live := drey.NewScopedLive[inNotes](notesRelation, noteFields)
	if s.owner != 0 {
		live = drey.NewScopedLive(notesRelation, noteFields, notes.Owner.Eq(s.owner))
	}
	if s.deleted {
		return live.WithDeleted()
	}
	return &live.Scoped
}

func (s noteScope) has(n note) bool {
	return (s.owner == 0 || n.Owner == s.owner) && (s.deleted || n.Gone == nil)
}

// notebook is the model: the rows by their ids, and what time it is.
type notebook struct {
	rows map[int64]note
	now  int64
}

func (b *notebook) sorted() (list []note) {
	for _, id := range slices.Sorted(maps.Keys(b.rows)) {
		list = append(list, b.rows[id])
	}
	return list
}

func (b *notebook) byTitle(title string) (note, bool) {
	for _, n := range b.rows {
		if n.Title == title {
			return n, true
		}
	}
	return note{}, false
}

var errUnique = errors.New("unique")

// put stores rows that have changed, unless two have one title.
func (b *notebook) put(rows map[int64]note) error {
	titles := map[string]bool{}
	for _, n := range rows {
		if titles[n.Title] {
			return errUnique
		}
		titles[n.Title] = true
	}
	b.rows = rows
	return nil
}

// stamp counts a change.
func (b *notebook) stamp(n *note, changed bool) {
	n.Version++
	if !changed {
		n.Changed = ptr(b.now)
	}
}

// noteWrite is a write, and what it does to the model: the rows that it affects, or the
// error.
type noteWrite struct {
	text  string
	exec  func(context.Context, drey.Conn) (int64, error)
	model func(*notebook) (int64, error)
}

func randomNoteWrite(r *rand.Rand) noteWrite {
	s := noteScope{owner: int64(r.IntN(3)), deleted: r.IntN(4) == 0}
	src := s.source()
	title := func() string { return fmt.Sprint("t", r.IntN(12)) }
	pick := int64(r.IntN(14))
	where, holds := notes.ID.Lte(pick), func(n note) bool { return n.ID <= pick }
	switch r.IntN(3) {
	case 0:
		where, holds = notes.ID.Eq(pick), func(n note) bool { return n.ID == pick }
	case 1:
		where, holds = drey.Or(notes.N.IsNull(), notes.Owner.Eq(2)), func(n note) bool { return n.N == nil || n.Owner == 2 }
	}
	change := func(text string, m *drey.Mutation[inNotes, note], f func(*notebook, *note) (gone bool, err error)) noteWrite {
		m = m.Where(where)
		return noteWrite{fmt.Sprintf("%s %+v, %d", text, s, pick),
			func(ctx context.Context, c drey.Conn) (int64, error) {
				if len(text)%2 == 0 {
					rows, err := m.Returning(ctx, c)
					return int64(len(rows)), err
				}
				return m.Exec(ctx, c)
			},
			func(b *notebook) (int64, error) {
				rows, affected := maps.Clone(b.rows), int64(0)
				for id, n := range b.rows {
					if !s.has(n) || !holds(n) {
						continue
					}
					affected++
					gone, err := f(b, &n)
					if err != nil {
						return 0, err
					}
					if rows[id] = n; gone {
						delete(rows, id)
					}
				}
				return affected, b.put(rows)
			}}
	}
	switch k := r.IntN(11); k {
	case 0:
		v := int64(r.IntN(9))
		return change("set", src.Update(notes.N.Set(v)), func(b *notebook, n *note) (bool, error) { n.N = &v; b.stamp(n, false); return false, nil })
	case 1:
		return change("add", src.Update(notes.N.Add(2)), func(b *notebook, n *note) (bool, error) {
			if n.N != nil {
				n.N = ptr(*n.N + 2)
			}
			b.stamp(n, false)
			return false, nil
		})
	case 2:
		return change("set changed and version", src.Update(notes.Changed.Set(-1), drey.SetTo(notes.N, drey.Nullable(drey.Plus(notes.ID, drey.Of(notes.ID, 1))))),
			func(b *notebook, n *note) (bool, error) {
				n.Changed, n.N = ptr(int64(-1)), ptr(n.ID+1)
				b.stamp(n, true)
				return false, nil
			})
	case 3:
		v := int64(r.IntN(3))
		return change("expects", src.Update(notes.Version.Expect(v), notes.N.SetNull()), func(b *notebook, n *note) (bool, error) {
			if n.Version != v {
				return false, drey.ErrStale
			}
			n.N = nil
			b.stamp(n, false)
			return false, nil
		})
	case 4:
		to := title()
		return change("title", src.Update(notes.Title.Set(to)), func(b *notebook, n *note) (bool, error) { n.Title = to; b.stamp(n, false); return false, nil })
	case 5:
		most := drey.Scalar[inNotes](noteVersion, src.OrderBy(notes.ID.Asc()))
		first := func(b *notebook) *int64 {
			for _, n := range b.sorted() {
				if s.has(n) {
					return &n.Version
				}
			}
			return nil
		}
		w := change("by a query", src.Update(drey.SetTo(notes.N, most)), nil)
		w.model = func(b *notebook) (int64, error) {
			rows, affected, v := maps.Clone(b.rows), int64(0), first(b)
			for id, n := range b.rows {
				if s.has(n) && holds(n) {
					affected++
					n.N = v
					b.stamp(&n, false)
					rows[id] = n
				}
			}
			return affected, b.put(rows)
		}
		return w
	case 6:
		return change("delete", src.Delete(), func(b *notebook, n *note) (bool, error) {
			if s.deleted {
				return true, nil
			}
			n.Gone = ptr(b.now)
			b.stamp(n, false)
			return false, nil
		})
	case 7:
		all := noteScope{s.owner, true}
		s = all
		return change("restore", all.source().Update(notes.Gone.SetNull()), func(b *notebook, n *note) (bool, error) {
			n.Gone = nil
			b.stamp(n, false)
			return false, nil
		})
	case 8:
		suffix := fmt.Sprint("-", r.IntN(3))
		in := drey.InsertSelect(src.Insert(), src.Where(where), drey.SetFrom(notes.Title, drey.Concat(notes.Title, drey.Of(notes.Title, suffix))), drey.SetFrom(notes.N, drey.Nullable(notes.ID)))
		if s.owner == 0 {
			in = drey.InsertSelect(src.Insert(), src.Where(where), drey.SetFrom(notes.Title, drey.Concat(notes.Title, drey.Of(notes.Title, suffix))), drey.SetFrom(notes.N, drey.Nullable(notes.ID)), drey.SetFrom(notes.Owner, notes.Owner))
		}
		ignore := r.IntN(2) == 0
		if ignore {
			in = in.OrIgnore()
		}
		return noteWrite{fmt.Sprintf("insert select %+v %d ignore %v", s, pick, ignore),
			func(ctx context.Context, c drey.Conn) (int64, error) { return in.Exec(ctx, c) },
			func(b *notebook) (int64, error) {
				return b.insert(s, slices.Collect(func(yield func(note) bool) {
					for _, n := range b.sorted() {
						if s.has(n) && holds(n) && !yield(note{Owner: n.Owner, Title: n.Title + suffix, N: ptr(n.ID)}) {
							return
						}
					}
				}), map[bool]string{true: "ignore", false: ""}[ignore])
			}}
	}
	rows := make([]note, 1+r.IntN(4))
	for i := range rows {
		rows[i] = note{Title: title(), N: ptr(int64(r.IntN(9))), Owner: s.owner}
		if s.owner == 0 {
			rows[i].Owner = 1 + int64(r.IntN(2))
		} else if k := r.IntN(12); k < 6 {
			rows[i].Owner = int64(k / 5 * (3 - int(s.owner))) // mostly nobody's, once the other's
		}
	}
	columns := []drey.AnyTarget[inNotes]{notes.Title, notes.N}
	if s.owner == 0 || r.IntN(2) == 0 {
		columns = append(columns, notes.Owner)
	}
	in, conflict := src.Insert(columns...), ""
	switch r.IntN(4) {
	case 0:
		conflict, in = "ignore", in.OrIgnore(notes.KeyTitle)
	case 1:
		if conflict, in = "update", in.OrUpdate(notes.KeyTitle); s.owner == 0 { // all that are inserted
			in = src.Insert(columns...).OrUpdate(notes.KeyTitle, notes.N)
		}
	case 2:
		conflict, in = "sum", in.OrUpdate(notes.KeyTitle).Set(drey.SetTo(notes.N, drey.Nullable(drey.Plus(drey.Coalesce(notes.N, 0), drey.Coalesce(drey.Excluded(notes.N), 0)))))
	}
	returning := r.IntN(2) == 0
	return noteWrite{fmt.Sprintf("insert %+v %q %v", s, conflict, rows),
		func(ctx context.Context, c drey.Conn) (int64, error) {
			if returning {
				got, err := in.Returning(ctx, c, rows...)
				return int64(len(got)), err
			}
			return in.Exec(ctx, c, rows...)
		},
		func(b *notebook) (int64, error) { return b.insert(s, rows, conflict) }}
}

func (b *notebook) insert(s noteScope, rows []note, conflict string) (int64, error) {
	next, affected := notebook{maps.Clone(b.rows), b.now}, int64(0)
	for _, n := range rows {
		if s.owner != 0 {
			if n.Owner != 0 && n.Owner != s.owner {
				return 0, drey.ErrTenant
			}
			n.Owner = s.owner
		}
		old, there := next.byTitle(n.Title)
		switch {
		case !there:
			n.ID = 1
			for id := range next.rows {
				n.ID = max(n.ID, id+1)
			}
			next.rows[n.ID] = n
		case conflict == "":
			return 0, errUnique
		case conflict == "ignore":
			continue
		case s.owner != 0 && old.Owner != s.owner:
			return 0, drey.ErrTenant
		case !s.deleted && old.Gone != nil:
			return 0, drey.ErrDeleted
		default:
			if conflict == "sum" {
				sum := *n.N
				if old.N != nil {
					sum += *old.N
				}
				n.N = &sum
			}
			old.N = n.N
			next.stamp(&old, false)
			next.rows[old.ID] = old
		}
		affected++
	}
	b.rows = next.rows
	return affected, nil
}

// Random writes with upkeep and tenants do what they do to a map.
func TestModelUpkeepAndTenants(t *testing.T) {
	c := fixture.OpenMemory(t, []sqlite.Migration{{Version: 1, Name: "00001_notes.sql", Up: []string{notesSchema}}}, sqlite.Options{})
	checkNotes(t, c, false, 6000)
}

// checkNotes makes n random writes. An engine that is remote has no transactions.
func checkNotes(t *testing.T, c *drey.Client, remote bool, n uint64) {
	ctx := context.Background()
	everyone := noteScope{0, true}.source()
	b := &notebook{rows: map[int64]note{}}
	failures := map[error]int{}
	for seed := range n {
		r := rand.New(rand.NewPCG(seed, 7))
		w := randomNoteWrite(r)
		b.now++
		if _, err := c.ExecContext(ctx, "UPDATE clock SET now = ?", b.now); err != nil {
			t.Fatal(err)
		}
		var got int64
		var err error
		switch way := r.IntN(4); {
		case way == 0 && !remote:
			err = c.Tx(ctx, func(tx *drey.Tx) error { got, err = w.exec(ctx, tx); return err })
		case way <= 1:
			var batch drey.Batch
			n := drey.InBatch(&batch, func(tx *drey.Tx) (int64, error) { return w.exec(ctx, tx) })
			if err = batch.Run(ctx, c); err == nil {
				got, err = n()
			}
		case way == 2 && !remote:
			got, err = w.exec(ctx, drey.OnDBTX(c.DB()))
		default:
			got, err = w.exec(ctx, c)
		}
		want, wrong := w.model(b)
		same := errors.Is(err, wrong) || wrong == errUnique && drey.FailureOf(err) == drey.UniqueViolation
		if wrong != nil && err != nil && (errors.Is(err, drey.ErrTenant) || errors.Is(err, drey.ErrDeleted)) {
			same = true // whichever row is met first
		}
		if !same || err == nil && got != want {
			t.Fatalf("%d: %s: %d, %v, want %d, %v", seed, w.text, got, err, want, wrong)
		}
		failures[wrong]++
		rows, err := everyone.OrderBy(notes.ID.Asc()).All(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(b.sorted(), rows, cmp.Transformer("empty", func(l []note) []note { return append([]note{}, l...) })); diff != "" {
			t.Fatalf("%d: %s: -want +got:\n%s", seed, w.text, diff)
		}
		for _, s := range []noteScope{{1, false}, {2, false}, {1, true}, {0, false}} {
			n, err := s.source().Count(ctx, c)
			want := int64(0)
			for _, row := range b.rows {
				if s.has(row) {
					want++
				}
			}
			if err != nil || n != want {
				t.Fatalf("%d: %+v has %d rows, %v, want %d", seed, s, n, err, want)
			}
		}
		if len(b.rows) > 25 {
			b.rows = map[int64]note{}
			if _, err := everyone.Delete().EveryRow().Exec(ctx, c); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, err := range []error{nil, errUnique, drey.ErrTenant, drey.ErrDeleted, drey.ErrStale} {
		if failures[err] < int(n/600) {
			t.Errorf("%v only %d times", err, failures[err])
		}
	}
}
