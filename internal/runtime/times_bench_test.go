package drey_test

import (
	"context"
	"testing"
	"time"
)

// BenchmarkBindTime is what it costs to bind a time, beside an integer.
func BenchmarkBindTime(b *testing.B) {
	c, ctx := openFixture(b, 0), context.Background()
	for name, arg := range map[string]any{
		"time":    time.Date(2026, 5, 4, 14, 0, 0, 123456789, time.FixedZone("", 7200)),
		"integer": int64(1_795_979_612),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var n int64
				if err := static(c).QueryRowContext(ctx, "SELECT 1 WHERE ? IS NOT NULL", arg).Scan(&n); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
