package drey_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/Masterminds/squirrel"
	drey "github.com/dreysql/drey/internal/runtime"
)

// The total is that of the rows without their bounds, also where there are none.
func TestAllAndCount(t *testing.T) {
	c := openFixture(t, 12)
	narrowed := links.Where(links.ID.Gt(2)).OrderBy(links.ID.Desc())
	for name, test := range map[string]struct {
		q     *drey.Query[inLinks, link]
		want  []int64
		total int64
	}{
		"all":           {narrowed, []int64{12, 11, 10, 9, 8, 7, 6, 5, 4, 3}, 10},
		"a page":        {narrowed.Limit(2).Offset(3), []int64{9, 8}, 10},
		"past the end":  {narrowed.Limit(2).Offset(30), []int64{}, 10},
		"at the end":    {narrowed.Offset(10), []int64{}, 10},
		"no rows asked": {narrowed.Limit(0), []int64{}, 10},
		"none":          {narrowed.Where(links.ID.Lt(0)).Limit(2), []int64{}, 0},
		"ordered by an expression": {
			links.Where(links.ID.Lte(3)).OrderBy(drey.Minus(drey.Of(links.ID, 7), links.ID).Asc()).Limit(1), []int64{3}, 3,
		},
		"of squirrel's": {
			drey.From(&links.Query, squirrel.Select("*").From("links").Where("id > ?", 4)).Where(links.ID.Lt(9)).OrderBy(links.ID.Asc()).Offset(1).Limit(1), []int64{6}, 4,
		},
	} {
		for range 2 { // rendered, then from the cache
			rows, total, err := drey.AllAndCount(t.Context(), c, test.q)
			if err != nil || total != test.total || !slices.Equal(ids(rows), test.want) {
				t.Errorf("%s: %v of %d, %v, want %v of %d", name, ids(rows), total, err, test.want, test.total)
			}
		}
	}
	// In a batch, beside others.
	var b drey.Batch
	type found struct {
		rows  []link
		total int64
	}
	step := func(q *drey.Query[inLinks, link]) func() (found, error) {
		return drey.InBatch(&b, func(tx *drey.Tx) (f found, err error) {
			f.rows, f.total, err = drey.AllAndCount(t.Context(), tx, q)
			return f, err
		})
	}
	some, none := step(narrowed.Limit(1)), step(narrowed.Offset(20))
	if err := b.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if f, err := some(); err != nil || f.total != 10 || len(f.rows) != 1 {
		t.Error("in a batch:", f, err)
	}
	if f, err := none(); err != nil || f.total != 10 || len(f.rows) != 0 {
		t.Error("in a batch:", f, err)
	}
	slugs, total, err := drey.AllAndCount(t.Context(), c, reads(narrowed.Limit(1), links.Slug))
	if err != nil || total != 10 || !slices.Equal(slugs, []string{"slug-0011"}) {
		t.Error("of a projection:", slugs, total, err)
	}
	if _, _, err := drey.AllAndCount(t.Context(), c, links.Limit(-1)); err == nil || !strings.Contains(err.Error(), "negative") {
		t.Error("a negative limit:", err)
	}
	var nothing drey.Query[inLinks, link]
	if _, _, err := drey.AllAndCount(t.Context(), c, &nothing); err == nil {
		t.Error("a query of no source has rows")
	}
}

// Rows and total are of one state, while others write.
func TestAllAndCountIsOneState(t *testing.T) {
	c := openFixture(t, 0)
	ctx, stop := context.WithCancel(t.Context())
	wrote := make(chan error)
	go func() {
		for n := int64(1); ; n++ {
			var err error
			if n%50 == 0 {
				_, err = links.Delete().EveryRow().Exec(ctx, c)
			} else {
				_, err = links.Insert(links.ID, links.UserID, links.Slug, links.Created).Exec(ctx, c, link{ID: n, Slug: fmt.Sprint(n)})
			}
			if err != nil {
				wrote <- err
				return
			}
		}
	}()
	for range 2_000 {
		rows, total, err := drey.AllAndCount(t.Context(), c, links.OrderBy(links.ID.Asc()).Offset(25))
		if err != nil || int64(len(rows)) != max(total-25, 0) {
			t.Fatalf("%d rows of %d after the first 25: %v", len(rows), total, err)
		}
	}
	stop()
	if err := <-wrote; !errors.Is(err, context.Canceled) {
		t.Error("the writer:", err)
	}
}
