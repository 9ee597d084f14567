// Package values writes values at their extremes through both halves of a
// generated package, and compares what comes back, what predicates find, how it
// is sorted and how pages go with the same in Go.
package values

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	drey "example.com/runtime"
	"example.com/values/db"
	"example.com/values/ids"
)

var (
	times = []time.Time{
		time.Unix(0, 0), time.Unix(-1, 0), time.Unix(1<<31, 999_999_999), time.Unix(1_700_000_000, 500_000_000), time.Unix(1_700_000_000, 550_000_000),
		time.Unix(1_700_000_000, 1), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
		time.Date(2026, 3, 29, 2, 30, 0, 0, time.FixedZone("", 2*3600)), time.Date(2026, 3, 29, 2, 30, 0, 0, time.FixedZone("", -11*3600)), time.Date(999, 1, 2, 3, 4, 5, 6, time.UTC),
	}
	integers = []int64{0, 1, -1, math.MaxInt64, math.MinInt64, 1 << 53, 1<<53 + 1, -(1<<53 + 1), 10, 9}
	floats   = []float64{0, 1, -1.5, 0.1, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), 1 << 53, 10, 9}
	texts    = []string{"", "a", "B", "b", " a", "a\x00b", "a\x00", "\xff\xfe", "\U0001f43f", "é", "e\u0301", "10", "9", strings.Repeat("long ", 1000), "'\"`\\", "\ufeff"}
	uuids    = []uuid.UUID{{}, uuid.MustParse("ffffffff-ffff-ffff-ffff-ffffffffffff"), uuid.MustParse("00000000-0000-0000-0000-000000000001"), uuid.MustParse("0a000000-0000-0000-0000-000000000000"), uuid.MustParse("f47ac10b-58cc-4372-a567-0e02b2c3d479")}
	prices   = []string{"0", "10", "9", "-1", "0.1", "0.10", "123456789012345678901234567890.123456789", "1e3", "-0.000000000000000000001"}
	blobs    = [][]byte{nil, {}, {0}, {0, 1, 0xff}, bytes.Repeat([]byte{7}, 5000)}
	docs     = []string{"null", "{}", `{"a":[1,2.50,"\u00e9"]}`, " [ 1 ] ", `"x"`}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func maybe[T any](r *rand.Rand, v T) *T {
	if r.IntN(3) == 0 {
		return nil
	}
	return &v
}

// val is a row of values at their extremes.
func val(r *rand.Rand, id int64) db.Val {
	v := db.Val{
		ID: id, Secs: drey.Unix(pick(r, times)), Millis: drey.Milli(pick(r, times)),
		Stamp: db.TextTime{Time: pick(r, times).UTC()}, Moment: pick(r, times).UTC(), Flag: r.IntN(2) == 0,
		Uid: pick(r, uuids), Bin: ids.Binary(pick(r, uuids)),
		Price: decimal.RequireFromString(pick(r, prices)), Cents: ids.Cents(pick(r, integers)),
		Data: pick(r, blobs), N: pick(r, integers), F: pick(r, floats), S: pick(r, texts),
		MaybeS: maybe(r, pick(r, texts)), MaybeN: maybe(r, pick(r, integers)), MaybeF: maybe(r, pick(r, floats)),
		MaybeUid:  uuid.NullUUID{UUID: pick(r, uuids), Valid: r.IntN(2) == 0},
		MaybeSecs: maybe(r, drey.Unix(pick(r, times))),
	}
	if !v.MaybeUid.Valid {
		v.MaybeUid.UUID = uuid.UUID{}
	}
	if r.IntN(3) > 0 {
		v.Doc = db.JSON(pick(r, docs))
	}
	return v
}

// differ names the columns in which two rows are not the same, with their
// values. A decimal is the same with as many digits.
func differ(a, b db.Val) (columns []string) {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range x.NumField() {
		v, w := x.Field(i).Interface(), y.Field(i).Interface()
		same := reflect.DeepEqual(v, w)
		switch v := v.(type) {
		case decimal.Decimal:
			same = v.String() == w.(decimal.Decimal).String()
		case time.Time:
			same = v.Equal(w.(time.Time))
		}
		if !same {
			columns = append(columns, fmt.Sprintf("%s: %.40q, want %.40q", x.Type().Field(i).Name, fmt.Sprintf("%#v", v), fmt.Sprintf("%#v", w)))
		}
	}
	return columns
}

