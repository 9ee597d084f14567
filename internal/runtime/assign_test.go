package drey_test

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"math"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
)

func TestAddStaysInRange(t *testing.T) {
	c, ctx := openFixture(t, 0), t.Context()
	if _, err := c.ExecContext(ctx, "CREATE TABLE sums (id INTEGER PRIMARY KEY, n NUMERIC, f REAL)"); err != nil {
		t.Fatal(err)
	}
	type in struct{}
	type cents int64
	var rel *drey.Relation
	add := map[string]func(v any) drey.Assignment[in]{
		"int64": func(v any) drey.Assignment[in] { return drey.NewNumberColumn[in, int64](rel, 1).Add(v.(int64)) },
		"cents": func(v any) drey.Assignment[in] { return drey.NewNumberColumn[in, cents](rel, 1).Add(cents(v.(int64))) },
		"int8": func(v any) drey.Assignment[in] {
			return drey.NewNullNumberColumn[in, int8](rel, 1).Add(int8(v.(int64)))
		},
		"uint8": func(v any) drey.Assignment[in] { return drey.NewNumberColumn[in, uint8](rel, 1).Add(uint8(v.(int64))) },
		"uint32": func(v any) drey.Assignment[in] {
			return drey.NewNumberColumn[in, uint32](rel, 1).Add(uint32(v.(int64)))
		},
		"float64": func(v any) drey.Assignment[in] { return drey.NewNumberColumn[in, float64](rel, 2).Add(v.(float64)) },
		"float32": func(v any) drey.Assignment[in] {
			return drey.NewNumberColumn[in, float32](rel, 2).Add(float32(v.(float64)))
		},
	}
	for _, test := range []struct {
		of       string
		is, plus any
		sum      any // nil is an error
	}{
		{"int64", int64(math.MaxInt64), int64(0), int64(math.MaxInt64)},
		{"int64", int64(math.MaxInt64), int64(1), nil},
		{"int64", int64(math.MaxInt64 - 5), int64(5), int64(math.MaxInt64)},
		{"int64", int64(math.MinInt64), int64(-1), nil},
		{"int64", int64(math.MinInt64 + 1), int64(-1), int64(math.MinInt64)},
		{"int64", int64(math.MinInt64), int64(math.MaxInt64), int64(-1)},
		{"int64", int64(0), int64(math.MinInt64), int64(math.MinInt64)},
		{"cents", int64(math.MaxInt64), int64(1), nil},
		{"int8", int64(100), int64(27), int64(127)},
		{"int8", int64(100), int64(28), nil},
		{"int8", int64(-100), int64(-29), nil},
		{"uint8", int64(200), int64(55), int64(255)},
		{"uint8", int64(200), int64(56), nil},
		{"uint32", int64(math.MaxUint32), int64(1), nil},
		{"float64", math.MaxFloat64, math.MaxFloat64, nil},
		{"float64", math.MaxFloat64, -math.MaxFloat64, 0.0},
		{"float64", 1.0, math.Inf(1), nil},
		{"float64", math.Inf(1), math.Inf(-1), nil},
		{"float64", 0.5, 0.25, 0.75},
		{"float32", math.MaxFloat32, math.MaxFloat32, nil},
		{"float32", 0.5, 0.25, 0.75},
		{"float64", nil, 0.25, sql.Null[float64]{}},
		{"int64", nil, int64(1), sql.Null[int64]{}},
	} {
		column := "n"
		if strings.HasPrefix(test.of, "float") {
			column = "f"
		}
		if _, err := c.ExecContext(ctx, "DELETE FROM sums; INSERT INTO sums (id, "+column+") VALUES (1, ?)", test.is); err != nil {
			t.Fatal(err)
		}
		rel = drey.Number(&drey.Relation{Name: "sums", Columns: []string{"id", "n", `"f"`}})
		writes := drey.NewTableWrites[in](rel, func(r *[3]any, to []any) []any { return append(to, &r[0], &r[1], &r[2]) })
		u := writes.Update(add[test.of](test.plus)).EveryRow()
		var b drey.Batch
		b.Do(func(tx *drey.Tx) error { return second(u.Exec(ctx, tx)) })
		errs := []error{second(u.Exec(ctx, c))}
		if test.sum == nil {
			errs = append(errs, second(u.Exec(ctx, c)), second(u.Returning(ctx, c)), b.Run(ctx, c))
		}
		for _, err := range errs {
			if errors.Is(err, drey.ErrOutOfRange) != (test.sum == nil) || err != nil && !strings.Contains(err.Error(), column) {
				t.Errorf("%s: %v + %v: %v", test.of, test.is, test.plus, err)
			}
		}
		want := test.sum
		if want == nil {
			want = test.is
		}
		var got any
		if err := c.QueryRowContext(ctx, "SELECT "+column+" FROM sums").Scan(&got); err != nil {
			t.Fatal(err)
		}
		if v, ok := want.(driver.Valuer); ok {
			want, _ = v.Value()
		}
		if got != want {
			t.Errorf("%s: %v + %v is %v, want %v", test.of, test.is, test.plus, got, want)
		}
	}
}
