package sqlite_test

import (
	"context"
	"fmt"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
)

// Columns that are declared with a zone have times, too, whether the statement is
// prepared or not; what is not a time stays what it is.
func TestZonedTimes(t *testing.T) {
	c, ctx := openFixture(t, 0), context.Background()
	if _, err := c.ExecContext(ctx, `CREATE TABLE zoned (a TIMESTAMPTZ, b TIMESTAMP WITH  TIME ZONE, c "date time", d TEXT);
		INSERT INTO zoned VALUES ('2026-01-31 10:00:00', '2026-01-31T11:00:00+01:00', '2026-01-31 11:00:00 +0100 CET m=+0.5', '2026-01-31 10:00:00'), ('soon', 5, NULL, '')`); err != nil {
		t.Fatal(err)
	}
	want := []string{"[2026-01-31 10:00:00 +0000 UTC 2026-01-31 10:00:00 +0000 UTC 2026-01-31 10:00:00 +0000 UTC 2026-01-31 10:00:00]", "[soon 5 <nil> ]"}
	for name, conn := range map[string]drey.DBTX{"raw": c.DB(), "a client": c, "prepared": static(c)} {
		rows, err := conn.QueryContext(ctx, "SELECT * FROM zoned")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for _, w := range want {
			row := make([]any, 4)
			if !rows.Next() {
				t.Fatal("rows are missing")
			}
			if err := rows.Scan(&row[0], &row[1], &row[2], &row[3]); err != nil || fmt.Sprint(row) != w {
				t.Errorf("%s: %v, want %v, %v", name, row, w, err)
			}
		}
	}
}
