package sqldriver

import (
	"errors"
	"testing"
	"time"
)

// A time's text is what Go makes of its form, is read back as the same time, and sorts
// as the times do.
func FuzzTimeText(f *testing.F) {
	f.Add(int64(1_795_979_612), int64(500_000_000), 3600, int64(1_795_979_612), int64(5))
	f.Add(int64(-62_167_219_200), int64(0), 0, int64(253_402_300_799), int64(999_999_999))
	f.Add(int64(253_402_300_800), int64(1), -60, int64(-62_167_219_201), int64(1))
	f.Fuzz(func(t *testing.T, second, nano int64, zone int, otherSecond, otherNano int64) {
		at := time.Unix(second%400_000_000_000, nano%1_000_000_000).In(time.FixedZone("", zone%86_400))
		text, err := TimeText(at)
		if year := at.UTC().Year(); year < 0 || year > 9999 {
			if !errors.Is(err, ErrYear) {
				t.Fatalf("%v: %q, %v", at, text, err)
			}
			return
		}
		if want := at.UTC().Format(timeFormat); err != nil || text != want {
			t.Fatalf("%v: %q, %v, want %q", at, text, err, want)
		}
		if read, ok := ReadTime(text); !ok || !read.Equal(at) || !InForm(text, false) {
			t.Fatalf("%q is read as %v, %v", text, read, ok)
		}
		date, err := DateText(at)
		if err != nil || date != text[:10] || !InForm(date, true) || CheckDate(date) != nil {
			t.Fatalf("the date of %q is %q, %v", text, date, err)
		}
		if at.Equal(at.Truncate(24*time.Hour)) != (CheckDate(at) == nil) {
			t.Fatalf("%q as a date: %v", text, CheckDate(at))
		}
		other := time.Unix(otherSecond%400_000_000_000, otherNano%1_000_000_000)
		otherText, err := TimeText(other)
		if err == nil && at.Before(other) != (text < otherText) {
			t.Fatalf("%q and %q do not sort as the times do", text, otherText)
		}
	})
}

func TestInForm(t *testing.T) {
	for _, test := range []struct {
		text string
		date bool
		want bool
	}{
		{"2026-01-31 10:00:00", false, true}, {"2026-01-31 10:00:00.5", false, true}, {"2026-01-31 10:00:00.50", false, false},
		{"2026-01-31T10:00:00Z", false, false}, {"2026-01-31 10:00:00+01:00", false, false}, {"2026-01-31", false, false},
		{"2026-01-31", true, true}, {"2026-01-31 00:00:00", true, false}, {"soon", false, true}, {"", true, true},
	} {
		if got := InForm(test.text, test.date); got != test.want {
			t.Errorf("%q, date %v: %v", test.text, test.date, got)
		}
	}
}