// open fills a database: a third of the rows by a bulk insert, a third by
// sqlc's query, a third by an update.
func open(t *testing.T) (*db.Client, []db.Val) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "values.db")
	if _, err := db.Migrate(ctx, path); err != nil {
		t.Fatal(err)
	}
	c, err := db.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([]db.Val, 150)
	for i := range rows {
		rows[i] = val(r, int64(i+1))
	}
	if _, err := db.Vals.Insert().Exec(ctx, c, rows[:50]...); err != nil {
		t.Fatal(err)
	}
	for _, v := range rows[50:100] {
		created, err := c.UpsertVal(ctx, db.UpsertValParams(v))
		if err != nil {
			t.Fatal(err)
		}
		if d := differ(created, v); d != nil {
			t.Errorf("sqlc's RETURNING: %v", d)
		}
	}
	for _, v := range rows[100:] {
		if _, err := db.Vals.Insert().Returning(ctx, c, val(r, v.ID)); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Vals.Update(assignments(v)...).Where(db.Vals.ID.Eq(v.ID)).Exec(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
	return c, rows
}

type assignment = drey.Assignment[db.ValsSource]

func assignments(v db.Val) []assignment {
	h := db.Vals
	list := []assignment{
		h.Secs.Set(v.Secs), h.Millis.Set(v.Millis), h.Stamp.Set(v.Stamp), h.Moment.Set(v.Moment), h.Flag.Set(v.Flag),
		h.Uid.Set(v.Uid), h.Bin.Set(v.Bin), h.Price.Set(v.Price), h.Cents.Set(v.Cents), h.N.Set(v.N), h.F.Set(v.F), h.S.Set(v.S),
		setOrNull(v.MaybeSecs, h.MaybeSecs.Set, h.MaybeSecs.SetNull), setOrNull(v.MaybeS, h.MaybeS.Set, h.MaybeS.SetNull),
		setOrNull(v.MaybeN, h.MaybeN.Set, h.MaybeN.SetNull), setOrNull(v.MaybeF, h.MaybeF.Set, h.MaybeF.SetNull),
		h.Doc.SetNull(), h.Data.SetNull(), h.MaybeUid.SetNull(),
	}
	if v.Doc != nil {
		list[16] = h.Doc.Set(v.Doc)
	}
	if v.Data != nil {
		list[17] = h.Data.Set(v.Data)
	}
	if v.MaybeUid.Valid {
		list[18] = h.MaybeUid.Set(v.MaybeUid.UUID)
	}
	return list
}

func setOrNull[T any](v *T, set func(T) assignment, null func() assignment) assignment {
	if v == nil {
		return null()
	}
	return set(*v)
}

func TestRows(t *testing.T) {
	c, rows := open(t)
	ctx := context.Background()
	for _, v := range rows {
		static, err := c.GetVal(ctx, v.ID)
		if d := differ(static, v); err != nil || d != nil {
			t.Errorf("sqlc's query: %v, %v", d, err)
		}
		typed, err := db.Vals.Where(db.Vals.ID.Eq(v.ID)).One(ctx, c)
		if d := differ(typed, v); err != nil || d != nil {
			t.Errorf("the typed query: %v, %v", d, err)
		}
	}
	i := 0
	for v, err := range db.Vals.OrderBy(db.Vals.ID.Asc()).Iter(ctx, c) { // through database/sql
		if d := differ(v, rows[i]); err != nil || d != nil {
			t.Fatalf("the iteration: %v, %v", d, err)
		}
		i++
	}
	// sqlc's parameters
	for _, v := range rows[:30] {
		want := where(rows, func(o db.Val) bool { return o.Uid == v.Uid })
		got, err := c.ValsWithUID(ctx, v.Uid)
		if err != nil || !slices.Equal(idsOf(got), idsOf(want)) {
			t.Errorf("uid = %v: %v, %v, want %v", v.Uid, idsOf(got), err, idsOf(want))
		}
		typed, err := db.ValsWithUID.With(v.Uid).Where(db.ValsWithUID.Price.Eq(v.Price)).OrderBy(db.ValsWithUID.ID.Asc()).All(ctx, c)
		want = where(want, func(o db.Val) bool { return o.Price.String() == v.Price.String() })
		if err != nil || !slices.Equal(idsOf(typed), idsOf(want)) {
			t.Errorf("uid = %v AND price = %v: %v, %v, want %v", v.Uid, v.Price, idsOf(typed), err, idsOf(want))
		}
		other := rows[len(rows)-1]
		want = where(rows, func(o db.Val) bool {
			return !o.Stamp.Before(v.Stamp.Time) && !o.Stamp.After(other.Stamp.Time)
		})
		got, err = c.ValsBetween(ctx, db.ValsBetweenParams{First: v.Stamp, Last: other.Stamp})
		if err != nil || !slices.Equal(idsOf(got), idsOf(want)) {
			t.Errorf("%v to %v: %v, %v, want %v", v.Stamp, other.Stamp, idsOf(got), err, idsOf(want))
		}
		want = where(rows, func(o db.Val) bool { return o.Bin == v.Bin || o.Bin == other.Bin })
		got, err = c.ValsOf(ctx, []ids.Binary{v.Bin, other.Bin})
		if err != nil || !slices.Equal(idsOf(got), idsOf(want)) {
			t.Errorf("bin IN: %v, %v, want %v", idsOf(got), err, idsOf(want))
		}
	}
}

// A decimal that is kept as text has no order, in a table and in a query: SQLite
// takes "10" for less than "9".
func TestDecimalsHaveNoOrder(t *testing.T) {
	for _, handle := range []any{*db.Vals.Price, *db.ValsWithUID.Price} {
		if _, ok := reflect.TypeOf(handle).FieldByName("Gt"); ok {
			t.Errorf("%T has Gt", handle)
		}
	}
}

// Large values come back, too; a cursor does not carry them.
func TestLarge(t *testing.T) {
	c, rows := open(t)
	ctx := context.Background()
	large := rows[0]
	large.S, large.Data = strings.Repeat("\U0001f43f\x00", 1<<20), bytes.Repeat([]byte{0, 1}, 1<<20)
	if _, err := db.Vals.Insert().OrUpdate(db.Vals.PrimaryKey).Exec(ctx, c, large); err != nil {
		t.Fatal(err)
	}
	typed, err := db.Vals.Where(db.Vals.S.Eq(large.S), db.Vals.Data.Eq(large.Data)).One(ctx, c)
	if d := differ(typed, large); err != nil || d != nil {
		t.Errorf("the typed query: %v, %v", d, err)
	}
	static, err := c.GetVal(ctx, large.ID)
	if d := differ(static, large); err != nil || d != nil {
		t.Errorf("sqlc's query: %v, %v", d, err)
	}
	twin := large
	twin.ID = 1000
	if _, err := db.Vals.Insert().Exec(ctx, c, twin); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Vals.Where(db.Vals.S.Eq(large.S)).OrderBy(db.Vals.S.Desc()).Page(ctx, c, "", 1); err == nil || !strings.Contains(err.Error(), "a cursor has at most") {
		t.Errorf("a page after it: %v", err)
	}
}

func where(rows []db.Val, f func(db.Val) bool) (found []db.Val) {
	for _, v := range rows {
		if f(v) {
			found = append(found, v)
		}
	}
	return found
}

func idsOf(rows []db.Val) (found []int64) {
	for _, v := range rows {
		found = append(found, v.ID)
	}
	return found
}

type (
	predicate = drey.Predicate[db.ValsSource]
	ordering  = drey.Ordering[db.ValsSource]
)

// column is a column in Go: its operators, the value in a row (nil for NULL),
// and how values compare.
type column[T any] struct {
	eq, notEq        func(T) predicate
	in, notIn        func(...T) predicate
	gt, gte, lt, lte func(T) predicate
	between          func(T, T) predicate
	null, notNull    func() predicate
	asc, desc        func() ordering
	of               func(db.Val) *T
	compare          func(a, b T) int
}

// finds compares what a predicate finds with f, which is not asked about NULL.
func (k column[T]) finds(t *testing.T, c *db.Client, rows []db.Val, what string, p predicate, f func(T) bool) {
	t.Helper()
	want := where(rows, func(v db.Val) bool { x := k.of(v); return x != nil && f(*x) })
	got, err := db.Vals.Where(p).OrderBy(db.Vals.ID.Asc()).All(context.Background(), c)
	if err != nil || !slices.Equal(idsOf(got), idsOf(want)) {
		t.Errorf("%s: %v, %v, want %v", what, idsOf(got), err, idsOf(want))
	}
}

func (k column[T]) test(t *testing.T, c *db.Client, rows []db.Val) {
	ctx := context.Background()
	for i := range 20 {
		x, y := k.of(rows[i*7]), k.of(rows[i*7+3])
		if x == nil || y == nil {
			continue
		}
		k.finds(t, c, rows, "=", k.eq(*x), func(v T) bool { return k.compare(v, *x) == 0 })
		k.finds(t, c, rows, "<>", k.notEq(*x), func(v T) bool { return k.compare(v, *x) != 0 })
		k.finds(t, c, rows, "IN", k.in(*x, *y), func(v T) bool { return k.compare(v, *x) == 0 || k.compare(v, *y) == 0 })
		k.finds(t, c, rows, "NOT IN", k.notIn(*x, *y), func(v T) bool { return k.compare(v, *x) != 0 && k.compare(v, *y) != 0 })
		if k.gt == nil {
			continue
		}
		k.finds(t, c, rows, ">", k.gt(*x), func(v T) bool { return k.compare(v, *x) > 0 })
		k.finds(t, c, rows, ">=", k.gte(*x), func(v T) bool { return k.compare(v, *x) >= 0 })
		k.finds(t, c, rows, "<", k.lt(*x), func(v T) bool { return k.compare(v, *x) < 0 })
		k.finds(t, c, rows, "<=", k.lte(*x), func(v T) bool { return k.compare(v, *x) <= 0 })
		k.finds(t, c, rows, "BETWEEN", k.between(*x, *y), func(v T) bool { return k.compare(v, *x) >= 0 && k.compare(v, *y) <= 0 })
	}
	if k.null != nil {
		k.finds(t, c, rows, "IS NOT NULL", k.notNull(), func(T) bool { return true })
		if n, err := db.Vals.Where(k.null()).Count(ctx, c); err != nil || int(n) != len(where(rows, func(v db.Val) bool { return k.of(v) == nil })) {
			t.Errorf("IS NULL: %d, %v", n, err)
		}
	}
	if k.asc == nil {
		return
	}
	for name, order := range map[string]struct {
		by   ordering
		sign int
	}{"ascending": {k.asc(), 1}, "descending": {k.desc(), -1}} {
		want := slices.Clone(rows)
		slices.SortStableFunc(want, func(a, b db.Val) int {
			x, y := k.of(a), k.of(b)
			switch {
			case x == nil && y == nil:
				return 0
			case x == nil: // NULL is less than all
				return -order.sign
			case y == nil:
				return order.sign
			}
			return order.sign * k.compare(*x, *y)
		})
		q := db.Vals.OrderBy(order.by, db.Vals.ID.Asc())
		got, err := q.All(ctx, c)
		if err != nil || !slices.Equal(idsOf(got), idsOf(want)) {
			t.Errorf("%s: %v, %v, want %v", name, idsOf(got), err, idsOf(want))
		}
		got = nil
		for cursor := ""; ; {
			page, err := q.Page(ctx, c, cursor, 7)
			if err != nil {
				t.Fatalf("%s: page: %v", name, err)
			}
			got = append(got, page.Rows...)
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		if !slices.Equal(idsOf(got), idsOf(want)) {
			t.Errorf("%s, pages: %v, want %v", name, idsOf(got), idsOf(want))
		}
	}
}

func TestColumns(t *testing.T) {
	c, rows := open(t)
	h := db.Vals
	orderedBytes := func(a, b []byte) int { return bytes.Compare(a, b) }
	for name, test := range map[string]func(*testing.T, *db.Client, []db.Val){
		"seconds": column[db.UnixTime]{
			h.Secs.Eq, h.Secs.NotEq, h.Secs.In, h.Secs.NotIn, h.Secs.Gt, h.Secs.Gte, h.Secs.Lt, h.Secs.Lte, h.Secs.Between, nil, nil, h.Secs.Asc, h.Secs.Desc,
			func(v db.Val) *db.UnixTime { return &v.Secs }, func(a, b db.UnixTime) int { return a.Compare(b.Time) },
		}.test,
		"seconds or NULL": column[db.UnixTime]{
			h.MaybeSecs.Eq, h.MaybeSecs.NotEq, h.MaybeSecs.In, h.MaybeSecs.NotIn, h.MaybeSecs.Gt, h.MaybeSecs.Gte, h.MaybeSecs.Lt, h.MaybeSecs.Lte, h.MaybeSecs.Between,
			h.MaybeSecs.IsNull, h.MaybeSecs.IsNotNull, h.MaybeSecs.Asc, h.MaybeSecs.Desc,
			func(v db.Val) *db.UnixTime { return v.MaybeSecs }, func(a, b db.UnixTime) int { return a.Compare(b.Time) },
		}.test,
		"milliseconds": column[db.UnixMilli]{
			h.Millis.Eq, h.Millis.NotEq, h.Millis.In, h.Millis.NotIn, h.Millis.Gt, h.Millis.Gte, h.Millis.Lt, h.Millis.Lte, h.Millis.Between, nil, nil, h.Millis.Asc, h.Millis.Desc,
			func(v db.Val) *db.UnixMilli { return &v.Millis }, func(a, b db.UnixMilli) int { return a.Compare(b.Time) },
		}.test,
		"time as text": column[db.TextTime]{
			h.Stamp.Eq, h.Stamp.NotEq, h.Stamp.In, h.Stamp.NotIn, h.Stamp.Gt, h.Stamp.Gte, h.Stamp.Lt, h.Stamp.Lte, h.Stamp.Between, nil, nil, h.Stamp.Asc, h.Stamp.Desc,
			func(v db.Val) *db.TextTime { return &v.Stamp }, func(a, b db.TextTime) int { return a.Compare(b.Time) },
		}.test,
		"time": column[time.Time]{
			h.Moment.Eq, h.Moment.NotEq, h.Moment.In, h.Moment.NotIn, h.Moment.Gt, h.Moment.Gte, h.Moment.Lt, h.Moment.Lte, h.Moment.Between, nil, nil, h.Moment.Asc, h.Moment.Desc,
			func(v db.Val) *time.Time { return &v.Moment }, time.Time.Compare,
		}.test,
		"UUID": column[uuid.UUID]{
			h.Uid.Eq, h.Uid.NotEq, h.Uid.In, h.Uid.NotIn, h.Uid.Gt, h.Uid.Gte, h.Uid.Lt, h.Uid.Lte, h.Uid.Between, nil, nil, h.Uid.Asc, h.Uid.Desc,
			func(v db.Val) *uuid.UUID { return &v.Uid }, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) },
		}.test,
		"UUID or NULL": column[uuid.UUID]{
			h.MaybeUid.Eq, h.MaybeUid.NotEq, h.MaybeUid.In, h.MaybeUid.NotIn, h.MaybeUid.Gt, h.MaybeUid.Gte, h.MaybeUid.Lt, h.MaybeUid.Lte, h.MaybeUid.Between,
			h.MaybeUid.IsNull, h.MaybeUid.IsNotNull, h.MaybeUid.Asc, h.MaybeUid.Desc,
			func(v db.Val) *uuid.UUID {
				if !v.MaybeUid.Valid {
					return nil
				}
				return &v.MaybeUid.UUID
			}, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) },
		}.test,
		"UUID as BLOB": column[ids.Binary]{
			h.Bin.Eq, h.Bin.NotEq, h.Bin.In, h.Bin.NotIn, h.Bin.Gt, h.Bin.Gte, h.Bin.Lt, h.Bin.Lte, h.Bin.Between, nil, nil, h.Bin.Asc, h.Bin.Desc,
			func(v db.Val) *ids.Binary { return &v.Bin }, func(a, b ids.Binary) int { return bytes.Compare(a[:], b[:]) },
		}.test,
		"cents": column[ids.Cents]{
			h.Cents.Eq, h.Cents.NotEq, h.Cents.In, h.Cents.NotIn, h.Cents.Gt, h.Cents.Gte, h.Cents.Lt, h.Cents.Lte, h.Cents.Between, nil, nil, h.Cents.Asc, h.Cents.Desc,
			func(v db.Val) *ids.Cents { return &v.Cents }, cmp.Compare[ids.Cents],
		}.test,
		"integer": column[int64]{
			h.N.Eq, h.N.NotEq, h.N.In, h.N.NotIn, h.N.Gt, h.N.Gte, h.N.Lt, h.N.Lte, h.N.Between, nil, nil, h.N.Asc, h.N.Desc,
			func(v db.Val) *int64 { return &v.N }, cmp.Compare[int64],
		}.test,
		"integer or NULL": column[int64]{
			h.MaybeN.Eq, h.MaybeN.NotEq, h.MaybeN.In, h.MaybeN.NotIn, h.MaybeN.Gt, h.MaybeN.Gte, h.MaybeN.Lt, h.MaybeN.Lte, h.MaybeN.Between,
			h.MaybeN.IsNull, h.MaybeN.IsNotNull, h.MaybeN.Asc, h.MaybeN.Desc,
			func(v db.Val) *int64 { return v.MaybeN }, cmp.Compare[int64],
		}.test,
		"float": column[float64]{
			h.F.Eq, h.F.NotEq, h.F.In, h.F.NotIn, h.F.Gt, h.F.Gte, h.F.Lt, h.F.Lte, h.F.Between, nil, nil, h.F.Asc, h.F.Desc,
			func(v db.Val) *float64 { return &v.F }, cmp.Compare[float64],
		}.test,
		"float or NULL": column[float64]{
			h.MaybeF.Eq, h.MaybeF.NotEq, h.MaybeF.In, h.MaybeF.NotIn, h.MaybeF.Gt, h.MaybeF.Gte, h.MaybeF.Lt, h.MaybeF.Lte, h.MaybeF.Between,
			h.MaybeF.IsNull, h.MaybeF.IsNotNull, h.MaybeF.Asc, h.MaybeF.Desc,
			func(v db.Val) *float64 { return v.MaybeF }, cmp.Compare[float64],
		}.test,
		"text": column[string]{
			h.S.Eq, h.S.NotEq, h.S.In, h.S.NotIn, h.S.Gt, h.S.Gte, h.S.Lt, h.S.Lte, h.S.Between, nil, nil, h.S.Asc, h.S.Desc,
			func(v db.Val) *string { return &v.S }, cmp.Compare[string],
		}.test,
		"text or NULL": column[string]{
			h.MaybeS.Eq, h.MaybeS.NotEq, h.MaybeS.In, h.MaybeS.NotIn, h.MaybeS.Gt, h.MaybeS.Gte, h.MaybeS.Lt, h.MaybeS.Lte, h.MaybeS.Between,
			h.MaybeS.IsNull, h.MaybeS.IsNotNull, h.MaybeS.Asc, h.MaybeS.Desc,
			func(v db.Val) *string { return v.MaybeS }, cmp.Compare[string],
		}.test,
		// What SQLite does not sort as Go does has no order.
		"bool": column[bool]{
			eq: h.Flag.Eq, notEq: h.Flag.NotEq, in: h.Flag.In, notIn: h.Flag.NotIn,
			of:      func(v db.Val) *bool { return &v.Flag },
			compare: func(a, b bool) int { return map[bool]int{a == b: 0, a && !b: 1, b && !a: -1}[true] },
		}.test,
		"decimal as text": column[decimal.Decimal]{
			eq: h.Price.Eq, notEq: h.Price.NotEq, in: h.Price.In, notIn: h.Price.NotIn,
			of:      func(v db.Val) *decimal.Decimal { return &v.Price },
			compare: func(a, b decimal.Decimal) int { return strings.Compare(a.String(), b.String()) },
		}.test,
		"JSON": column[db.JSON]{
			eq: h.Doc.Eq, notEq: h.Doc.NotEq, in: h.Doc.In, notIn: h.Doc.NotIn, null: h.Doc.IsNull, notNull: h.Doc.IsNotNull,
			of: func(v db.Val) *db.JSON {
				if v.Doc == nil {
					return nil
				}
				return &v.Doc
			},
			compare: func(a, b db.JSON) int { return bytes.Compare(a, b) },
		}.test,
		"BLOB": column[[]byte]{
			eq: h.Data.Eq, notEq: h.Data.NotEq, in: h.Data.In, notIn: h.Data.NotIn, null: h.Data.IsNull, notNull: h.Data.IsNotNull,
			of: func(v db.Val) *[]byte {
				if v.Data == nil {
					return nil
				}
				return &v.Data
			},
			compare: orderedBytes,
		}.test,
	} {
		t.Run(name, func(t *testing.T) { test(t, c, rows) })
	}
}
