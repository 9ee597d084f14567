package drey_test

import (
	"database/sql"
	"errors"
	"slices"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// A cursor with times in another form leads to its row, also if it has NULL beside them, and to
// none once that row is gone.
func TestPageAfterForeignTime(t *testing.T) {
	c, ctx := openMoments(t, sqlite.Options{}), t.Context()
	relation := *linksRelation
	relation.Name, relation.Columns, relation.Key, relation.Times, relation.Nullable = `"moments"`, []string{`"id"`, `"at"`, `"stamp"`}, []uint16{0}, []uint16{1, 2}, []uint16{2}
	table := drey.Number(&relation)
	at, stamp := drey.NewTextColumn[inLinks](table, 1), drey.NewNullTextColumn[inLinks](table, 2)
	type row struct {
		id    int64
		at    string
		stamp sql.NullString
	}
	if _, err := c.ExecContext(ctx, `INSERT INTO moments (id, at, stamp) VALUES
		(1, '2026-01-01 10:00', NULL), (2, '2026-01-02 10:00', NULL), (3, '2026-01-03 10:00', '2026-01-01 10:00'), (4, '2026-01-04 10:00', '2026-01-01 10:00')`); err != nil {
		t.Fatal(err)
	}
	q := drey.NewQuery[inLinks](table, func(r *row, to []any) []any { return append(to, &r.id, &r.at, &r.stamp) })
	for _, ordered := range []*drey.Query[inLinks, row]{q.OrderBy(stamp.Asc(), at.Asc()), q.OrderBy(stamp.Desc(), at.Desc())} {
		var got []int64
		first, cursor := "", ""
		for {
			page, err := ordered.Page(ctx, c, cursor, 1)
			if err != nil {
				t.Fatal(got, err)
			}
			got = append(got, page.Rows[0].id)
			if cursor = page.Next; cursor == "" {
				break
			}
			if page.Rows[0].id == 1 {
				first = cursor
			}
		}
		want := []int64{1, 2, 3, 4}
		if first == "" {
			slices.Reverse(want)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %d, want %d", got, want)
		}
		if first == "" {
			continue
		}
		undo := errors.New("undo")
		err := c.Tx(ctx, func(tx *drey.Tx) error {
			if _, err := tx.ExecContext(ctx, "DELETE FROM moments WHERE id = 1"); err != nil {
				return err
			}
			if _, err := ordered.Page(ctx, tx, first, 1); !errors.Is(err, drey.ErrCursor) {
				t.Error(err)
			}
			return undo
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
	}
}
