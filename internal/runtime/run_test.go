package drey_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
)

func TestOne(t *testing.T) {
	c, ctx := openFixture(t, 5), context.Background()
	if l, err := links.Where(links.Slug.Eq("slug-0001")).One(ctx, c); err != nil || l.ID != 2 || *l.Title != "Title 1" {
		t.Errorf("got %+v, %v", l, err)
	}
	if _, err := links.Where(links.ID.Eq(9)).One(ctx, c); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("none: got %v", err)
	}
	if _, err := links.Where(links.ID.Lt(3)).One(ctx, c); !errors.Is(err, drey.ErrManyRows) {
		t.Errorf("two: got %v", err)
	}
	if _, err := links.Limit(1).One(ctx, c); err != nil {
		t.Errorf("one of many, as asked: got %v", err)
	}
}

func TestFirst(t *testing.T) {
	c, ctx := openFixture(t, 5), context.Background()
	if l, err := links.OrderBy(links.ID.Desc()).First(ctx, c); err != nil || l.ID != 5 {
		t.Errorf("got %+v, %v", l, err)
	}
	if _, err := links.Limit(0).First(ctx, c); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("none: got %v", err)
	}
}

func TestIter(t *testing.T) {
	c, ctx := openFixture(t, 5), context.Background()
	var ids []int64
	for l, err := range links.OrderBy(links.ID.Asc()).Iter(ctx, c) {
		if err != nil {
			t.Fatal(err)
		}
		if ids = append(ids, l.ID); len(ids) == 3 {
			break
		}
	}
	if len(ids) != 3 || ids[2] != 3 {
		t.Errorf("got %v", ids)
	}
	if n := c.ReadDB().Stats().InUse; n != 0 {
		t.Errorf("%d connections in use after the loop, want 0", n)
	}
	for _, err := range links.Where(links.ID.NotIn()).Iter(ctx, c) {
		if !errors.Is(err, drey.ErrEmptyNotIn) {
			t.Errorf("got %v", err)
		}
	}
}

func TestCountAndExists(t *testing.T) {
	c, ctx := openFixture(t, 12), context.Background()
	for _, test := range []struct {
		query  *drey.Query[inLinks, link]
		count  int64
		exists bool
	}{
		{&links.Query, 12, true},
		{links.Where(links.ID.Gt(10)), 2, true},
		{links.Where(links.ID.Gt(99)), 0, false},
		{links.Limit(5), 5, true},
		{links.Offset(10), 2, true},
		{links.OrderBy(links.ID.Asc()).Limit(5).Offset(10), 2, true},
		{links.Limit(0), 0, false},
	} {
		if n, err := test.query.Count(ctx, c); err != nil || n != test.count {
			t.Errorf("Count: got %d, %v, want %d", n, err, test.count)
		}
		if ok, err := test.query.Exists(ctx, c); err != nil || ok != test.exists {
			t.Errorf("Exists: got %v, %v, want %v", ok, err, test.exists)
		}
	}
}

// No rows are an empty list, which is [] in JSON.
func TestAllOfNothing(t *testing.T) {
	c := openFixture(t, 1)
	if rows, err := links.Where(links.ID.In()).All(context.Background(), c); err != nil || rows == nil || len(rows) != 0 {
		t.Errorf("got %#v, %v", rows, err)
	}
}

func TestCancelled(t *testing.T) {
	c := openFixture(t, 1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := links.All(ctx, c); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := links.All(context.Background(), c); err != nil {
		t.Errorf("the next call: %v", err)
	}
}
