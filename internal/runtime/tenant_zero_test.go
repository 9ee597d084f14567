package drey_test

import (
	"errors"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
)

// The zero value is not a tenant: whatever begins with it is an error, and changes
// nothing.
func TestNobodysRows(t *testing.T) {
	c, ctx := openFixture(t, 5), t.Context()
	none, some := ofUser(0), ofUser(1)
	row := link{ID: 99, Slug: "new"}
	type projection = drey.Projection[inLinks]
	slug := func(p *projection, to *string) { drey.ReadInto(p, owned.Slug, to) }
	for name, run := range map[string]func() error{
		"All":     func() error { return second(none.All(ctx, c)) },
		"Count":   func() error { return second(none.Where(owned.ID.Gt(0)).Count(ctx, c)) },
		"ToSql":   func() error { _, _, err := none.ToSql(); return err },
		"Page":    func() error { return second(none.OrderBy(owned.ID.Asc()).Page(ctx, c, "", 2)) },
		"Exists":  func() error { return second(some.Where(drey.Exists(none.Where(), toBefore)).All(ctx, c)) },
		"CountOf": func() error { return second(some.Where(drey.CountOf(none.Where(), toBefore).Eq(0)).All(ctx, c)) },
		"InQuery": func() error { return second(some.Where(drey.NotInQuery(owned.ID, none.Where(), owned.ID)).All(ctx, c)) },
		"Or": func() error {
			return second(some.Where(drey.Or(drey.Exists(none.Where(), toBefore), owned.ID.Gt(0))).All(ctx, c))
		},
		"Union":  func() error { return second(drey.Union(some.Where(), none.Where()).All(ctx, c)) },
		"Select": func() error { return second(drey.Select(none.Where(), slug).All(ctx, c)) },
		"ReadRow": func() error {
			return second(drey.Select(some.Where(), func(p *projection, to *link) { drey.ReadRow(p, &none.Query, to) }).All(ctx, c))
		},
		"GroupBy":  func() error { return second(drey.GroupBy(none.Where(), owned.Slug).Count(ctx, c)) },
		"LoadMany": func() error { return second(drey.LoadMany(ctx, c, []link{{ID: 1}}, toBefore, none.Where())) },
		"Update":   func() error { return second(none.Update(owned.Title.Set("x")).EveryRow().Exec(ctx, c)) },
		"Update the first column": func() error {
			return second(none.Update(owned.ID.Set(7)).EveryRow().Returning(ctx, c))
		},
		"Delete":       func() error { return second(none.Delete().EveryRow().Exec(ctx, c)) },
		"Delete Where": func() error { return second(none.Delete().Where(owned.ID.Gt(0)).Returning(ctx, c)) },
		"Insert":       func() error { return second(none.Insert().Exec(ctx, c, row)) },
		"Insert some":  func() error { return second(none.Insert(owned.Slug).Returning(ctx, c, row)) },
		"Insert of somebody": func() error {
			return second(none.Insert().Exec(ctx, c, link{ID: 99, UserID: 1, Slug: "new"}))
		},
		"OrUpdate": func() error {
			return second(none.Insert().OrUpdate(drey.NewKey[inLinks](0)).Exec(ctx, c, link{ID: 1, Slug: "new"}))
		},
		"OrReplace":    func() error { return second(none.Insert().OrReplace().Exec(ctx, c, link{ID: 1, Slug: "new"})) },
		"Values":       func() error { return second(none.Insert().Values(owned.Slug.Set("v")).Exec(ctx, c, row)) },
		"Insert ToSql": func() error { _, _, err := none.Insert().ToSql(row); return err },
		"InsertSelect": func() error {
			return second(drey.InsertSelect(none.Insert(), some.Where(), drey.SetFrom(owned.Slug, owned.Slug)).Exec(ctx, c))
		},
		"InsertSelect ToSql": func() error {
			_, _, err := drey.InsertSelect(none.Insert(), some.Where(), drey.SetFrom(owned.Slug, owned.Slug)).ToSql()
			return err
		},
		"InsertSelect from nobody's": func() error {
			return second(drey.InsertSelect(some.Insert(), none.Where(), drey.SetFrom(owned.Slug, owned.Slug)).Exec(ctx, c))
		},
		"in a batch": func() error {
			var b drey.Batch
			b.Do(func(tx *drey.Tx) error { return second(none.Delete().EveryRow().Exec(ctx, tx)) })
			return b.Run(ctx, c)
		},
		"a query of sqlc's": func() error {
			return second(c.ExecContext(ctx, "DELETE FROM links WHERE user_id = ?", drey.BindTenant(int64(0))))
		},
		"a text": func() error {
			return second(c.ExecContext(ctx, "DELETE FROM links WHERE user_id = ?", drey.BindTenant("")))
		},
		"a pointer": func() error {
			return second(c.ExecContext(ctx, "DELETE FROM links WHERE user_id = ?", drey.BindTenant((*int64)(nil))))
		},
		"a pointer to zero": func() error {
			return second(c.ExecContext(ctx, "DELETE FROM links WHERE user_id = ?", drey.BindTenant(new(int64))))
		},
		"bytes": func() error {
			return second(c.ExecContext(ctx, "DELETE FROM links WHERE user_id = ?", drey.BindTenant([]byte{})))
		},
		"an array": func() error {
			return second(c.ExecContext(ctx, "DELETE FROM links WHERE user_id = ?", drey.BindTenant([16]byte{})))
		},
	} {
		if err := run(); !errors.Is(err, drey.ErrTenant) && !(name == "an array" && err != nil) {
			t.Errorf("%s: %v, want %v", name, err, drey.ErrTenant)
		}
	}
	if n, err := links.Count(ctx, c); n != 5 || err != nil {
		t.Errorf("%d links, %v", n, err)
	}
	if n, err := links.Where(links.UserID.Eq(0)).Count(ctx, c); n != 0 || err != nil {
		t.Errorf("%d links of nobody, %v", n, err)
	}
}

// A call for a tenant costs the source itself, and the tenant where it is put into a
// predicate.
func TestScopedAllocates(t *testing.T) {
	id := int64(1 << 20)
	if n := testing.AllocsPerRun(100, func() { ofUser(id) }); n > 2 {
		t.Errorf("%v allocations, want at most 2", n)
	}
}
