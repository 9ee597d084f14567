package d1

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"io"
	"math"
	"reflect"
	"testing"
	"time"
)

func TestArguments(t *testing.T) {
	noon := time.Date(2026, 5, 4, 12, 0, 0, 500, time.FixedZone("", 7200))
	for _, test := range []struct {
		value   driver.Value
		bound   any
		integer bool
		err     error
	}{
		{int64(5), 5.0, true, nil},
		{int64(safe), float64(safe), true, nil},
		{int64(-safe), -float64(safe), true, nil},
		{int64(safe + 1), nil, false, ErrInteger},
		{int64(math.MinInt64), nil, false, ErrInteger},
		{true, 1.0, true, nil},
		{false, 0.0, true, nil},
		{5.0, 5.0, false, nil},
		{math.NaN(), nil, false, ErrNaN},
		{math.Inf(-1), nil, false, ErrInfinite},
		{"a\x00é", "a\x00é", false, nil},
		{"\xed\xa0\x80", nil, false, ErrText},
		{[]byte{}, []byte{}, false, nil},
		{[]byte(nil), nil, false, nil},
		{noon, "2026-05-04 10:00:00.0000005", false, nil},
		{time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), "0000-01-01 00:00:00", false, nil},
		{time.Date(0, 1, 1, 0, 0, 0, -1, time.UTC), nil, false, ErrYear},
		{time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -60)), nil, false, ErrYear},
		{nil, nil, false, nil},
	} {
		bound, integer, err := argument(test.value)
		if !errors.Is(err, test.err) || integer != test.integer || !reflect.DeepEqual(bound, test.bound) {
			t.Errorf("%#v is bound as %#v, %v, %v", test.value, bound, integer, err)
		}
	}
}

func TestMissingArguments(t *testing.T) {
	p, err := parse("SELECT ?1, ?3, :name")
	if err != nil {
		t.Fatal(err)
	}
	arg := func(ordinal int, name string) driver.NamedValue {
		return driver.NamedValue{Ordinal: ordinal, Name: name, Value: "x"}
	}
	for _, args := range [][]driver.NamedValue{
		{}, {arg(1, ""), arg(2, ""), arg(3, "")}, {arg(1, ""), arg(2, ""), arg(3, ""), arg(4, ""), arg(5, "")},
		{arg(1, ""), arg(2, ""), arg(3, ""), arg(4, "other")},
	} {
		if _, err := p.bind(args); err == nil {
			t.Errorf("no error for %v", args)
		}
	}
	bound, err := p.bind([]driver.NamedValue{arg(1, ""), arg(2, ""), arg(3, ""), arg(4, "name")})
	if err != nil || bound.sql != "SELECT ?1, ?3, ?4" {
		t.Error(bound, err)
	}
}

