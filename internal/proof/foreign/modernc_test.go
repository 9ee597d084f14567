package foreign

import (
	"database/sql"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
)

// open opens a file with modernc's driver and these parameters.
func open(params string) func(*testing.T, string) *sql.DB {
	return func(t *testing.T, path string) *sql.DB {
		db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)"+params)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
}

const keys = "&_pragma=foreign_keys(1)"

// What the options of modernc's driver do to times does nothing here.
func TestModernc(t *testing.T) {
	for _, params := range []string{
		"", "&_time_format=sqlite", "&_time_format=datetime", "&_time_format=string_no_monotonic", "&_time_integer_format=unix",
		"&_time_integer_format=unix_nano", "&_inttotime=1", "&_texttotime=1", "&_timezone=UTC", "&_timezone=Etc/UTC&_time_format=sqlite",
		"&_inttotime=1&_texttotime=1&_time_integer_format=unix_milli",
	} {
		t.Run(params, func(t *testing.T) { t.Parallel(); Check(t, open(keys+params)) })
	}
}

// In another zone a text would be read as another time.
func TestOtherZone(t *testing.T) {
	for _, zone := range []string{"Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata", "Africa/Casablanca", "Atlantic/Reykjavik"} {
		for _, params := range []string{"", "&_time_format=sqlite", "&_time_format=datetime"} {
			t.Run(zone+params, func(t *testing.T) {
				t.Parallel()
				CheckRefused(t, open(keys+"&_timezone="+zone+params), drey.ErrTimeZone, true)
			})
		}
	}
}

// Without foreign keys nothing is written.
func TestWithoutForeignKeys(t *testing.T) {
	CheckRefused(t, open(""), drey.ErrForeignKeys, false)
	CheckRefused(t, open("&_time_format=datetime"), drey.ErrForeignKeys, false)
}
