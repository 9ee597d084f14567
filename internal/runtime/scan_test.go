package drey_test

import (
	"database/sql"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
)

func TestScanTime(t *testing.T) {
	want := time.Date(2026, 1, 31, 12, 0, 0, 5e8, time.UTC)
	for _, src := range []any{
		"2026-01-31 12:00:00.5", "2026-01-31T12:00:00.5Z", "2026-01-31 13:00:00.5+01:00",
		want.In(time.FixedZone("", 3600)),
	} {
		var bare time.Time
		var pointer *time.Time
		var null sql.NullTime
		for _, to := range []sql.Scanner{drey.ScanTime(&bare), drey.ScanTime(&pointer), drey.ScanTime(&null)} {
			if err := to.Scan(src); err != nil {
				t.Fatal(err)
			}
		}
		if bare != want || *pointer != want || !null.Valid || null.Time != want {
			t.Errorf("%v is scanned as %v, %v and %v", src, bare, *pointer, null)
		}
	}
	pointer, null := &want, sql.NullTime{Valid: true}
	if err := drey.ScanTime(&pointer).Scan(nil); err != nil || pointer != nil {
		t.Errorf("NULL into a pointer: %v, %v", pointer, err)
	}
	if err := drey.ScanTime(&null).Scan(nil); err != nil || null.Valid {
		t.Errorf("NULL into a NullTime: %v, %v", null, err)
	}
	for _, src := range []any{nil, int64(1), 2.5, []byte("x"), "yesterday"} {
		if err := drey.ScanTime(new(time.Time)).Scan(src); err == nil {
			t.Errorf("%v is scanned into a time", src)
		}
	}
}