func read(t *testing.T, r *rows, err error) [][]driver.Value {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var all [][]driver.Value
	for {
		row := make([]driver.Value, len(r.Columns()))
		if err := r.Next(row); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
}

func TestRows(t *testing.T) {
	r, err := arrays(`[["a","b\"","a"],[1,"x\u0000\"]",null],[-2.5,[],[0,255]],[9007199254740991,9007199254740992,1e+21]]`)
	got := read(t, r, err)
	want := [][]driver.Value{
		{int64(1), "x\x00\"]", nil}, {-2.5, []byte{}, []byte{0, 255}}, {int64(safe), Inexact{1 << 53}, 1e21},
	}
	if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(r.Columns(), []string{"a", `b"`, "a"}) {
		t.Errorf("%#v %q", got, r.Columns())
	}
	r, err = objects(`[{"n":1,"s":"}"},{"n":2,"s":""}]`)
	if got := read(t, r, err); !reflect.DeepEqual(got, [][]driver.Value{{int64(1), "}"}, {int64(2), ""}}) {
		t.Errorf("%#v", got)
	}
	for _, empty := range []string{`[[]]`, `[["a"]]`} {
		r, err = arrays(empty)
		if got := read(t, r, err); got != nil {
			t.Errorf("%s has rows %v", empty, got)
		}
	}
	r, err = objects(`[]`)
	if got := read(t, r, err); got != nil || len(r.Columns()) != 0 {
		t.Error(got)
	}
	if _, err := objects(`[{"1":1,"s":2}]`); !errors.Is(err, ErrColumn) {
		t.Error(err)
	}
	if r, err := objects(`[{"1":1}]`); err != nil || len(read(t, r, err)) != 1 {
		t.Error(err)
	}
}

func TestAnswers(t *testing.T) {
	got, err := readAnswers(`[{"success":true,"meta":{"served_by":"a\"","duration":0.25,"last_row_id":7,"changed_db":false,"timings":{"ms":1}},"results":[{"n":"]}\"","results":[{}]},{}]},` +
		`{"results":[{"n":3}],"error":null,"meta":{"last_row_id":-7}}]`)
	if err != nil || len(got) != 2 || got[0].id != 7 || got[1].id != -7 || got[0].results != `[{"n":"]}\"","results":[{}]},{}]` {
		t.Fatal(got, err)
	}
	if n, err := got[1].count(); err != nil || n != 3 {
		t.Error(n, err)
	}
	for _, results := range []string{`[]`, `[{}]`, `[{"n":"3"}]`, `[{"n":1,"m":2}]`, `[{"n":1.5}]`} {
		if n, err := (&answer{results: results}).count(); err == nil {
			t.Errorf("%s counts %d", results, n)
		}
	}
	for _, json := range []string{``, `[`, `{}`, `[{}]`, `[{"meta":{"last_row_id":1},"results":[}]`, `[{"meta":{"last_row_id":null},"results":[]}]`, `[{"meta":{},"results":[]}]`, `[{"meta":{"last_row_id":1}}]`} {
		if got, err := readAnswers(json); !errors.Is(err, errJSON) {
			t.Errorf("%s is %v, %v", json, got, err)
		}
	}
}

// FuzzRows reads anything without a panic.
func FuzzRows(f *testing.F) {
	f.Add(`[["a"],[1],["\u00e9"],[[1]],[null]]`)
	f.Add(`[{"a":1}]`)
	f.Add(`[{"meta":{"last_row_id":1},"results":[{"n":1}]}]`)
	f.Fuzz(func(t *testing.T, json string) {
		if list, err := readAnswers(json); err == nil {
			for i := range list {
				_, _ = list[i].count()
			}
		}
		for _, open := range []func(string) (*rows, error){arrays, objects} {
			r, err := open(json)
			if err != nil {
				continue
			}
			for row := make([]driver.Value, len(r.Columns())); err == nil; {
				err = r.Next(row)
			}
		}
	})
}

// scanned is a database with one row.
type scanned struct{ value driver.Value }

func (s scanned) Connect(context.Context) (driver.Conn, error) { return s, nil }
func (s scanned) Driver() driver.Driver                        { return nil }
func (s scanned) Prepare(string) (driver.Stmt, error)          { return s, nil }
func (s scanned) Begin() (driver.Tx, error)                    { return nil, ErrTransaction }
func (s scanned) Close() error                                 { return nil }
func (s scanned) NumInput() int                                { return 0 }
func (s scanned) Exec([]driver.Value) (driver.Result, error)   { return nil, ErrTransaction }
func (s scanned) Query([]driver.Value) (driver.Rows, error)    { return &one{value: s.value}, nil }

type one struct {
	value driver.Value
	done  bool
}

func (o *one) Columns() []string { return []string{"v"} }
func (o *one) Close() error      { return nil }
func (o *one) Next(dest []driver.Value) error {
	if o.done {
		return io.EOF
	}
	dest[0], o.done = o.value, true
	return nil
}

// TestInexact has database/sql scan a number that may have lost digits.
func TestInexact(t *testing.T) {
	db := sql.OpenDB(scanned{Inexact{1 << 60}})
	defer db.Close()
	scan := func(dest any) error { return db.QueryRow("").Scan(dest) }
	var f float64
	if err := scan(&f); err != nil || f != 1<<60 {
		t.Error(f, err)
	}
	var null sql.Null[float64]
	if err := scan(&null); err != nil || null.V != 1<<60 {
		t.Error(null, err)
	}
	for _, dest := range []any{new(int64), new(*int64), new(uint64), new(string), new([]byte), new(bool), new(time.Time), new(sql.NullInt64), new(sql.NullString)} {
		if err := scan(dest); err == nil {
			t.Errorf("scans into %T", dest)
		}
	}
}

// TestInexactAny: whoever reads it into an any does not pass it on by accident.
func TestInexactAny(t *testing.T) {
	db := sql.OpenDB(scanned{Inexact{1 << 60}})
	defer db.Close()
	var v any
	if err := db.QueryRow("").Scan(&v); err != nil || v != (Inexact{1 << 60}) {
		t.Error(v, err)
	}
	if text, err := json.Marshal(v); err == nil {
		t.Errorf("it is %s in JSON", text)
	}
	if _, err := driver.DefaultParameterConverter.ConvertValue(v); err == nil {
		t.Error("it can be bound")
	}
}

func TestErrorOf(t *testing.T) {
	for _, test := range []struct {
		message, want string
		code          int
	}{
		{"Error: D1_ERROR: UNIQUE constraint failed: p.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)", "d1: UNIQUE constraint failed: p.id (1555)", 1555},
		{"D1_ERROR: UNIQUE constraint failed: p.u: SQLITE_CONSTRAINT", "d1: UNIQUE constraint failed: p.u (2067)", 2067},
		{"D1_ERROR: FOREIGN KEY constraint failed: SQLITE_CONSTRAINT", "d1: FOREIGN KEY constraint failed (787)", 787},
		{"D1_ERROR: UNIQUE constraint failed: x: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)", "d1: UNIQUE constraint failed: x (1811)", 1811},
		{"D1_ERROR: no: SQLITE_X: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)", "d1: no: SQLITE_X (1811)", 1811},
		{"D1_ERROR: no such table: nope: SQLITE_ERROR", "d1: no such table: nope (1)", 1},
		{"D1_ERROR: D1 DB is overloaded. Too many requests queued.", "d1: D1 DB is overloaded. Too many requests queued. (5)", 5},
		{"TypeError: boom", "d1: TypeError: boom (1)", 1},
	} {
		e := errorOf(test.message)
		if e.Error() != test.want || e.Code() != test.code {
			t.Errorf("%s\n  is %s\nwant %s", test.message, e, test.want)
		}
	}
}

func TestBytes(t *testing.T) {
	r, err := arrays(`[["b"],[[1,2,3]]]`)
	if got := read(t, r, err); !bytes.Equal(got[0][0].([]byte), []byte{1, 2, 3}) {
		t.Error(got)
	}
	for _, bad := range []string{`[["b"],[[256]]]`, `[["b"],[[1,]]]`, `[["b"],[tru]]`, `[["b"],["x]]`, `[["b"],[1,2]]`, `[["b"]`} {
		r, err := arrays(bad)
		if err != nil {
			continue
		}
		if err := r.Next(make([]driver.Value, 1)); err == nil || err == io.EOF {
			t.Errorf("%s is read: %v", bad, err)
		}
	}
}
