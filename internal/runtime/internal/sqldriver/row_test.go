package sqldriver_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/remote"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

type (
	word   string
	number int32
	odd    struct{ seen any } // a Scanner that refuses text
)

func (o *odd) Scan(v any) error {
	if _, ok := v.(string); ok {
		return errors.New("no text")
	}
	o.seen = v
	return nil
}

// What is scanned from the driver's rows is what database/sql would give, for
// every type and value, and so is the error where there is one.
func TestScansAreThoseOfDatabaseSQL(t *testing.T) {
	for _, typ := range destinations {
		for _, v := range []driver.Value{
			nil, int64(0), int64(1), int64(2), int64(-1), int64(200), int64(1 << 40), int64(1<<63 - 1), 0.0, 1.5, -2.0, 1e300,
			"", "text", "12", "1.5", "true", "2026-01-02", []byte{}, []byte("bytes"), []byte("7"), time.Unix(5, 0).UTC(), true,
		} {
			scansAsDatabaseSQL(t, typ, v, &sqldriver.Row{Rows: &sqldriver.FixedRows{Names: []string{"x"}, List: [][]driver.Value{{v}}}})
		}
	}
}

// So it is where the values come as JSON.
func FuzzScansCells(f *testing.F) {
	for _, cell := range []string{
		"null", "0", "1", "2", "-1", "-0", "-", "200", "999999999999999", "9999999999999999", "-99999999999999", "9223372036854775807", "1.5", "1e3", "1e+21",
		`""`, `"text"`, `"12"`, `"1.5"`, `"true"`, `"2026-01-02"`, `"a\"b"`, `"\u0000\\"`, `"é "`, "[]", "[1,255]", `"`, "", "[256]",
	} {
		f.Add(cell)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cell, err := (&remote.Reader{Text: text}).Cell()
		if err != nil {
			return
		}
		v, err := (*cellRows)(nil).Value(cell)
		for _, typ := range destinations {
			r := &sqldriver.Row{Rows: &cellRows{cells: []string{cell}}}
			if err == nil {
				scansAsDatabaseSQL(t, typ, v, r)
			} else if err := r.Next(1); err != nil {
				t.Error(err)
			} else if got := reflect.New(reflect.TypeOf(typ).Elem()); r.Scan(got.Interface()) == nil {
				t.Errorf("%T from %q: %v", typ, cell, got.Elem())
			}
		}
	})
}

// cellRows are rows of one column that come as JSON.
type cellRows struct {
	sqldriver.FixedRows
	cells []string
}

func (r *cellRows) Columns() []string { return []string{"x"} }

func (r *cellRows) NextCells() ([]string, error) {
	if len(r.cells) == 0 {
		return nil, io.EOF
	}
	row := r.cells[:1]
	r.cells = r.cells[1:]
	return row, nil
}

func (r *cellRows) Value(cell string) (driver.Value, error) {
	reader := remote.Reader{Text: cell, Number: func(text string) (driver.Value, error) {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, nil
		}
		return strconv.ParseFloat(text, 64)
	}}
	v, err := reader.Value()
	if err == nil && reader.At < len(cell) {
		err = remote.ErrJSON
	}
	return v, err
}

// destinations are where values are scanned.
var destinations = []any{
	new(int64), new(int), new(int32), new(int8), new(uint8), new(uint64), new(number), new(float64), new(float32), new(bool),
	new(string), new(word), new([]byte), new(json.RawMessage), new(time.Time), new(any),
	new(*int64), new(*int32), new(*string), new(*word), new(*float64), new(*bool), new(*[]byte), new(*time.Time), new(**string),
	new(drey.UnixTime), new(*drey.UnixTime), new(drey.JSON), new(*drey.JSON), new(odd), new(*odd),
	new(sql.NullString), new(sql.Null[int64]), new(sql.NullTime), new(sql.NullBool), new(sql.Null[word]),
	new(struct{ X int }), new(map[string]int), new([]int), new([16]byte),
}

// scansAsDatabaseSQL compares what a row of one value gives with what database/sql does.
func scansAsDatabaseSQL(t *testing.T, typ any, v driver.Value, r *sqldriver.Row) {
	t.Helper()
	fresh := func() any { return reflect.New(reflect.TypeOf(typ).Elem()).Interface() }
	want, got := fresh(), fresh()
	db := sql.OpenDB(answering{v})
	defer db.Close()
	wanted := db.QueryRow("").Scan(want)
	if err := r.Next(1); err != nil {
		t.Fatal(err)
	}
	err := r.Scan(got)
	if fmt.Sprint(err) != fmt.Sprint(wanted) || err == nil && !reflect.DeepEqual(got, want) {
		t.Errorf("%T from %T %v: %v, %v; database/sql gives %v, %v", typ, v, v, reflect.ValueOf(got).Elem(), err, reflect.ValueOf(want).Elem(), wanted)
	}
}

// answering is a database that answers every query with a row of one value.
type answering struct{ value driver.Value }

func (a answering) Connect(context.Context) (driver.Conn, error) { return a, nil }
func (a answering) Driver() driver.Driver                        { return nil }
func (a answering) Prepare(string) (driver.Stmt, error)          { return a, nil }
func (a answering) Begin() (driver.Tx, error)                    { return nil, errors.New("no transactions") }
func (a answering) Close() error                                 { return nil }
func (a answering) NumInput() int                                { return 0 }
func (a answering) Exec([]driver.Value) (driver.Result, error)   { return nil, errors.New("no results") }
func (a answering) Query([]driver.Value) (driver.Rows, error)    { return &oneRow{value: a.value}, nil }

type oneRow struct {
	value driver.Value
	read  bool
}

func (r *oneRow) Columns() []string { return []string{"x"} }
func (r *oneRow) Close() error      { return nil }

func (r *oneRow) Next(dest []driver.Value) error {
	if r.read {
		return io.EOF
	}
	r.read, dest[0] = true, r.value
	return nil
}
