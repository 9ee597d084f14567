package d1

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// rows are the rows of a result. All of them are here: D1 does not have cursors.
type rows struct {
	columns []string
	json    reader
	object  bool // each row is an object, of a batch
	any     bool // a row was read
}

// arrays reads what raw({columnNames: true}) gives: an array of the columns'
// names, and an array for each row.
func arrays(json string) (*rows, error) {
	r := &rows{json: reader{text: json}}
	for range 2 {
		if !r.json.skip('[') {
			return nil, errJSON
		}
	}
	for !r.json.skip(']') {
		name, err := r.json.str()
		if err != nil {
			return nil, err
		}
		r.columns = append(r.columns, name)
		r.json.skip(',')
	}
	r.any = true
	return r, nil
}

// objects reads the rows of a batch, an array of objects. It takes the columns
// from the first row. Without rows, it does not know the columns.
func objects(json string) (*rows, error) {
	r := &rows{json: reader{text: json}, object: true}
	if !r.json.skip('[') {
		return nil, errJSON
	}
	first := r.json
	if !first.skip('{') {
		return r, nil
	}
	for !first.skip('}') {
		name, err := first.str()
		if err != nil {
			return nil, err
		}
		if !first.skip(':') {
			return nil, errJSON
		}
		if _, err := first.value(); err != nil {
			return nil, err
		}
		r.columns = append(r.columns, name)
		first.skip(',')
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
	r.json = reader{text: "]"}
	return nil
}

func (r *rows) Next(dest []driver.Value) error {
	if r.json.skip(']') {
		r.json = reader{text: "]"}
		return io.EOF
	}
	if r.any && !r.json.skip(',') {
		return errJSON
	}
	r.any = true
	open, end := byte('['), byte(']')
	if r.object {
		open, end = '{', '}'
	}
	if !r.json.skip(open) {
		return errJSON
	}
	for i := range dest {
		if i > 0 && !r.json.skip(',') {
			return errJSON
		}
		if r.object {
			if _, err := r.json.str(); err != nil {
				return err
			}
			if !r.json.skip(':') {
				return errJSON
			}
		}
		v, err := r.json.value()
		if err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
		dest[i] = v
	}
	if !r.json.skip(end) {
		return errJSON
	}
	return nil
}

// numbers is the outcome of a statement of a batch, except its rows.
type numbers struct {
	id      int64  // of the row that was inserted last
	results string // rows, of which only what is named n is there
}

// count is the n of the only row.
func (n *numbers) count() (int64, error) {
	rows, err := objects(n.results)
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

// readNumbers reads the answers of a batch, reduced to meta.last_row_id and
// results, in this order.
func readNumbers(json string) (list []numbers, err error) {
	r := reader{text: json}
	if !r.skip('[') {
		return nil, errJSON
	}
	for !r.skip(']') {
		if len(list) > 0 && !r.skip(',') {
			return nil, errJSON
		}
		var n numbers
		if !r.word(`{"meta":{"last_row_id":`) {
			return nil, errJSON
		}
		if n.id, err = strconv.ParseInt(r.scalar(), 10, 64); err != nil {
			return nil, errJSON
		}
		if !r.word(`},"results":`) {
			return nil, errJSON
		}
		start := r.at
		if err := r.list(); err != nil {
			return nil, err
		}
		n.results = r.text[start:r.at]
		if !r.skip('}') {
			return nil, errJSON
		}
		list = append(list, n)
	}
	return list, nil
}

var errJSON = errors.New("d1: a result is not as D1 documents it")

// reader reads what JSON.stringify wrote, which does not contain spaces.
type reader struct {
	text string
	at   int
}

// skip steps over a byte, if it is the next one.
func (r *reader) skip(c byte) bool {
	if r.at < len(r.text) && r.text[r.at] == c {
		r.at++
		return true
	}
	return false
}

// word steps over a text, if it comes next.
func (r *reader) word(text string) bool {
	if !strings.HasPrefix(r.text[r.at:], text) {
		return false
	}
	r.at += len(text)
	return true
}

// list steps over a list of whatever.
func (r *reader) list() error {
	if r.at == len(r.text) || r.text[r.at] != '[' {
		return errJSON
	}
	for depth := 0; r.at < len(r.text); r.at++ {
		switch r.text[r.at] {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				r.at++
				return nil
			}
		case '"':
			if _, err := r.str(); err != nil {
				return err
			}
			r.at--
		}
	}
	return errJSON
}

// value reads null, a number, a string, or an array of bytes.
func (r *reader) value() (driver.Value, error) {
	if r.at == len(r.text) {
		return nil, errJSON
	}
	switch r.text[r.at] {
	case '"':
		return r.str()
	case '[':
		return r.bytes()
	case 'n':
		if !r.word("null") {
			return nil, errJSON
		}
		return nil, nil
	}
	return number(r.scalar())
}

// scalar is the text up to the next comma or bracket.
func (r *reader) scalar() string {
	start := r.at
	for r.at < len(r.text) && r.text[r.at] != ',' && r.text[r.at] != ']' && r.text[r.at] != '}' {
		r.at++
	}
	return r.text[start:r.at]
}

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

func (r *reader) str() (string, error) {
	if !r.skip('"') {
		return "", errJSON
	}
	for i := r.at; i < len(r.text); i++ {
		switch r.text[i] {
		case '"':
			s := r.text[r.at:i]
			r.at = i + 1
			return s, nil
		case '\\':
			return r.escaped(i)
		}
	}
	return "", errJSON
}

// escaped reads a string that has its first escape at i.
func (r *reader) escaped(i int) (string, error) {
	for ; i < len(r.text); i++ {
		switch r.text[i] {
		case '"':
			var s string
			if err := json.Unmarshal([]byte(r.text[r.at-1:i+1]), &s); err != nil {
				return "", fmt.Errorf("%w: %w", errJSON, err)
			}
			r.at = i + 1
			return s, nil
		case '\\':
			i++
		}
	}
	return "", errJSON
}

// bytes reads an array of bytes. For an empty one it does not return nil, which is
// NULL.
func (r *reader) bytes() ([]byte, error) {
	r.at++
	b := []byte{}
	for !r.skip(']') {
		if len(b) > 0 && !r.skip(',') {
			return nil, errJSON
		}
		n, err := strconv.ParseUint(r.scalar(), 10, 8)
		if err != nil {
			return nil, errJSON
		}
		b = append(b, byte(n))
	}
	return b, nil
}
