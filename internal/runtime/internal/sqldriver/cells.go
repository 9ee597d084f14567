package sqldriver

import (
	"fmt"
	"strconv"
	"strings"
)

// Cells are the values of the row as JSON, nil if the driver has them as values.
func (r *Row) Cells() []string { return r.cells }

// ScanCell puts the value of one cell where [Row.Scan] would, and reports false if only
// that can.
func (r *Row) ScanCell(i int, to any) bool {
	cell := r.cells[i]
	if putCell(to, cell) {
		return true
	}
	v, err := r.Rows.(CellRows).Value(cell)
	return err == nil && put(to, v)
}

func (r *Row) scanCells(dest []any) error {
	if len(dest) != len(r.cells) {
		return wrongCount(len(r.cells), len(dest))
	}
	for i, to := range dest {
		if !r.ScanCell(i, to) {
			if err := r.readCells(); err != nil {
				return err
			}
			return r.scanSlowly(dest)
		}
	}
	return nil
}

// readCells reads all values of the row.
func (r *Row) readCells() error {
	r.Values = r.Values[:0]
	for i, cell := range r.cells {
		v, err := r.Rows.(CellRows).Value(cell)
		if err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
		r.Values = append(r.Values, v)
	}
	return nil
}

// putCell puts the value of a cell into a destination of its own type, without a
// [driver.Value] between, which would be on the heap.
func putCell(to any, cell string) bool {
	switch to := to.(type) {
	case *int64:
		return putInteger(to, cell)
	case **int64:
		return putNew(to, cell, putInteger)
	case *string:
		return putText(to, cell)
	case **string:
		return putNew(to, cell, putText)
	case *bool:
		*to = cell == "1"
		return *to || cell == "0"
	}
	return false
}

func putInteger(to *int64, cell string) bool {
	if !IsInteger(cell) {
		return false
	}
	n, err := strconv.ParseInt(cell, 10, 64)
	*to = n
	return err == nil
}

func putText(to *string, cell string) bool {
	if !IsText(cell) {
		return false
	}
	*to = cell[1 : len(cell)-1]
	return true
}

// putNew puts a value into a new place for it.
func putNew[T any](to **T, cell string, put func(*T, string) bool) bool {
	v := new(T)
	if !put(v, cell) {
		return false
	}
	*to = v
	return true
}

// IsInteger reports whether a cell is an integer as Go writes it, and short enough to be exact
// on every engine.
func IsInteger(cell string) bool {
	digits := cell
	if digits != "" && digits[0] == '-' {
		digits = digits[1:]
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return digits != "" && len(digits) <= 15 && (digits[0] != '0' || cell == "0")
}

// IsText reports whether a cell is a text without escapes.
func IsText(cell string) bool {
	return len(cell) > 1 && cell[0] == '"' && strings.IndexByte(cell, '\\') < 0
}
