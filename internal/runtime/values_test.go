package drey_test

import (
	"context"
	"slices"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
)

// TestTextTime stores times in a column that declares them and in one that does
// not, beside what time.Time and SQLite store.
func TestTextTime(t *testing.T) {
	c, ctx := openFixture(t, 0), context.Background()
	if _, err := c.ExecContext(ctx, "CREATE TABLE times (at DATETIME, text TEXT)"); err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 5, 4, 14, 0, 0, 0, time.FixedZone("", 7200))
	want := []time.Time{noon, noon.Add(time.Nanosecond), noon.Add(time.Second / 2), noon.Add(time.Second)}
	for _, at := range slices.Backward(want) {
		if _, err := c.ExecContext(ctx, "INSERT INTO times VALUES (?, ?)", at, drey.TextTime{at}); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := c.QueryContext(ctx, "SELECT at, text, CAST(at AS TEXT) = text FROM times WHERE text >= ? ORDER BY text", drey.TextTime{noon})
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for _, w := range want {
		var at, text drey.TextTime
		var same bool
		if !rows.Next() {
			t.Fatal("rows are missing")
		}
		if err := rows.Scan(&at, &text, &same); err != nil || !same || !at.Equal(w) || !text.Equal(w) || text.Location() != time.UTC {
			t.Errorf("%v and %v, %v, %v, want %v", at, text, same, err, w)
		}
	}
	var at drey.TextTime
	for _, bad := range []any{nil, int64(5), "noon", "2026-13-01", []byte("2026-01-01")} {
		if err := at.Scan(bad); err == nil {
			t.Errorf("%v is a time", bad)
		}
	}
	for _, year := range []int{-1, 10_000} {
		if v, err := (drey.TextTime{time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)}).Value(); err == nil {
			t.Errorf("the year %d is %v, which does not sort", year, v)
		}
	}
	if err := at.Scan("2026-05-04T12:00Z"); err != nil || !at.Equal(noon) {
		t.Error(at, err)
	}
}

// TestJSONNumber: a column that is declared JSON makes a number of the text of
// one, and that is read back and found.
func TestJSONNumber(t *testing.T) {
	c, ctx := openFixture(t, 0), context.Background()
	if _, err := c.ExecContext(ctx, "CREATE TABLE documents (doc JSON)"); err != nil {
		t.Fatal(err)
	}
	for _, doc := range [][2]string{{"5", "5"}, {"-0.25", "-0.25"}, {"1e3", "1000"}, {"1e300", "1e+300"}, {"9007199254740993", "9007199254740993"}, {`"5"`, `"5"`}, {"[5]", "[5]"}} {
		var read drey.JSON
		if _, err := c.ExecContext(ctx, "DELETE FROM documents"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.ExecContext(ctx, "INSERT INTO documents VALUES (?)", drey.JSON(doc[0])); err != nil {
			t.Fatal(err)
		}
		if err := c.QueryRowContext(ctx, "SELECT doc FROM documents WHERE doc = ?", drey.JSON(doc[0])).Scan(&read); err != nil || string(read) != doc[1] {
			t.Errorf("%s is read as %s, %v", doc[0], read, err)
		}
	}
}
