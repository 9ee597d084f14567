package stored_test

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/dreysql/drey/internal/gotype"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
	"github.com/dreysql/drey/internal/stored"
)

// targets are what a value of a column is scanned into, by the Go type.
var targets = map[string]func() any{
	"int64": func() any { return new(int64) }, "int": func() any { return new(int) }, "int32": func() any { return new(int32) },
	"int16": func() any { return new(int16) }, "uint8": func() any { return new(uint8) }, "uint64": func() any { return new(uint64) },
	"*int64": func() any { return new(*int64) }, "sql.NullInt32": func() any { return new(sql.NullInt32) },
	"bool": func() any { return new(bool) }, "*bool": func() any { return new(*bool) }, "sql.NullBool": func() any { return new(sql.NullBool) },
	"float32": func() any { return new(float32) },
	"float64": func() any { return new(float64) }, "sql.NullFloat64": func() any { return new(sql.NullFloat64) },
	"string": func() any { return new(string) }, "*string": func() any { return new(*string) },
	"[]byte": func() any { return new([]byte) }, "JSON": func() any { return new(drey.JSON) },
	"time.Time": func() any { return new(time.Time) }, "*time.Time": func() any { return new(*time.Time) },
	"UnixTime": func() any { return new(drey.UnixTime) }, "UnixMilli": func() any { return new(drey.UnixMilli) },
	"TextTime": func() any { return new(drey.TextTime) },
}

var declaredTypes = []string{"", "INTEGER", "BOOLEAN", "REAL", "DECIMAL(10,2)", "TEXT", "BLOB", "JSON", "DATETIME", "DATE"}

// values are SQL expressions.
var values = strings.Split(`0;1;2;-1;7;127;128;255;256;32768;2147483648;9007199254740993;9223372036854775807;-9223372036854775808;
0.0;1.0;0.1;0.10000000149011612;16777217;16777216;1e-45;1.401298464324817e-45;2e-45;1.1754942807573643e-38;1.17549435e-38;3.4028234663852886e38;3.4028235e38;0.5;-2.5;1e6;1e19;1e308;9e999;1735689600;1735689600.25;2460000.5;253402300799;253402300800;1735689600000;
'';' ';'0';'1';'-1';'007';'1.0';'1.5';' 5';'5 ';'0x10';'1e3';'true';'TRUE';'false';'f';'yes';'no';'maybe';'zero';'a';'{}';'[1]';'null';
x'';x'00';x'31';x'74727565';x'7b7d';x'ff';
'2026-01-31';'2026-02-31';'2026-1-31';'20260131';'2026';'2026-01-31 10:20';'2026-01-31 10:20:30';'2026-01-31 10:20:30.5';'2026-01-31 10:20:30.500';
'2026-01-31 10:20:30.123456789';'2026-01-31 10:20:30.1234567891';'2026-01-31T10:20:30';'2026-01-31T10:20:30Z';'2026-01-31 10:20:30Z';
'2026-01-31 10:20:30+00:00';'2026-01-31 10:20:30+02:00';'2026-01-31 10:20:30.25-07:30';'2026-01-31T10:20:30.25-07:30';'2026-01-31 24:00:00';
'2026-01-31 10:20:30 +0000 UTC';'2026-01-31 10:20:30.5 +0200 CEST m=+0.1';'2026-01-31 00:00:00+00:00';'0000-01-01 00:00:00';'9999-12-31 23:59:59.999999999';
'10:20:30';'now';'10000-01-01 00:00:00';
CURRENT_TIMESTAMP;CURRENT_DATE;CURRENT_TIME;unixepoch();julianday('2026-01-31');strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-31 10:20:30.25');
strftime('%s', '2026-01-31');json('{"a":1}');jsonb('{"a":1}');hex('a');zeroblob(3);char(0);'a' || char(0) || 'b';char(8364)`, ";")

// column is a column v of a table t that has one row, and the form of its values.
type column struct {
	testing.TB
	goType, declared    string
	form                *stored.Form
	ask, mend, get, sum *sql.Stmt
}

// columns are the columns of a declared type, in the table of db, that have a form.
func columns(tb testing.TB, db *sql.DB, declared string) (list []*column) {
	tb.Helper()
	_, err := db.Exec(fmt.Sprintf("DROP TABLE IF EXISTS t; CREATE TABLE t (row INTEGER PRIMARY KEY, v %s)", declared))
	must(tb, err)
	prepare := func(query string) *sql.Stmt {
		stmt, err := db.Prepare(query)
		must(tb, err)
		tb.Cleanup(func() { stmt.Close() })
		return stmt
	}
	get, sum := prepare("SELECT v FROM t"), prepare("SELECT count(*) FROM t WHERE v = ?")
	for goType := range targets {
		if form := stored.FormOf(gotype.Parse(goType), declared); form != nil {
			list = append(list, &column{TB: tb, goType: goType, declared: declared, form: form, get: get, sum: sum,
				ask: prepare(fmt.Sprintf("SELECT %s, quote(%s) FROM t", form.OK("v"), form.Of("v"))), mend: prepare("UPDATE t SET v = " + form.Of("v"))})
		}
	}
	return list
}

