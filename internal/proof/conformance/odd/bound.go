package odd

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/dreysql/drey/internal/proof/conformance/odd/odddb"
	drey "github.com/dreysql/drey/internal/runtime"
)

// value is a row to bind, by what is odd in it.
type value struct {
	name string
	odddb.Select
}

// values are what a caller binds, for a column of every kind.
var values = func() (list []value) {
	noon := drey.TextTime{Time: time.Date(2026, 5, 4, 12, 0, 0, 123456000, time.UTC)}
	add := func(odd any, set func(*odddb.Select)) {
		s := odddb.Select{Order: 7, Group: "g", When: noon}
		set(&s)
		list = append(list, value{fmt.Sprintf("%T %s", odd, text(odd)), s})
	}
	for _, f := range []float64{0, math.Copysign(0, -1), 1, -1.5, 0.1, 1e17, 1 << 53, 1<<53 + 2, 9007199254740993, 1e300, math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 62, -1 << 63, math.Inf(1), math.NaN()} {
		add(f, func(s *odddb.Select) { s.AB, s.XY, s.Real, s.Float = &f, &f, &f, &f })
	}
	for _, n := range []int64{0, -1, 1<<53 - 1, 1 << 53, math.MaxInt64, math.MinInt64} {
		add(n, func(s *odddb.Select) { s.SeenAt, s.Version, s.DeletedAt = n, n, &n })
	}
	for _, t := range []string{"", "\x00", "a\x00b", "5", "5.0", "'\"`\\", "\ufeff", "\ufffd", "\xff", "\U0010ffff", "abcd"} {
		add(t, func(s *odddb.Select) { s.Group, s.Ä = t, &t })
	}
	for _, b := range [][]byte{nil, {}, {0}, {0xff, 0x80}, []byte("text")} {
		add(b, func(s *odddb.Select) { s.Blob = b })
	}
	for _, j := range []string{`{}`, `{"a":9007199254740993}`, `"\u0000"`, `null`, ` [1 , 2] `, `{bad`, ``} {
		add(odddb.JSON(j), func(s *odddb.Select) { s.Json = odddb.JSON(j) })
	}
	for _, at := range []time.Time{{}, noon.Time, noon.In(time.FixedZone("", 7200)), time.Unix(0, 1), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)} {
		t := drey.TextTime{Time: at}
		add(t, func(s *odddb.Select) { s.When, s.Date = t, &t })
	}
	for _, b := range []bool{true, false} {
		add(b, func(s *odddb.Select) { s.From, s.Maybe = b, &b })
	}
	return list
}()

// anything are values of the column v, which is of type ANY in a STRICT table.
var anything = []any{nil, int64(5), int64(1 << 53), int64(math.MaxInt64), 5.0, 5.5, math.Copysign(0, -1), true, "5", "", "a\x00", []byte{}, []byte{0}, "2026-01-02 03:04:05", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}

// bound are the values, written by every way and read again.
var bound = func() (cases []Case) {
	t := &odddb.Selects
	whole := func(ctx context.Context, c *odddb.Client, write func() error) (any, error) {
		if err := write(); err != nil {
			return kind(err), nil
		}
		found := map[string]any{}
		for _, f := range fields {
			found[f.name] = reads(ctx, c, f)
		}
		return found, nil
	}
	// A write that has failed may be applied.
	emptied := func(do func(context.Context, *odddb.Client) (any, error)) func(context.Context, *odddb.Client) (any, error) {
		return func(ctx context.Context, c *odddb.Client) (any, error) {
			if _, err := t.Delete().EveryRow().Exec(ctx, c); err != nil {
				return nil, err
			}
			return do(ctx, c)
		}
	}
	for _, v := range values {
		cases = append(cases, Case{v.name, emptied(func(ctx context.Context, c *odddb.Client) (any, error) {
			return whole(ctx, c, func() error { _, err := t.Insert().Exec(ctx, c, v.Select); return err })
		})}, Case{v.name + " in a batch, Returning", emptied(func(ctx context.Context, c *odddb.Client) (any, error) {
			return whole(ctx, c, func() error {
				var b odddb.Batch
				b.Do(func(tx *odddb.Tx) error { _, err := t.Delete().EveryRow().Exec(ctx, tx); return err })
				inserted := odddb.InBatch(&b, func(tx *odddb.Tx) ([]odddb.Select, error) { return t.Insert().Returning(ctx, tx, v.Select) })
				if err := b.Run(ctx, c); err != nil {
					return err
				}
				rows, err := inserted()
				if err == nil && len(rows) != 1 {
					err = fmt.Errorf("%d rows", len(rows))
				}
				return err
			})
		})}, Case{v.name + " updated and found", emptied(func(ctx context.Context, c *odddb.Client) (any, error) {
			if _, err := t.Insert(t.Order, t.Group).Exec(ctx, c, odddb.Select{Order: 7, Group: "g"}); err != nil {
				return nil, err
			}
			update := t.Update(t.From.Set(v.From), t.When.Set(v.When), t.SeenAt.Set(v.SeenAt), t.Group.Set(v.Group))
			predicates := []drey.Predicate[odddb.SelectsSource]{t.Order.Eq(7), t.From.Eq(v.From), t.When.Eq(v.When), t.SeenAt.Eq(v.SeenAt), t.Group.Eq(v.Group), t.Group.In(v.Group, "x"), t.SeenAt.Gte(v.SeenAt), t.When.Lte(v.When)}
			if v.Real != nil {
				predicates = append(predicates, t.Real.Eq(*v.Real), t.AB.Lte(*v.AB), t.Float.In(*v.Float), t.XY.Gte(*v.XY))
				update = t.Update(t.Real.Set(*v.Real), t.AB.Set(*v.AB), t.Float.Set(*v.Float), t.XY.Set(*v.XY), t.When.Set(v.When))
			}
			n, err := update.Where(t.Order.Eq(7)).Exec(ctx, c)
			found := only(n, err)
			counts := []any{found}
			for _, p := range predicates {
				counts = append(counts, only(t.Where(p).Count(ctx, c)))
			}
			return counts, nil
		})})
	}
	for _, v := range anything {
		cases = append(cases, Case{fmt.Sprintf("ANY %T %s", v, text(v)), func(ctx context.Context, c *odddb.Client) (any, error) {
			put, err := c.PutStrict(ctx, odddb.PutStrictParams{K1: "k", K2: 1, V: v, R: -0.5, T: new("t\x00"), B: []byte{}})
			if err != nil {
				return kind(err), nil
			}
			list := only(c.ListStrict(ctx))
			types := only(c.TypesStrict(ctx))
			found := only(odddb.StrictAnies.Where(odddb.StrictAnies.V.Eq(v)).Count(ctx, c))
			dynamic := only(odddb.StrictAnies.All(ctx, c))
			_, err = c.DeleteStrictAny(ctx, odddb.DeleteStrictAnyParams{K1: "k", K2: 1})
			return []any{put, list, types, found, dynamic, goTypes(list), goTypes(dynamic)}, err
		}})
	}
	return cases
}()

// goTypes are the Go types of the column v.
func goTypes(list any) (types []string) {
	rows, _ := list.([]odddb.StrictAny)
	for _, r := range rows {
		types = append(types, fmt.Sprintf("%T %s", r.V, text(r.V)))
	}
	return types
}
