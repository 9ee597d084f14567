package sqltime_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/dreysql/drey/internal/sqlite/sqltime"
)

func open(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+strings.ReplaceAll(t.Name(), "/", "_")+"?mode=memory&_dqs=0")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	if _, err := db.ExecContext(context.Background(), `CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME, "the day" DATE)`); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestFormOf(t *testing.T) {
	for declared, want := range map[string]sqltime.Form{
		"DATETIME": sqltime.Time, "datetime": sqltime.Time, "Timestamp": sqltime.Time, "TIMESTAMPTZ": sqltime.Time,
		"TIMESTAMP WITH  TIME ZONE": sqltime.Time, "DATE": sqltime.Date,
		"": sqltime.None, "TEXT": sqltime.None, "TIME": sqltime.None, "DATETIME(3)": sqltime.None,
		"Tımestamp": sqltime.None, "TIMEſTAMP": sqltime.None, "DATE\u00a0": sqltime.None, "dAtE": sqltime.Date,
	} {
		if got := sqltime.FormOf(declared); got != want {
			t.Errorf("%q: %v, want %v", declared, got, want)
		}
	}
}

// Each form that is known to have been written comes into the one form, and what
// has it already is left alone, as is what is not a time.
func TestUpdate(t *testing.T) {
	tests := []struct {
		written    any
		time, date any // nil: it is not a time, and stays
	}{
		// The form itself, and what is less than it.
		{"2026-11-29 19:13:32", "2026-11-29 19:13:32", "2026-11-29"},
		{"2026-11-29 19:13:32.5", "2026-11-29 19:13:32.5", "2026-11-29"},
		{"2026-11-29", "2026-11-29 00:00:00", "2026-11-29"},
		{"2026-11-29 19:13", "2026-11-29 19:13:00", "2026-11-29"},
		// Earlier versions of drey.
		{"2026-11-29 19:13:32+00:00", "2026-11-29 19:13:32", "2026-11-29"},
		{"2026-11-29 19:13:32.123456789+00:00", "2026-11-29 19:13:32.123456789", "2026-11-29"},
		// RFC 3339, with fractions of 1 to 9 digits and more.
		{"2026-11-29T19:13:32Z", "2026-11-29 19:13:32", "2026-11-29"},
		{"2026-11-29T19:13:32.1Z", "2026-11-29 19:13:32.1", "2026-11-29"},
		{"2026-11-29T19:13:32.12Z", "2026-11-29 19:13:32.12", "2026-11-29"},
		{"2026-11-29T19:13:32.120Z", "2026-11-29 19:13:32.12", "2026-11-29"},
		{"2026-11-29T19:13:32.000Z", "2026-11-29 19:13:32", "2026-11-29"},
		{"2026-11-29T19:13:32.1234Z", "2026-11-29 19:13:32.1234", "2026-11-29"},
		{"2026-11-29T19:13:32.00001Z", "2026-11-29 19:13:32.00001", "2026-11-29"},
		{"2026-11-29T19:13:32.123456Z", "2026-11-29 19:13:32.123456", "2026-11-29"},
		{"2026-11-29T19:13:32.1234567Z", "2026-11-29 19:13:32.1234567", "2026-11-29"},
		{"2026-11-29T19:13:32.12345678Z", "2026-11-29 19:13:32.12345678", "2026-11-29"},
		{"2026-11-29T19:13:32.999999999Z", "2026-11-29 19:13:32.999999999", "2026-11-29"},
		{"2026-11-29T19:13:32.123456789012Z", "2026-11-29 19:13:32.123456789", "2026-11-29"},
		{"2026-11-29t19:13:32z", "2026-11-29 19:13:32", "2026-11-29"},
		{"2026-11-29T20:13:32.123456789+01:00", "2026-11-29 19:13:32.123456789", "2026-11-29"},
		{"2026-11-29T23:59:59.9-05:30", "2026-11-30 05:29:59.9", "2026-11-30"},
		{"2026-03-01T00:30:00+01:00", "2026-02-28 23:30:00", "2026-02-28"},
		{"2024-03-01T00:30:00+01:00", "2024-02-29 23:30:00", "2024-02-29"},
		{"2026-11-29T20:13:32-23:59", "2026-11-30 20:12:32", "2026-11-30"},
		{"2026-11-29 20:13:32+01", "2026-11-29 19:13:32", "2026-11-29"},
		{"2026-11-29 20:13+01:00", "2026-11-29 19:13:00", "2026-11-29"},
		// A date that went through a time of its own zone.
		{"2026-01-31T00:00:00+01:00", "2026-01-30 23:00:00", "2026-01-31"},
		{"2026-01-31 00:00:00 +0100 CET", "2026-01-30 23:00:00", "2026-01-31"},
		{"2026-01-31 00:00:00+00:00", "2026-01-31 00:00:00", "2026-01-31"},
		{"2026-01-31 00:00:00.5 +0100 CET", "2026-01-30 23:00:00.5", "2026-01-30"},
		// Go's String().
		{"2026-11-29 20:13:32.123456 +0100 CET m=+0.001", "2026-11-29 19:13:32.123456", "2026-11-29"},
		{"2026-11-29 20:13:32.123456789 +0100 CET m=+1234.000000001", "2026-11-29 19:13:32.123456789", "2026-11-29"},
		{"2026-11-29 19:13:32 +0000 UTC", "2026-11-29 19:13:32", "2026-11-29"},
		{"2026-11-29 16:13:32 -0300 -03", "2026-11-29 19:13:32", "2026-11-29"},
		{"2026-11-30 00:58:32 +0545 +0545 m=-0.5", "2026-11-29 19:13:32", "2026-11-29"},
		// Numbers.
		{int64(0), "1970-01-01 00:00:00", "1970-01-01"},
		{int64(1795979612), "2026-11-29 19:13:32", "2026-11-29"},
		{int64(1795979612123), "2026-11-29 19:13:32.123", "2026-11-29"},
		{int64(1795979612120), "2026-11-29 19:13:32.12", "2026-11-29"},
		{int64(1795979612123456), "2026-11-29 19:13:32.123456", "2026-11-29"},
		{int64(1795979612123456789), "2026-11-29 19:13:32.123456789", "2026-11-29"},
		{int64(-1), "1969-12-31 23:59:59", "1969-12-31"},
		{int64(-100000000001), "1966-10-31 14:13:19.999", "1966-10-31"},
		{int64(-9223372036854775808), "1677-09-21 00:12:43.145224192", "1677-09-21"},
		{1795979612.5, "2026-11-29 19:13:32.5", "2026-11-29"},
		{-1.25, "1969-12-31 23:59:58.75", "1969-12-31"},
		{2461374.25, "2026-11-29 18:00:00", "2026-11-29"},
		// The ends.
		{"0000-01-01T00:00:00Z", "0000-01-01 00:00:00", "0000-01-01"},
		{"9999-12-31T23:59:59.999999999Z", "9999-12-31 23:59:59.999999999", "9999-12-31"},
		{"9999-12-31T23:59:59-23:59", nil, nil},
		{"0000-01-01T00:00:00+01:00", nil, nil},
		{"2026-01-31 00:00:00 CET", nil, nil},
		// Not times.
		{"", nil, nil},
		{"yesterday", nil, nil},
		{"2026-02-30 00:00:00", nil, nil},
		{"2026-02-30", nil, nil},
		{"2026-13-01T00:00:00Z", nil, nil},
		{"2026-11-29T24:00:00Z", nil, nil},
		{"2026-11-29T19:60:00Z", nil, nil},
		{"2026-11-29T19:13:32 or so", nil, nil},
		{"2026-11-29T19:13:32.Z", nil, nil},
		{"2026-11-29x", nil, nil},
		{"20261-11-29", nil, nil},
		{"19:13:32", nil, nil},
		{"2026-11-29T19:13:32+1:00", nil, nil},
		{"2026-11-29 19:13:32 CET", nil, nil},
		{[]byte("2026-11-29 19:13:32"), nil, nil},
		{1e30, nil, nil},
		{nil, nil, nil},
	}
	db, ctx := open(t), context.Background()
	for i, test := range tests {
		if _, err := db.ExecContext(ctx, `INSERT INTO t VALUES (?, ?, ?)`, i, test.written, test.written); err != nil {
			t.Fatal(err)
		}
	}
	unknown := map[int64]bool{}
	rows, err := db.QueryContext(ctx, "SELECT id FROM t WHERE "+sqltime.Time.Unknown("at"))
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		unknown[id] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for i, test := range tests {
		if want := test.time == nil && test.written != nil; unknown[int64(i)] != want {
			t.Errorf("%v: Unknown reports %v, want %v", test.written, unknown[int64(i)], want)
		}
	}
	for range 2 { // the second time there is nothing to do
		for column, form := range map[string]sqltime.Form{`at`: sqltime.Time, `"the day"`: sqltime.Date} {
			if _, err := db.ExecContext(ctx, form.Update("t", column)); err != nil {
				t.Fatal(err)
			}
			var left int
			if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM t WHERE `+form.Other(column)).Scan(&left); err != nil || left > 0 {
				t.Errorf("%s: %d rows of another form are left, %v", column, left, err)
			}
		}
	}
	for i, test := range tests {
		for column, want := range map[string]any{"at": test.time, `"the day"`: test.date} {
			if want == nil {
				want = test.written
			}
			var got any
			if err := db.QueryRowContext(ctx, "SELECT +"+column+" FROM t WHERE id = ?", i).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprintf("%T %[1]v", got) != fmt.Sprintf("%T %[1]v", want) {
				t.Errorf("%s of %v is %q, want %q", column, test.written, got, want)
			}
		}
	}
}

// What Go writes of a time, in whatever form, is that time, to the nanosecond.
func TestUpdateKeepsTheTime(t *testing.T) {
	db, ctx := open(t), context.Background()
	random := rand.New(rand.NewPCG(1, 2))
	zones := []*time.Location{time.UTC}
	for _, name := range []string{"Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati"} {
		if zone, err := time.LoadLocation(name); err == nil {
			zones = append(zones, zone)
		}
	}
	layouts := []string{
		time.RFC3339Nano, "2006-01-02 15:04:05.999999999-07:00", "2006-01-02 15:04:05.999999999 -0700 MST",
		"2006-01-02T15:04:05.000000000Z07:00", "2006-01-02 15:04:05.999999999-0700",
	}
	first, last := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	const n = 2000
	times := make([]time.Time, n)
	for i := range times {
		digits := int64(math.Pow10(random.IntN(10)))
		fraction := random.Int64N(1_000_000_000) / digits * digits
		times[i] = time.Unix(first+random.Int64N(last-first), fraction).In(zones[random.IntN(len(zones))])
		if _, err := db.ExecContext(ctx, `INSERT INTO t (id, at) VALUES (?, ?)`, i, times[i].Format(layouts[i%len(layouts)])); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.ExecContext(ctx, sqltime.Time.Update("t", "at")); err != nil {
		t.Fatal(err)
	}
	for i, at := range times {
		var got string
		if err := db.QueryRowContext(ctx, `SELECT +at FROM t WHERE id = ?`, i).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if want := at.UTC().Format("2006-01-02 15:04:05.999999999"); got != want {
			t.Errorf("%v became %s", at, got)
		}
	}
}

// The names in the expression do not catch those of the table.
func TestUpdateOfOddNames(t *testing.T) {
	db, ctx := open(t), context.Background()
	for _, name := range []string{"v", "day", "clock", "rest", "unit", "moment", "fraction", `"select"`, "a$column"} {
		if _, err := db.ExecContext(ctx, fmt.Sprintf("CREATE TABLE %[1]s (%[1]s DATETIME); INSERT INTO %[1]s VALUES ('2026-11-29T19:13:32Z')", name)); err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(ctx, sqltime.Time.Update(name, name)); err != nil {
			t.Fatal(err)
		}
		var got string
		if err := db.QueryRowContext(ctx, fmt.Sprintf("SELECT +%[1]s FROM %[1]s", name)).Scan(&got); err != nil || got != "2026-11-29 19:13:32" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// The statements of docs/times.md bring what earlier versions wrote into the form,
// and leave alone what they do not know.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/times.md")
	if err != nil {
		t.Fatal(err)
	}
	statements := regexp.MustCompile(`(?m)^UPDATE orders SET .*;$`).FindAllString(string(page), -1)
	if len(statements) != 2 {
		t.Fatalf("docs/times.md has %d statements, want 2", len(statements))
	}
	db, ctx := open(t), context.Background()
	if _, err := db.ExecContext(ctx, "CREATE TABLE orders (id INTEGER PRIMARY KEY, created_at DATETIME, issued_on DATE)"); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		written    any
		time, date any
	}{
		{"2026-11-29 19:13:32+00:00", "2026-11-29 19:13:32", "2026-11-29"},
		{"2026-11-29 19:13:32.123456789+00:00", "2026-11-29 19:13:32.123456789", "2026-11-29"},
		{"2026-11-29 19:13:32.5+00:00", "2026-11-29 19:13:32.5", "2026-11-29"},
		{"2026-11-29 19:13:32", "2026-11-29 19:13:32", "2026-11-29 19:13:32"},
		{"2026-11-29 20:13:32+01:00", "2026-11-29 20:13:32+01:00", "2026-11-29 20:13:32+01:00"},
		{"2026-11-29T19:13:32Z", "2026-11-29T19:13:32Z", "2026-11-29T19:13:32Z"},
		{"2026-11-29 20:13:32 +0100 CET m=+0.001", "2026-11-29 20:13:32 +0100 CET m=+0.001", "2026-11-29 20:13:32 +0100 CET m=+0.001"},
		{int64(5), int64(5), int64(5)},
		{nil, nil, nil},
	}
	for i, test := range tests {
		if _, err := db.ExecContext(ctx, "INSERT INTO orders VALUES (?, ?, ?)", i, test.written, test.written); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range append(statements, statements...) {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	for i, test := range tests {
		var at, day any
		if err := db.QueryRowContext(ctx, "SELECT +created_at, +issued_on FROM orders WHERE id = ?", i).Scan(&at, &day); err != nil || at != test.time || day != test.date {
			t.Errorf("%v is %v and %v, want %v and %v, %v", test.written, at, day, test.time, test.date, err)
		}
	}
}
