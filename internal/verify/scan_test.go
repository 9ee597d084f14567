package verify

import (
	"database/sql"
	"encoding/json"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/dreysql/drey/internal/sqlite/infer"
)

// targets makes something to scan into for every Go type that sqlc chooses.
var targets = map[string]func() any{
	"int64":           func() any { return new(int64) },
	"int32":           func() any { return new(int32) },
	"uint8":           func() any { return new(uint8) },
	"float64":         func() any { return new(float64) },
	"bool":            func() any { return new(bool) },
	"string":          func() any { return new(string) },
	"[]byte":          func() any { return new([]byte) },
	"time.Time":       func() any { return new(time.Time) },
	"json.RawMessage": func() any { return new(json.RawMessage) },
	"interface{}":     func() any { return new(any) },
	"sql.NullInt64":   func() any { return new(sql.NullInt64) },
	"sql.NullFloat64": func() any { return new(sql.NullFloat64) },
	"sql.NullBool":    func() any { return new(sql.NullBool) },
	"sql.NullString":  func() any { return new(sql.NullString) },
	"sql.NullTime":    func() any { return new(sql.NullTime) },
	"*int64":          func() any { return new(*int64) },
	"*string":         func() any { return new(*string) },
	"*time.Time":      func() any { return new(*time.Time) },
}

// scans reports whether database/sql and the driver put the value of an
// expression into a Go type.
func scans(t *testing.T, db *sql.DB, expr, goType string) bool {
	t.Helper()
	rows, err := db.Query("SELECT " + expr + " FROM t")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if !rows.Next() {
		t.Fatal(rows.Err())
	}
	return rows.Scan(targets[goType]()) == nil
}

func openScan(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	for _, s := range []string{
		"CREATE TABLE t (at DATETIME, day DATE, stamp TIMESTAMP, txt TEXT)",
		"INSERT INTO t VALUES ('2024-01-02 03:04:05', '2024-01-02', '2024-01-02 03:04:05', 'it is text')",
	} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// TestScannable scans a value of every storage class into every Go type.
func TestScannable(t *testing.T) {
	db := openScan(t)
	for expr, typ := range map[string]infer.Type{
		"1":       {Class: infer.Integer, Bool: true},
		"7":       {Class: infer.Integer},
		"1e6":     {Class: infer.Real},
		"2.5":     {Class: infer.Real},
		"'text'":  {Class: infer.Text},
		"x'00ff'": {Class: infer.Blob},
	} {
		for goType := range targets {
			wrong := fits(parseGoType(goType), typ, "")
			if got := scans(t, db, expr, goType); got != (wrong == misfit{}) {
				t.Errorf("%s into %s: Scan succeeds: %t, fits says %q", expr, goType, got, wrong)
			}
		}
	}
}

// TestScanNull scans NULL, of a column that is declared as the type wants it.
func TestScanNull(t *testing.T) {
	db := openScan(t)
	typ := infer.Type{Null: infer.CanBeNull}
	for goType := range targets {
		wrong := fits(parseGoType(goType), typ, "DATETIME")
		if got := scans(t, db, "NULL", goType); got != (wrong == misfit{}) {
			t.Errorf("NULL into %s: Scan succeeds: %t, fits says %q", goType, got, wrong)
		}
	}
}

// TestScanTime scans columns into times by their declared type. Of TIMESTAMPTZ
// only the runtime's connection makes a time, see its tests.
func TestScanTime(t *testing.T) {
	db := openScan(t)
	for expr, declared := range map[string]string{
		"at": "DATETIME", "day": "DATE", "stamp": "TIMESTAMP", "txt": "TEXT",
		"max(at)": "", "coalesce(at, day)": "", "(SELECT at)": "DATETIME",
	} {
		for _, goType := range []string{"time.Time", "sql.NullTime", "*time.Time"} {
			wrong := fits(parseGoType(goType), infer.Type{Class: infer.Text}, declared)
			if got := scans(t, db, expr, goType); got != (wrong == misfit{}) {
				t.Errorf("%s into %s: Scan succeeds: %t, fits says %q", expr, goType, got, wrong)
			}
		}
	}
}
