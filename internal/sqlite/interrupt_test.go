package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

// A context that ends stops the search for a later row, and the connection goes on.
func TestInterruptible(t *testing.T) {
	db, err := OpenFile("file:" + filepath.Join(t.TempDir(), "x.db") + "?mode=rwc")(Interruptible)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i = 1 OR i < 0"
	for range 3 {
		ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
		start := time.Now()
		rows, err := db.QueryContext(ctx, endless)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for rows.Next() {
			n++
		}
		if err := rows.Err(); n != 1 || !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 10*time.Second {
			t.Fatalf("%d rows, %v after %v", n, err, time.Since(start))
		}
		stop()
		var one int
		if err := db.QueryRowContext(t.Context(), "SELECT 1").Scan(&one); err != nil || one != 1 {
			t.Fatal(one, err)
		}
	}
}