// found reads the value as Go does, and looks for it by =, bound as the generated
// package binds it.
func (c *column) found() bool {
	c.Helper()
	into := targets[c.goType]()
	if err := c.get.QueryRow().Scan(into); err != nil {
		return false
	}
	if b, ok := into.(*[]byte); ok && *b == nil {
		*b = []byte{} // as the package's connection reads an empty BLOB
	}
	var bound any = reflect.ValueOf(into).Elem().Interface()
	if v, ok := bound.(driver.Valuer); ok {
		value, err := v.Value()
		if err != nil {
			return false
		}
		bound = value
	}
	if v := reflect.ValueOf(bound); v.Kind() == reflect.Pointer && !v.IsNil() {
		bound = v.Elem().Interface()
	}
	switch v := bound.(type) {
	case time.Time:
		if year := v.UTC().Year(); year < 0 || year > 9999 {
			return false
		}
		bound = v.UTC().Format("2006-01-02 15:04:05.999999999")
		if sqltime.FormOf(c.declared) == sqltime.Date {
			bound = v.UTC().Format("2006-01-02")
		}
	case string:
		if strings.Contains(c.goType, "TextTime") && sqltime.FormOf(c.declared) == sqltime.Date {
			bound = v[:len(time.DateOnly)] // as bindDate does
		}
	case uint64:
		if v > math.MaxInt64 {
			return false
		}
	}
	var n int
	must(c, c.sum.QueryRow(bound).Scan(&n))
	return n == 1
}

// judge is what the form says of the value, and the value in the form.
func (c *column) judge() (ok bool, of string) {
	c.Helper()
	must(c, c.ask.QueryRow().Scan(&ok, &of))
	return ok, of
}

// agree stores a value in the column and compares what the form says of it with
// what the driver does.
func (c *column) agree(db *sql.DB, value string) {
	c.Helper()
	_, err := db.Exec(fmt.Sprintf("REPLACE INTO t (row, v) VALUES (1, %s)", value))
	must(c, err)
	ok, of := c.judge()
	if found := c.found(); ok != found {
		c.Errorf("%s in a column %s that is %s in Go: in the form: %t; read and found: %t", value, c.declared, c.goType, ok, found)
	}
	if ok || of == "NULL" {
		return
	}
	_, err = c.mend.Exec()
	must(c, err)
	if ok, _ := c.judge(); !ok || !c.found() {
		c.Errorf("%s in a column %s that is %s in Go becomes %s, which is not found", value, c.declared, c.goType, of)
	}
}

func memoryDB(tb testing.TB) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", "file::memory:?_timezone=UTC")
	must(tb, err)
	db.SetMaxOpenConns(1)
	tb.Cleanup(func() { db.Close() })
	return db
}

// TestDefaultsAgree judges every value as a default, and compares with a row that
// has got the defaults.
func TestDefaultsAgree(t *testing.T) {
	for _, declared := range declaredTypes {
		ddl := make([]string, len(values))
		for i, value := range values {
			ddl[i] = fmt.Sprintf("v%d %s DEFAULT (%s)", i, declared, strings.TrimSpace(value))
		}
		m, s, p := database(t, "CREATE TABLE t ("+strings.Join(ddl, ", ")+"); INSERT INTO t DEFAULT VALUES")
		db, err := m.Open(nil)
		must(t, err)
		defer db.Close()
		for goType := range targets {
			if typ := gotype.Parse(goType); stored.FormOf(typ, declared) == nil || typ.Nullable && goType != "[]byte" {
				continue
			}
			judged, err := p.Judge(stored.Defaults(s, func(*schema.Table, *schema.Column) gotype.Type { return gotype.Parse(goType) }))
			must(t, err)
			wrong := map[string]bool{}
			for _, f := range judged {
				wrong[f.Column.Name] = true
			}
			for i, value := range values {
				c := &column{TB: t, goType: goType, declared: declared}
				c.get, err = db.Prepare(fmt.Sprintf("SELECT v%d FROM t", i))
				must(t, err)
				c.sum, err = db.Prepare(fmt.Sprintf("SELECT count(*) FROM t WHERE v%d = ?", i))
				must(t, err)
				if name := fmt.Sprint("v", i); c.found() == wrong[name] {
					t.Errorf("DEFAULT (%s) of a column %s that is %s in Go: reported: %t", value, declared, goType, wrong[name])
				}
				c.get.Close()
				c.sum.Close()
			}
		}
	}
}

// TestForms compares every form with the driver, over values of all kinds.
func TestForms(t *testing.T) {
	db := memoryDB(t)
	for _, declared := range declaredTypes {
		for _, c := range columns(t, db, declared) {
			for _, value := range values {
				c.agree(db, strings.TrimSpace(value))
			}
		}
	}
}

// FuzzForms does so with values that nobody thought of.
func FuzzForms(f *testing.F) {
	f.Add(uint8(0), int64(1), 1.5, "2026-01-31 10:20:30", []byte{0})
	f.Add(uint8(3), int64(math.MinInt64), math.Inf(1), "2026-01-31T10:20:30.120Z", []byte("true"))
	f.Add(uint8(9), int64(1735689600), 2460000.5, "  -0x1e3", []byte("2026"))
	f.Fuzz(func(t *testing.T, n uint8, integer int64, float float64, text string, blob []byte) {
		db := memoryDB(t)
		for _, c := range columns(t, db, declaredTypes[int(n)%len(declaredTypes)]) {
			for _, value := range []any{integer, float, text, blob} {
				var literal string
				must(t, db.QueryRow("SELECT quote(?)", value).Scan(&literal))
				if !strings.Contains(literal, "\x00") && !strings.Contains(text, "\x00") { // where quote() ends
					c.agree(db, literal)
				}
			}
		}
	})
}
