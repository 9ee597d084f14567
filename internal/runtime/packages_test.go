package drey_test

import (
	"context"
	"fmt"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

// label is a row of both packages here.
type label struct {
	ID    int64
	Title string
	Owner int64
}

// generated is a package, as drey generates it for one table.
type generated[S any] struct {
	drey.Query[S, label]
	drey.TableWrites[S, label]
	ID      *drey.NumberColumn[S, int64]
	Title   *drey.TextColumn[S]
	Owner   *drey.NumberColumn[S, int64]
	ToOwner *drey.ToOne[S, label, int64, S]
	Owned   *drey.ToMany[S, label, int64, S]
	// Titled is a query source.
	Titled func(title string) *drey.Query[S, label]
}

func generate[S any](table string) *generated[S] {
	fields := func(r *label, to []any) []any { return append(to, &r.ID, &r.Title, &r.Owner) }
	relation := drey.Relation{
		Name: `"` + table + `"`, Columns: []string{`"id"`, `"title"`, `"owner"`}, Unique: [][]uint16{{0}}, Key: []uint16{0},
	}
	r := drey.Number(&relation)
	titled := drey.Number(&drey.Relation{
		Name: `"Titled"`, Columns: relation.Columns, With: "SELECT id, title, owner FROM " + table + " WHERE title LIKE ?",
	})
	return &generated[S]{
		Query: *drey.NewQuery[S](r, fields), TableWrites: drey.NewTableWrites[S](r, fields),
		ID: drey.NewNumberColumn[S, int64](r, 0), Title: drey.NewTextColumn[S](r, 1), Owner: drey.NewNumberColumn[S, int64](r, 2),
		ToOwner: drey.NewToOne[S, S](&drey.Route{From: r, Key: []uint16{2}, To: r, Columns: []uint16{0}},
			func(r *label, to []any) (int64, []any, bool) { return r.Owner, append(to, r.Owner), true }),
		Owned: drey.NewToMany[S, S](&drey.Route{From: r, Key: []uint16{0}, To: r, Columns: []uint16{2}},
			func(r *label, to []any) (int64, []any, bool) { return r.ID, append(to, r.ID), true }),
		Titled: func(title string) *drey.Query[S, label] { return drey.NewQuery[S](titled, fields, title) },
	}
}

type (
	inOne   struct{}
	inOther struct{}
)

// asks is everything that runs a statement of its own, as text.
func asks[S any](p *generated[S]) map[string]func(context.Context, drey.Conn) (any, error) {
	all := p.OrderBy(p.ID.Asc())
	return map[string]func(context.Context, drey.Conn) (any, error){
		"All":   func(ctx context.Context, c drey.Conn) (any, error) { return all.All(ctx, c) },
		"Where": func(ctx context.Context, c drey.Conn) (any, error) { return p.Where(p.ID.Eq(2)).One(ctx, c) },
		"Count": func(ctx context.Context, c drey.Conn) (any, error) {
			return p.Where(p.ID.Gt(1)).Count(ctx, c)
		},
		"In": func(ctx context.Context, c drey.Conn) (any, error) {
			return all.Where(drey.InQuery(p.ID, p.Where(p.ID.Gt(1)), p.Owner)).All(ctx, c)
		},
		"Exists": func(ctx context.Context, c drey.Conn) (any, error) {
			return all.Where(drey.Exists(p.Where(p.ID.Gt(2)), drey.On(p.Owner, p.ID))).All(ctx, c)
		},
		"Max": func(ctx context.Context, c drey.Conn) (any, error) {
			return drey.Aggregate(ctx, c, p.Where(), drey.Max(p.Title))
		},
		"Titled": func(ctx context.Context, c drey.Conn) (any, error) { return p.Titled("%2").All(ctx, c) },
		"LoadOne": func(ctx context.Context, c drey.Conn) (any, error) {
			return drey.LoadOne(ctx, c, []label{{Owner: 1}}, p.ToOwner, p.Where())
		},
		"LoadMany": func(ctx context.Context, c drey.Conn) (any, error) {
			return drey.LoadMany(ctx, c, []label{{ID: 1}}, p.Owned, all.Limit(2))
		},
		"Page": func(ctx context.Context, c drey.Conn) (any, error) {
			page, err := all.Page(ctx, c, "", 2)
			if err != nil {
				return nil, err
			}
			next, err := all.Page(ctx, c, page.Next, 2)
			return append(page.Rows, next.Rows...), err
		},
		"Iter": func(ctx context.Context, c drey.Conn) (any, error) {
			var found []label
			for l, err := range all.Iter(ctx, c) {
				if err != nil {
					return nil, err
				}
				found = append(found, l)
			}
			return found, nil
		},
	}
}

// changes is everything that writes, and leaves the table as it was.
func changes[S any](p *generated[S]) map[string]func(context.Context, drey.Conn) (any, error) {
	row := label{ID: 9, Title: "nine", Owner: 1}
	return map[string]func(context.Context, drey.Conn) (any, error){
		"Insert": func(ctx context.Context, c drey.Conn) (any, error) {
			if _, err := p.Insert().Exec(ctx, c, row); err != nil {
				return nil, err
			}
			return p.Delete().Where(p.ID.Eq(9)).Exec(ctx, c)
		},
		"Returning": func(ctx context.Context, c drey.Conn) (any, error) {
			if _, err := p.Insert().Returning(ctx, c, row); err != nil {
				return nil, err
			}
			return p.Delete().Where(p.ID.Eq(9)).Returning(ctx, c)
		},
		"Update": func(ctx context.Context, c drey.Conn) (any, error) {
			return p.Update(p.Owner.Set(1)).Where(p.ID.Eq(2), p.Owner.Eq(1)).Returning(ctx, c)
		},
	}
}

// openPackages opens a client whose two tables have the same columns and other rows.
func openPackages(t *testing.T) *drey.Client {
	c := openFixture(t, 0)
	for table, n := range map[string]int{"one": 3, "other": 5} {
		if _, err := c.ExecContext(t.Context(), "CREATE TABLE "+table+" (id INTEGER PRIMARY KEY, title TEXT NOT NULL, owner INTEGER NOT NULL)"); err != nil {
			t.Fatal(err)
		}
		for id := range n {
			if _, err := c.ExecContext(t.Context(), "INSERT INTO "+table+" VALUES (?, ?, 1)", id+1, fmt.Sprint(table, " ", id+1)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return c
}

// Two packages on one client do not run each other's statements, whatever they ask,
// and however: a statement is known by what is unique in the process.
func TestTwoPackagesOnOneClient(t *testing.T) {
	one, other := generate[inOne]("one"), generate[inOther]("other")
	ctx := t.Context()
	want := map[string]any{} // of each on a client of its own
	for name, ask := range asks(one) {
		alone := openPackages(t)
		got, err := ask(ctx, alone)
		if err != nil {
			t.Fatal(name, err)
		}
		want["one "+name] = got
	}
	for name, ask := range asks(other) {
		alone := openPackages(t)
		got, err := ask(ctx, alone)
		if err != nil {
			t.Fatal(name, err)
		}
		want["other "+name] = got
		if cmp.Equal(got, want["one "+name]) {
			t.Errorf("%s: both packages have %v", name, got)
		}
	}
	c := openPackages(t)
	ones, others := asks(one), asks(other)
	check := func(how, name string, got any, err error) {
		t.Helper()
		if diff := cmp.Diff(want[name], got); err != nil || diff != "" {
			t.Errorf("%s, %s: %v (-want +got):\n%s", how, name, err, diff)
		}
	}
	both := func(how string, c drey.Conn) {
		t.Helper()
		for range 2 { // rendered, then from the cache
			for name := range ones {
				got, err := ones[name](ctx, c)
				check(how, "one "+name, got, err)
				got, err = others[name](ctx, c)
				check(how, "other "+name, got, err)
			}
			for name, change := range changes(one) {
				a, err := change(ctx, c)
				if err != nil {
					t.Errorf("%s, one %s: %v", how, name, err)
				}
				b, err := changes(other)[name](ctx, c)
				if err != nil || name == "Update" && cmp.Equal(a, b) {
					t.Errorf("%s, other %s: %v, %v", how, name, b, err)
				}
				got, err := ones["All"](ctx, c)
				check(how+", after "+name, "one All", got, err)
				got, err = others["All"](ctx, c)
				check(how+", after "+name, "other All", got, err)
			}
		}
	}
	both("a client", c)
	if err := c.Tx(ctx, func(tx *drey.Tx) error { both("a transaction", tx); return nil }); err != nil {
		t.Fatal(err)
	}
	tx, err := c.DB().BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	both("what somebody else has begun", drey.OnDBTX(tx))
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	// In one batch, where a step follows another's.
	var b drey.Batch
	results := map[string]func() (any, error){}
	for name := range ones {
		if name == "Page" { // its second page depends on the first
			continue
		}
		results["one "+name] = drey.InBatch(&b, func(tx *drey.Tx) (any, error) { return ones[name](ctx, tx) })
		results["other "+name] = drey.InBatch(&b, func(tx *drey.Tx) (any, error) { return others[name](ctx, tx) })
	}
	if err := b.Run(ctx, c); err != nil {
		t.Fatal(err)
	}
	for name, result := range results {
		got, err := result()
		check("a batch", name, got, err)
	}
}

// No shape of one package is that of another.
func TestShapesOfTwoPackages(t *testing.T) {
	one, other := generate[inOne]("one"), generate[inOther]("other")
	seen := map[string]string{}
	remember := func(name string, key []byte, ok bool) {
		t.Helper()
		if !ok {
			t.Fatalf("%s has no shape", name)
		}
		if known := seen[string(key)]; known != "" {
			t.Errorf("%s and %s have one shape", known, name)
		}
		seen[string(key)] = name
	}
	for m := drey.ModeRows; m <= drey.ModeMatched; m++ {
		key, ok := drey.ShapeOf(one.Where(one.ID.Eq(1)), m, 1)
		remember(fmt.Sprint("one ", m), key, ok)
		key, ok = drey.ShapeOf(other.Where(other.ID.Eq(1)), m, 1)
		remember(fmt.Sprint("other ", m), key, ok)
	}
	// Nested queries are told apart, too.
	key, ok := drey.ShapeOf(one.Where(drey.InQuery(one.ID, one.Where(), one.Owner)), drey.ModeRows)
	remember("one in one", key, ok)
	key, ok = drey.ShapeOf(one.Where(drey.InQuery(one.ID, other.Where(), other.Owner)), drey.ModeRows)
	remember("other in one", key, ok)
	key, ok = drey.ShapeOf(one.Where(drey.Exists(one.Where(), drey.On(one.ID, one.ID))), drey.ModeRows)
	remember("one beside one", key, ok)
	key, ok = drey.ShapeOf(one.Where(drey.Exists(other.Where(), drey.On(other.ID, one.ID))), drey.ModeRows)
	remember("other beside one", key, ok)
	routes := []*drey.Route{one.Owned.Route(), other.Owned.Route()}
	for i, p := range routes {
		key, _, ok := drey.RelatedShape(one.Where(), p, []any{1})
		remember(fmt.Sprint("one by route ", i), key, ok)
		key, _, ok = drey.RelatedShape(other.Where(), p, []any{1})
		remember(fmt.Sprint("other by route ", i), key, ok)
	}
}

// A cursor leads on in another process, in which relations were made in another
// order: it has names.
func TestCursorsOutliveTheProcess(t *testing.T) {
	c, ctx := openPackages(t), t.Context()
	queries := func(p *generated[inOther], inner *generated[inOne]) map[string]*drey.Query[inOther, label] {
		return map[string]*drey.Query[inOther, label]{
			"a table":   p.Where(p.ID.Gt(0)),
			"InQuery":   p.Where(drey.InQuery(p.Owner, inner.Where(inner.ID.Lt(3)), inner.ID)),
			"Exists":    p.Where(drey.Exists(inner.Where(), drey.On(inner.ID, p.Owner))),
			"of itself": p.Where(drey.Exists(p.Where(p.ID.Gt(1)), drey.On(p.Owner, p.Owner))),
			"nested":    p.Where(drey.Not(drey.NotInQuery(p.Owner, inner.Where(drey.Exists(p.Where(), drey.On(p.ID, inner.ID))), inner.ID))),
			"a source":  drey.Keyed(p.Titled("other%"), p.ID),
			"in a source": drey.Keyed(p.Titled("other%").Where(
				drey.InQuery(p.Owner, inner.Titled("one%"), inner.ID)), p.ID),
		}
	}
	before := queries(generate[inOther]("other"), generate[inOne]("one"))
	// Another process: more relations, and in another order.
	generate[inLinks]("links")
	inner := generate[inOne]("one")
	after := queries(generate[inOther]("other"), inner)
	for name, q := range before {
		p, err := q.Page(ctx, c, "", 2)
		if err != nil {
			t.Fatal(name, err)
		}
		again, err := after[name].Page(ctx, c, "", 2)
		if err != nil {
			t.Fatal(name, err)
		}
		if p.Next == "" || p.Next != again.Next {
			t.Errorf("%s: the cursors are %q and %q", name, p.Next, again.Next)
		}
		next, err := after[name].Page(ctx, c, p.Next, 2)
		if err != nil || len(next.Rows) != 2 || next.Rows[0].ID != 3 {
			t.Errorf("%s: the page after it: %+v, %v", name, next, err)
		}
		a, okA := drey.ShapeOf(q, drey.ModeRows)
		b, okB := drey.ShapeOf(after[name], drey.ModeRows)
		if !okA || !okB || string(a) == string(b) {
			t.Errorf("%s: the relations are not told apart within the process", name)
		}
	}
	// Names tell queries apart: what is nested is of another table.
	p, err := before["InQuery"].Page(ctx, c, "", 2)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := queries(generate[inOther]("other"), generate[inOne]("other"))["InQuery"]
	if _, err := elsewhere.Page(ctx, c, p.Next, 2); err == nil {
		t.Error("a cursor leads on in a query of another table")
	}
}
