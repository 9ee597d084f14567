package d1

import (
	"database/sql/driver"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// rows are the rows of a result. All of them are here: D1 does not have cursors.
type rows struct {
	columns []string
	json    remote.Reader
	object  bool // each row is an object, of a batch
	any     bool // a row was read
	cells   []string
}

// arrays reads what raw({columnNames: true}) gives: an array of the columns'
// names, and an array for each row.
func arrays(json string) (*rows, error) {
	r := &rows{json: reader(json)}
	for range 2 {
		if !r.json.Skip('[') {
			return nil, errJSON
		}
	}
	for !r.json.Skip(']') {
		name, err := r.json.Str()
		if err != nil {
			return nil, err
		}
		r.columns = append(r.columns, name)
		r.json.Skip(',')
	}
	r.any = true
	return r, nil
}

// objects reads the rows of a batch, an array of objects. It takes the columns
// from the first row. Without rows, it does not know the columns.
func objects(json string) (*rows, error) {
	r := &rows{json: reader(json), object: true}
	if !r.json.Skip('[') {
		return nil, errJSON
	}
	first := r.json
	if !first.Skip('{') {
		return r, nil
	}
	for !first.Skip('}') {
		name, err := first.Str()
		if err != nil {
			return nil, err
		}
		if !first.Skip(':') {
			return nil, errJSON
		}
		if _, err := first.Value(); err != nil {
			return nil, err
		}
		r.columns = append(r.columns, name)
		first.Skip(',')
	}
	for _, name := range r.columns {
		if len(r.columns) > 1 && isIndex(name) {
			return nil, fmt.Errorf("%w: %q", ErrColumn, name)
		}
	}
	return r, nil
}

// isIndex reports whether JavaScript takes a property's name for an index of an
// array, which it moves to the front.
func isIndex(name string) bool {
	n, err := strconv.ParseUint(name, 10, 32)
	return err == nil && n < math.MaxUint32 && strconv.FormatUint(n, 10) == name
}

func (r *rows) Columns() []string { return r.columns }

func (r *rows) Close() error {
	r.json = reader("]")
	return nil
}

// Next reads the next row.
func (r *rows) Next(dest []driver.Value) error {
	cells, err := r.NextCells()
	if err != nil {
		return err
	}
	for i, cell := range cells {
		if dest[i], err = r.Value(cell); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

// NextCells reads the texts of the next row.
func (r *rows) NextCells() ([]string, error) {
	if r.json.Skip(']') {
		r.json = reader("]")
		return nil, io.EOF
	}
	if r.any && !r.json.Skip(',') {
		return nil, errJSON
	}
	r.any = true
	open, end := byte('['), byte(']')
	if r.object {
		open, end = '{', '}'
	}
	if !r.json.Skip(open) {
		return nil, errJSON
	}
	r.cells = slices.Grow(r.cells[:0], len(r.columns))
	for i := range r.columns {
		if i > 0 && !r.json.Skip(',') {
			return nil, errJSON
		}
		if r.object {
			if _, err := r.json.Str(); err != nil {
				return nil, err
			}
			if !r.json.Skip(':') {
				return nil, errJSON
			}
		}
		cell, err := r.json.Cell()
		if err != nil {
			return nil, fmt.Errorf("column %d: %w", i+1, err)
		}
		r.cells = append(r.cells, cell)
	}
	if !r.json.Skip(end) {
		return nil, errJSON
	}
	return r.cells, nil
}

// Value reads the text of a value.
func (r *rows) Value(cell string) (driver.Value, error) {
	one := reader(cell)
	v, err := one.Value()
	if err == nil && one.At != len(cell) {
		err = errJSON
	}
	return v, err
}

// answer is what D1 says of a statement of a batch.
type answer struct {
	id      int64  // of the row that was inserted last
	results string // rows
}

// count is the n of the only row.
func (a *answer) count() (int64, error) {
	rows, err := objects(a.results)
	if err != nil || len(rows.columns) != 1 {
		return 0, errJSON
	}
	var value [1]driver.Value
	if err := rows.Next(value[:]); err != nil {
		return 0, errJSON
	}
	count, ok := value[0].(int64)
	if !ok {
		return 0, errJSON
	}
	return count, nil
}

// readAnswers reads what batch gives: objects that have results, and meta with
// last_row_id.
func readAnswers(json string) (list []answer, err error) {
	r := reader(json)
	err = r.Array(func() error {
		var a answer
		var identified, found bool
		err := r.Object(func(name string) (err error) {
			start := r.At
			switch name {
			case "meta":
				return r.Object(func(name string) (err error) {
					if name != "last_row_id" {
						return r.Any()
					}
					identified = true
					a.id, err = strconv.ParseInt(r.Scalar(), 10, 64)
					return err
				})
			case "results":
				found = true
				err = r.List()
				a.results = r.Text[start:r.At]
				return err
			}
			return r.Any()
		})
		if err == nil && !(identified && found) {
			err = errJSON
		}
		list = append(list, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errJSON, err)
	}
	return list, nil
}

// errJSON: a result is not as D1 documents it.
var errJSON = fmt.Errorf("d1: %w", remote.ErrJSON)

// reader reads what JSON.stringify wrote, which does not contain spaces.
func reader(text string) remote.Reader { return remote.Reader{Text: text, Number: number} }

func number(text string) (driver.Value, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && -safe <= n && n <= safe {
		return n, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, fmt.Errorf("%w: %q is no number", errJSON, text)
	}
	if f == math.Trunc(f) && math.Abs(f) <= 1<<63 && math.Abs(f) > safe {
		return Inexact{f}, nil
	}
	return f, nil
}
