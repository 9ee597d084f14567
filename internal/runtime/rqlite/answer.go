//go:build !js

package rqlite

import (
	"database/sql/driver"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// answer is what rqlite says of a request.
type answer struct {
	failure string // of the request as a whole
	index   uint64 // in the log, of a write
	by      string // the node that has given it: its raft address, or its URL
	results []result
}

// result is what rqlite says of one statement.
type result struct {
	remote.Outcome
	failure string
	rows    bool // it is of a statement with rows
	columns []string
	types   []string // as declared, in lower case, or the type of the first row's value
	values  string   // the rows, as JSON
	n       int      // how many
	seen    []sight  // in each column, nil without rows
	asked   *asked   // how they were asked for, nil if as they are
}

// readAnswer reads an answer. All of it is looked at, so that one that is cut off is an
// error.
func readAnswer(json string, statements int) (*answer, error) {
	r := &reader{Reader: remote.Reader{Text: strings.TrimSuffix(json, "\n"), Number: number}}
	a := &answer{results: make([]result, 0, statements)}
	seen := false
	err := r.Object(func(name string) (err error) {
		switch name {
		case "error":
			a.failure, err = r.Str()
		case "raft_index":
			a.index, err = strconv.ParseUint(r.Scalar(), 10, 64)
		case "results":
			seen = true
			err = r.Array(func() error {
				a.results = append(a.results, result{})
				return r.result(&a.results[len(a.results)-1])
			})
		default:
			err = r.Any()
		}
		return err
	})
	if err == nil && (r.At < len(r.Text) || !seen && a.failure == "") {
		err = remote.ErrJSON
	}
	if err != nil {
		return nil, fmt.Errorf("%w: at byte %d of %d", ErrAnswer, r.At, len(r.Text))
	}
	return a, nil
}

// reader is an answer that is read.
type reader struct {
	remote.Reader
	columns, types list // of the result before
	affinities     []affinity
}

// list is a list of names, and its JSON.
type list struct {
	json  string
	names []string
}

// list reads a list of names. It is often that of the result before.
func (r *reader) list(before *list) ([]string, error) {
	if before.json != "" && r.Word(before.json) {
		return before.names, nil
	}
	start := r.At
	names := make([]string, 0, 16)
	err := r.Array(func() error {
		s, err := r.Str()
		names = append(names, s)
		return err
	})
	*before = list{r.Text[start:r.At], names}
	return names, err
}

func (r *reader) result(one *result) error {
	err := r.Object(func(name string) (err error) {
		switch name {
		case "error":
			one.failure, err = r.Str()
		case "columns":
			one.rows = true
			one.columns, err = r.list(&r.columns)
		case "types":
			one.rows = true
			was := r.types.json
			if one.types, err = r.list(&r.types); r.types.json != was {
				r.affinities = r.affinities[:0]
				for _, declared := range one.types {
					r.affinities = append(r.affinities, affinityOf(declared))
				}
			}
		case "last_insert_id":
			one.LastID, err = strconv.ParseInt(r.Scalar(), 10, 64)
		case "rows_affected":
			one.Affected, err = strconv.ParseInt(r.Scalar(), 10, 64)
		case "values":
			err = r.values(one)
		default:
			err = r.Any()
		}
		return err
	})
	if err == nil && (len(one.types) != len(one.columns) || one.n > 0 && len(one.seen) != len(one.types)) {
		err = remote.ErrJSON
	}
	return err
}

// values looks at the rows of a result.
func (r *reader) values(one *result) error {
	start := r.At
	one.seen = make([]sight, len(one.types))
	cells := 0
	cell := func() error {
		start := r.At
		if err := r.Any(); err != nil {
			return err
		}
		if cells < len(one.types) {
			one.seen[cells] = max(one.seen[cells], see(r.Text[start:r.At], one.types[cells], r.affinities[cells]))
		}
		cells++
		return nil
	}
	err := r.Array(func() error {
		one.n++
		cells = 0
		err := r.Array(cell)
		if err == nil && cells != len(one.columns) {
			err = remote.ErrJSON
		}
		return err
	})
	one.values = r.Text[start:r.At]
	return err
}

// sight is what the values of a column may be taken for.
type sight byte

const (
	_           sight = iota // for what they are: 0, 1 and NULL
	seenMore                 // for what they are, by a type that is known
	seenUnclear              // a REAL without a fraction for an INTEGER, or the other way round
)

// see looks at a value in a column of that type, or of that type in its first row.
func see(cell, declared string, of affinity) sight {
	number := cell[0] == '-' || cell[0] >= '0' && cell[0] <= '9'
	switch {
	case number && declared != "" && of != ofInteger && of != ofText && !strings.ContainsAny(cell, ".e") &&
		(of == ofNothing || of == ofReal && declared == "real" && len(cell) > 15 ||
			of == ofNumber && cell == "-9223372036854775808"): // too large a REAL to be made an INTEGER
		return seenUnclear
	case cell == "0" || cell == "1" || cell == "null":
		return 0
	}
	return seenMore
}

// named gives the columns the names that they have where nothing is tagged.
func (r *result) named() {
	if r.asked != nil && len(r.asked.columns) == len(r.columns) {
		r.columns = r.asked.columns
	}
}

// number reads a number of an answer. One without a fraction may be a REAL.
func number(text string) (driver.Value, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || strings.ContainsAny(text, "xXpPnN_") {
		return nil, fmt.Errorf("%w: %.40q is not a number", ErrAnswer, text)
	}
	return f, nil
}

// rows are the rows of a result.
type rows struct {
	result
	json remote.Reader
	left int
	// lossy says that some text was not UTF-8.
	lossy bool
}

// open returns the rows of a result from the first on.
func (r result) open() *rows {
	return &rows{result: r, json: remote.Reader{Text: r.values, At: 1, Number: number}, left: r.n, lossy: lossy(r.values)}
}

// Columns returns the names of the columns.
func (r *rows) Columns() []string { return r.columns }

// Close does nothing.
func (r *rows) Close() error { return nil }

// ColumnTypeDatabaseTypeName returns the declared type of a column.
func (r *rows) ColumnTypeDatabaseTypeName(i int) string {
	if r.asked != nil && r.asked.declared[i] != "" {
		return strings.ToUpper(r.asked.declared[i])
	}
	return strings.ToUpper(r.types[i])
}

// Next reads the next row.
func (r *rows) Next(dest []driver.Value) error {
	if r.left == 0 {
		return io.EOF
	}
	if len(dest) != len(r.columns) {
		return fmt.Errorf("%w: %d columns, not %d", ErrAnswer, len(r.columns), len(dest))
	}
	if r.left < r.n {
		r.json.Skip(',')
	}
	r.left--
	r.json.Skip('[')
	for i := range dest {
		if i > 0 {
			r.json.Skip(',')
		}
		start := r.json.At
		v, err := r.json.Value()
		if err == nil && r.lossy && lossy(r.json.Text[start:r.json.At]) {
			err = fmt.Errorf("%w cannot be read; read CAST(… AS BLOB)", ErrText)
		}
		if err != nil {
			return fmt.Errorf("column %s: %w", r.columns[i], err)
		}
		if dest[i], err = r.asked.decode(i, v, r.types[i]); err != nil {
			return fmt.Errorf("column %s: %w", r.columns[i], err)
		}
	}
	r.json.Skip(']')
	return nil
}

// affinity is what SQLite makes of the values of a column, by its declared type.
type affinity byte

const (
	ofNumber affinity = iota
	ofInteger
	ofText
	ofNothing
	ofReal
)

// affinities are found by a part of the declared type, the first that fits, see
// https://www.sqlite.org/datatype3.html#determination_of_column_affinity.
var affinities = []struct {
	part string
	affinity
}{{"int", ofInteger}, {"char", ofText}, {"clob", ofText}, {"text", ofText}, {"blob", ofNothing}, {"real", ofReal}, {"floa", ofReal}, {"doub", ofReal}}

// affinityOf is the affinity of a declared type in lower case. ANY has one, but not in a
// strict table.
func affinityOf(declared string) affinity {
	if declared == "" || declared == "any" {
		return ofNothing
	}
	for _, a := range affinities {
		if strings.Contains(declared, a.part) {
			return a.affinity
		}
	}
	return ofNumber
}
