package odd

import (
	"context"
	"errors"

	"github.com/dreysql/drey/internal/proof/conformance/odd/odddb"
	drey "github.com/dreysql/drey/internal/runtime"
)

// names are calls on tables whose names and columns are words of SQL, with triggers, views,
// collations, generated columns and keys of two columns.
var names = []Case{
	{"rows of select", func(ctx context.Context, c *odddb.Client) (any, error) {
		t := &odddb.Selects
		if _, err := t.Delete().EveryRow().Exec(ctx, c); err != nil {
			return nil, err
		}
		rows, err := t.Insert(t.Order, t.Group, t.AB, t.Real, t.Parent).Returning(ctx, c,
			odddb.Select{Order: 1, Group: "Ab", AB: new(1.5), Real: new(2.25)}, odddb.Select{Order: 2, Group: "x'00'", Parent: new(int64(1))}, odddb.Select{Order: 3, Group: `in "quotes"`, Parent: new(int64(1))})
		for i := range rows {
			rows[i].When, rows[i].SeenAt = odddb.TextTime{}, 0 // of the clock
		}
		return rows, err
	}},
	{"a key without case", func(ctx context.Context, c *odddb.Client) (any, error) {
		t := &odddb.Selects
		_, err := t.Insert(t.Order, t.Group).Exec(ctx, c, odddb.Select{Order: 9, Group: "aB"})
		n := only(t.Where(t.Group.Eq("AB")).Count(ctx, c))
		in := only(t.Where(t.Group.In("AB", "none")).Count(ctx, c))
		of := only(drey.Pluck(ctx, c, t.Where(t.Group.Gt("ab")).OrderBy(t.Group.Asc()), t.Group))
		upsert := only(t.Insert(t.Order, t.Group, t.Real).OrUpdate(t.KeyGroup, t.Real).Exec(ctx, c, odddb.Select{Order: 11, Group: "AB", Real: new(7.0)}))
		return []any{kind(err), n, in, of, upsert}, nil
	}},
	{"a trigger's RAISE", func(ctx context.Context, c *odddb.Client) (any, error) {
		_, err := odddb.Selects.Update(odddb.Selects.Group.Set("stop")).EveryRow().Exec(ctx, c)
		return kind(err), nil
	}},
	{"a CHECK of an odd column", func(ctx context.Context, c *odddb.Client) (any, error) {
		_, err := odddb.Selects.Update(odddb.Selects.AB.Set(13)).EveryRow().Exec(ctx, c)
		return kind(err), nil
	}},
	{"generated columns", func(ctx context.Context, c *odddb.Client) (any, error) {
		t := &odddb.Selects
		rows, err := t.Where(t.Twice.Gte(4)).OrderBy(t.Length.Desc(), t.Order.Asc()).All(ctx, c)
		if err != nil {
			return nil, err
		}
		list := []any{}
		for _, r := range rows {
			list = append(list, r.Order, r.Length, r.Twice)
		}
		return list, nil
	}},
	{"a view", func(ctx context.Context, c *odddb.Client) (any, error) {
		v := &odddb.Views
		rows, err := v.Where(v.Limit.HasSuffix("!")).OrderBy(v.By.Asc()).All(ctx, c)
		if err != nil {
			return nil, err
		}
		list := []any{}
		for _, r := range rows {
			list = append(list, r.By, r.Limit, r.Offset, r.From)
		}
		return list, nil
	}},
	{"what the trigger has logged", func(ctx context.Context, c *odddb.Client) (any, error) {
		a, err := c.Folded(ctx)
		for i := range a {
			a[i].Last = 0 // of AUTOINCREMENT, which counts what has failed as well
		}
		b, e := odddb.Folded.Where(odddb.Folded.What.Contains(`"`)).All(ctx, c)
		return []any{a, len(b)}, errors.Join(err, e)
	}},
	{"relations", func(ctx context.Context, c *odddb.Client) (any, error) {
		_, e1 := c.CreateStrictAny(ctx, odddb.CreateStrictAnyParams{K1: "k", K2: 1, V: "v"})
		_, e2 := c.CreateValue(ctx, odddb.CreateValueParams{Of: 1, K1: new("k"), K2: new(int64(1)), Label: new("x'00'")})
		_, e3 := c.CreateValue(ctx, odddb.CreateValueParams{Of: 2, Label: new("")})
		_, bad := c.CreateValue(ctx, odddb.CreateValueParams{Of: 2, Label: new("none of these")})
		_, lost := c.CreateValue(ctx, odddb.CreateValueParams{Of: 2, K1: new("lost"), K2: new(int64(1))})
		rows, e4 := odddb.Selects.OrderBy(odddb.Selects.Order.Asc()).All(ctx, c)
		children, e5 := drey.LoadMany(ctx, c, rows, odddb.SelectToSelectsByParent, odddb.Selects.OrderBy(odddb.Selects.Order.Desc()))
		byKey, e6 := drey.LoadMany(ctx, c, rows, odddb.SelectToValuesByOf, odddb.Values.OrderBy(odddb.Values.ID.Asc()))
		of := map[int64][]int64{}
		for k, list := range children {
			for _, r := range list {
				of[k] = append(of[k], r.Order)
			}
		}
		with := only(odddb.Selects.Where(drey.Exists(odddb.Values.Where(odddb.Values.Label.Eq("x'00'")), odddb.SelectToValuesByOf)).Count(ctx, c))
		values, e7 := odddb.Values.OrderBy(odddb.Values.ID.Asc()).All(ctx, c)
		one, e8 := drey.LoadOne(ctx, c, values, odddb.ValueToK1K2, odddb.StrictAnies.Where())
		found := []any{}
		for k, v := range one {
			found = append(found, k, v)
		}
		_, restricted := odddb.Selects.Delete().Where(odddb.Selects.Order.Eq(2)).Exec(ctx, c)
		return []any{kind(bad), kind(lost), of, byKey, with, found, kind(restricted)}, errors.Join(e1, e2, e3, e4, e5, e6, e7, e8)
	}},
	{"pages of select", func(ctx context.Context, c *odddb.Client) (any, error) {
		t := &odddb.Selects
		var list []int64
		for cursor := ""; ; {
			page, err := t.OrderBy(t.Parent.Desc(), t.Group.Asc()).Page(ctx, c, cursor, 1)
			if err != nil {
				return nil, err
			}
			for _, r := range page.Rows {
				list = append(list, r.Order)
			}
			if cursor = page.Next; cursor == "" {
				return list, nil
			}
		}
	}},
	{"the end of the names", func(ctx context.Context, c *odddb.Client) (any, error) {
		_, e1 := odddb.Values.Delete().EveryRow().Exec(ctx, c)
		n, e2 := odddb.Selects.Delete().EveryRow().Exec(ctx, c)
		left, e3 := c.CountLogs(ctx)
		_, e4 := odddb.StrictAnies.Delete().EveryRow().Exec(ctx, c)
		return []any{n, left}, errors.Join(e1, e2, e3, e4)
	}},
}
