package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// TestPeers: every peer does the same work. It reads the rows that the first
// one, by hand, reads, and leaves the same rows.
func TestPeers(t *testing.T) {
	ctx := context.Background()
	const links = 50
	path := filepath.Join(t.TempDir(), "links.db")
	c, err := open(ctx, path, links)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	// a row with a value in every column, and rows that the list leaves out
	for _, text := range []string{
		`UPDATE links SET title = 'a', metadata = '{"a": 1}', max_clicks = 9, click_count = 3, expires_at = 1900000000 WHERE id = 40`,
		`UPDATE links SET is_active = FALSE WHERE id IN (35, 36)`,
		`UPDATE links SET url = 'https://example.org/' WHERE id IN (37, 38)`,
	} {
		if _, err := c.DB().ExecContext(ctx, text); err != nil {
			t.Fatal(err)
		}
	}
	all, err := peers(ctx, c, path)
	if err != nil {
		t.Fatal(err)
	}
	defer closePeers(all)
	filters := []filter{filterOf(0, 30), filterOf(1, 30), filterOf(0, 5), {since: drey.Unix(start.AddDate(1, 0, 0)), limit: 30}}
	lists := func(t *testing.T, p peer) (found [][]db.Link) {
		for _, f := range filters {
			r, err := p.list(f)
			if err != nil {
				t.Fatalf("list: %v", err)
			}
			found = append(found, flat(r))
		}
		return found
	}
	wantLists := lists(t, all[0])
	if len(wantLists[0]) != 30 || reflect.DeepEqual(wantLists[0], wantLists[1]) || len(wantLists[3]) != 0 {
		t.Fatalf("the filters do not filter: %v", wantLists)
	}
	wantRow, err := all[0].get(slug(39))
	if err != nil {
		t.Fatal(err)
	}
	if wantRow.ExpiresAt == nil || wantRow.Metadata == nil {
		t.Fatalf("columns without values: %+v", wantRow)
	}
	// after is what a peer leaves in the database.
	after := func() []db.Link {
		r, err := scanLinks(c.DB().QueryContext(ctx, "SELECT "+linkColumns+" FROM links ORDER BY id"))
		if err != nil {
			t.Fatal(err)
		}
		return flat(r)
	}
	var wantInserted db.Link
	var wantAfter []db.Link
	for i, p := range all {
		t.Run(p.name, func(t *testing.T) {
			if got, err := p.get(slug(39)); err != nil || !reflect.DeepEqual(got, wantRow) {
				t.Errorf("get: %+v, %v, want %+v", got, err, wantRow)
			}
			if _, err := p.get("none"); err == nil {
				t.Error("get finds what there is not")
			}
			if got := lists(t, p); !reflect.DeepEqual(got, wantLists) {
				t.Errorf("list: %v, want %v", got, wantLists)
			}
			if p.build != nil {
				for n, f := range filters {
					text, args, err := p.build(f)
					if err != nil {
						t.Fatalf("build: %v", err)
					}
					if r, err := scanLinks(c.DB().QueryContext(ctx, text, args...)); err != nil || !reflect.DeepEqual(flat(r), wantLists[n]) {
						t.Errorf("%s %v: %v, %v, want %v", text, args, r, err, wantLists[n])
					}
				}
			}
			got, err := p.insert(newLink(0))
			if err != nil {
				t.Fatalf("insert: %v", err)
			}
			many := p.insertAll
			if many == nil {
				many = all[0].insertAll
			}
			b := newBatch(newLinks(400)[1:])
			for range 2 { // with the same batch: a peer may not depend on what it wrote into it
				if err := many(b); err != nil {
					t.Fatalf("insert many: %v", err)
				}
				if _, err := c.DB().ExecContext(ctx, "DELETE FROM links WHERE slug <> 'new-0' AND slug LIKE 'new-%'"); err != nil {
					t.Fatal(err)
				}
			}
			if err := many(b); err != nil {
				t.Fatalf("insert many: %v", err)
			}
			if err := many(b); err == nil {
				t.Error("the same keys are inserted twice")
			}
			if n, err := p.update(7, fmt.Sprint("page ", 7)); n != 1 || err != nil {
				t.Errorf("update: %d, %v", n, err)
			}
			if n, err := p.update(100_000, "none"); n != 0 || err != nil {
				t.Errorf("update of no row: %d, %v", n, err)
			}
			upsert, copy := p.upsert, p.copy
			if upsert == nil || copy == nil {
				upsert, copy = all[0].upsert, all[0].copy
			}
			known := newLink(0)
			known.Slug, known.ClickCount = slug(3), 5
			if err := errors.Join(upsert(known), upsert(known)); err != nil {
				t.Errorf("upsert: %v", err)
			}
			if n, err := copy(3, 12); n != 10 || err != nil {
				t.Errorf("copy: %d, %v", n, err)
			}
			left := after()
			if i == 0 {
				wantInserted, wantAfter = got, left
			}
			if !reflect.DeepEqual(got, wantInserted) {
				t.Errorf("inserted %+v, want %+v", got, wantInserted)
			}
			if len(left) != links+410 || !reflect.DeepEqual(left, wantAfter) {
				t.Errorf("%d rows are left, want %d, or others", len(left), len(wantAfter))
			}
			if err := removeNew(ctx, c, links); err != nil {
				t.Fatal(err)
			}
			if _, err := c.DB().ExecContext(ctx, "UPDATE links SET title = iif(id = 7, NULL, title), click_count = iif(id = 4, click_count - 10, click_count) WHERE id IN (4, 7)"); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func flat(r rows) []db.Link {
	all := []db.Link{}
	for i := range r.len() {
		all = append(all, r.at(i))
	}
	return all
}
