package drey_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
)

// An expression binds its values as often as it is in the statement, and that is equally
// often on all engines.
func TestReadableOnAllEngines(t *testing.T) {
	type cents int64
	for _, typ := range []reflect.Type{
		reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[int32](), reflect.TypeFor[int64](), reflect.TypeFor[cents](),
		reflect.TypeFor[uint8](), reflect.TypeFor[uint32](), reflect.TypeFor[bool](), reflect.TypeFor[float32](), reflect.TypeFor[float64](),
		reflect.TypeFor[string](), reflect.TypeFor[[]byte](), reflect.TypeFor[time.Time](), reflect.TypeFor[drey.TextTime](),
		reflect.TypeFor[drey.UnixTime](), reflect.TypeFor[drey.UnixMilli](),
	} {
		for _, dated := range []bool{false, true} {
			native, exact := drey.Readable(typ, dated)
			if n, m := strings.Count(native, "{}"), strings.Count(exact, "{}"); n != m {
				t.Errorf("%v: %d times in %s, %d times in %s", typ, n, native, m, exact)
			}
		}
	}
}

// A write by an expression costs as many allocations as one by a value, but for what the
// caller makes of it. Those of the driver are the same for hand-written code.
func TestWritesAllocate(t *testing.T) {
	c, ctx := openFixture(t, 10), context.Background() // for one that may end the driver allocates more
	row := link{ID: 3, UserID: 3, Slug: "slug", Clicks: 2}
	insert := links.Insert(links.ID, links.UserID, links.Slug, links.Clicks, links.Created)
	by := insert.OrUpdate(drey.NewKey[inLinks](0)).Set(drey.SetTo(links.Clicks, drey.Plus(links.Clicks, drey.Excluded(links.Clicks))))
	for _, test := range []struct {
		name string
		most float64
		run  func() error
	}{
		{"upsert by an expression", 19, func() error { return second(by.Exec(ctx, c, row)) }},
		{"update", 13, func() error { return second(links.Update(links.Clicks.Add(1)).Where(links.ID.Eq(3)).Exec(ctx, c)) }},
		{"delete", 9, func() error { return second(links.Delete().Where(links.ID.Eq(999)).Exec(ctx, c)) }},
	} {
		if got := testing.AllocsPerRun(100, func() {
			if err := test.run(); err != nil {
				t.Fatal(err)
			}
		}); got > test.most {
			t.Errorf("%s: %v allocations, want at most %v", test.name, got, test.most)
		}
	}
}
