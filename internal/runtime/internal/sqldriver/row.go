package sqldriver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io"
	"reflect"
	"slices"
	"time"
)

// Row is a row as the driver has it.
type Row struct {
	Rows   driver.Rows
	Values []driver.Value
	cells  []string // what the values are read from, nil if they are here
}

// Next reads the next row, of that many columns. It returns io.EOF after the last.
func (r *Row) Next(columns int) (err error) {
	rows, ok := r.Rows.(CellRows)
	if !ok {
		r.Values = slices.Grow(r.Values[:0], columns)[:columns]
		return r.Rows.Next(r.Values)
	}
	r.cells, err = rows.NextCells()
	return err
}

// Clear forgets the rows.
func (r *Row) Clear() {
	clear(r.Values)
	r.Rows, r.cells = nil, nil
}

// Scan puts the values where database/sql would put them.
func (r *Row) Scan(dest ...any) error {
	if r.cells != nil {
		return r.scanCells(dest)
	}
	if len(dest) != len(r.Values) {
		return wrongCount(len(r.Values), len(dest))
	}
	for i, to := range dest {
		if !put(to, r.Values[i]) {
			return r.scanSlowly(dest)
		}
	}
	return nil
}

func wrongCount(values, dest int) error {
	return fmt.Errorf("sql: expected %d destination arguments in Scan, not %d", values, dest)
}

// put puts a value where it belongs if its type is that of the destination,
// or the destination scans values itself and takes it.
func put(to any, v driver.Value) bool {
	switch to := to.(type) {
	case *int64:
		return set(to, v)
	case *string:
		return set(to, v)
	case *float64:
		return set(to, whole(v))
	case **int64:
		return setPointer(to, v)
	case **string:
		return setPointer(to, v)
	case **float64:
		return setPointer(to, whole(v))
	case *bool:
		n, ok := v.(int64)
		*to = n == 1
		return ok && n&^1 == 0
	case *[]byte:
		if v == nil {
			*to = nil
			return true
		}
		return set(to, v)
	case *time.Time:
		return set(to, v)
	case *any:
		*to = v
		return true
	case sql.Scanner:
		return to.Scan(v) == nil
	}
	return putKind(reflect.ValueOf(to), v)
}

// putKind is put for types of the project's own: pointers to others,
// named strings, smaller numbers.
func putKind(to reflect.Value, v driver.Value) bool {
	if to.Kind() != reflect.Pointer || to.IsNil() {
		return false
	}
	to = to.Elem()
	if v == nil {
		if to.Kind() == reflect.Pointer {
			to.SetZero()
		}
		return to.Kind() == reflect.Pointer
	}
	from := reflect.ValueOf(v)
	switch {
	case to.Kind() == reflect.Pointer:
		n := reflect.New(to.Type().Elem())
		to.Set(n)
		return put(n.Interface(), v)
	case from.Kind() == to.Kind() && from.CanConvert(to.Type()):
		to.Set(from.Convert(to.Type()))
	case from.CanInt() && to.CanInt() && !to.OverflowInt(from.Int()):
		to.SetInt(from.Int())
	case from.CanInt() && to.CanUint() && from.Int() >= 0 && !to.OverflowUint(uint64(from.Int())):
		to.SetUint(uint64(from.Int()))
	case from.CanFloat() && to.CanFloat() && !to.OverflowFloat(from.Float()):
		to.SetFloat(from.Float())
	default:
		return false
	}
	return true
}

// whole is a float64 of an integer: some engines have one for a REAL without a fraction.
func whole(v driver.Value) driver.Value {
	if n, ok := v.(int64); ok {
		return float64(n)
	}
	return v
}

func set[T any](to *T, v driver.Value) (ok bool) {
	*to, ok = v.(T)
	return ok
}

func setPointer[T any](to **T, v driver.Value) bool {
	if v == nil {
		*to = nil
		return true
	}
	t, ok := v.(T)
	*to = &t
	return ok
}

// scanSlowly has database/sql itself scan the row: it knows every conversion,
// and says what is wrong with a row.
func (r *Row) scanSlowly(dest []any) error {
	db := sql.OpenDB(given{FixedRows{Names: r.Rows.Columns(), List: [][]driver.Value{r.Values}}})
	defer db.Close()
	// @native-sql the database is a row that has been read, whatever is asked
	return db.QueryRowContext(context.Background(), "").Scan(dest...)
}

// given is a database that answers every query with the same rows. It is
// connector, driver and connection in one.
type given struct{ rows FixedRows }

func (g given) Connect(context.Context) (driver.Conn, error) { return g, nil }
func (g given) Driver() driver.Driver                        { return g }
func (g given) Open(string) (driver.Conn, error)             { return g, nil }
func (g given) Close() error                                 { return nil }
func (g given) Begin() (driver.Tx, error)                    { return nil, driver.ErrSkip }
func (g given) Prepare(string) (driver.Stmt, error)          { return nil, driver.ErrSkip }

func (g given) QueryContext(context.Context, string, []driver.NamedValue) (driver.Rows, error) {
	return &g.rows, nil
}

// FixedRows are rows that have been read.
type FixedRows struct {
	Names []string
	List  [][]driver.Value // those that have not been asked for
}

// Columns returns the names of the columns.
func (r *FixedRows) Columns() []string { return r.Names }

// Close does nothing.
func (r *FixedRows) Close() error { return nil }

// Next gives the next row, and io.EOF after the last.
func (r *FixedRows) Next(dest []driver.Value) error {
	if len(r.List) == 0 {
		return io.EOF
	}
	copy(dest, r.List[0])
	r.List = r.List[1:]
	return nil
}
