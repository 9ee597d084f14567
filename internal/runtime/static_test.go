package drey_test

import (
	"context"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
)

// sqlc's queries run on prepared statements, each text on one, in a transaction
// too.
func TestStaticHalfIsPrepared(t *testing.T) {
	c, ctx := openFixture(t, 5), context.Background()
	before := c.StatementStats().Kept
	use := func(db drey.DBTX) {
		t.Helper()
		for id := range 3 {
			var slug string
			if err := db.QueryRowContext(ctx, "SELECT slug FROM links WHERE id = ?", id+1).Scan(&slug); err != nil {
				t.Fatal(err)
			}
			rows, err := db.QueryContext(ctx, "SELECT slug FROM links WHERE id > ?", id)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for rows.Next() {
				n++
			}
			if err := rows.Close(); err != nil || n != 5-id {
				t.Fatal(n, err)
			}
			if _, err := db.ExecContext(ctx, "UPDATE links SET clicks = clicks + 1 WHERE id = ?", id); err != nil {
				t.Fatal(err)
			}
		}
	}
	use(static(c))
	if err := c.Tx(ctx, func(tx *drey.Tx) error { use(static(tx)); return nil }); err != nil {
		t.Fatal(err)
	}
	if n := c.StatementStats().Kept - before; n != 5 { // the two that read on the readers, and in the transaction on the writer
		t.Errorf("%d statements are prepared for 3 texts", n)
	}
	for name, err := range map[string]error{
		"QueryRowContext": static(c).QueryRowContext(ctx, "SELECT lacking FROM links").Scan(new(int)),
		"ExecContext":     func() error { _, err := static(c).ExecContext(ctx, "UPDATE lacking SET x = 1"); return err }(),
	} {
		if err == nil || !strings.Contains(err.Error(), "no such") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A statement outlives a change of the schema that it was prepared for.
	if _, err := c.ExecContext(ctx, "ALTER TABLE links ADD COLUMN more TEXT DEFAULT 'more'"); err != nil {
		t.Fatal(err)
	}
	use(static(c))
}
