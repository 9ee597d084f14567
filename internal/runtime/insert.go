package drey

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/squirrel"
)

// Insertion inserts rows into table S. Its methods return a new Insertion and
// leave the old one as it was.
type Insertion[S, R any] struct {
	in     insertion
	fields func(*R, []any) []any
}

// insertion is an Insertion without its types.
type insertion struct {
	rel      *Relation
	columns  []uint16
	conflict conflict
	target   []uint16 // the columns of the key, none for any key
	update   []uint16
	progress func(done, total int)
}

// conflict says what happens to a row whose key is there already. It is part
// of the shape key.
type conflict uint8

const (
	conflictFails conflict = iota
	conflictNothing
	conflictUpdate
)

// UniqueKey is a primary or unique key of table S.
type UniqueKey[S any] struct {
	columns []uint16
}

// NewKey returns the unique key of these columns.
func NewKey[S any](columns ...uint16) UniqueKey[S] { return UniqueKey[S]{columns} }

// OrIgnore leaves out a row whose key is in the table already. Without an
// argument it looks at all keys of the table. Only one key can be given.
func (i *Insertion[S, R]) OrIgnore(key ...UniqueKey[S]) *Insertion[S, R] {
	n := *i
	n.in.conflict, n.in.target = conflictNothing, nil
	for _, k := range key {
		n.in.target = k.columns
	}
	return &n
}

// OrUpdate updates the row that has the key already: these columns get the new
// row's values. They must be among the columns that are inserted. Without
// columns, all that are inserted are updated except the key's.
func (i *Insertion[S, R]) OrUpdate(key UniqueKey[S], columns ...AnyColumn[S]) *Insertion[S, R] {
	n := *i
	n.in.conflict, n.in.target, n.in.update = conflictUpdate, key.columns, columnsOf(columns)
	return &n
}

// Progress has f called after each statement, with the number of rows that
// have been inserted and the number of all rows.
func (i *Insertion[S, R]) Progress(f func(done, total int)) *Insertion[S, R] {
	n := *i
	n.in.progress = f
	return &n
}

// maxInsertRows bounds the rows of one INSERT. More do not make it faster.
const maxInsertRows = 256

// Exec inserts the rows, all of them or none, and returns how many were
// inserted or updated. Many rows take several statements in one transaction.
//
//go:noinline
func (i *Insertion[S, R]) Exec(ctx context.Context, c Conn, rows ...R) (int64, error) {
	return i.in.exec(ctx, c, len(rows), func(n int, to []any) []any { return i.fields(&rows[n], to) })
}

// exec inserts rows. row appends the fields of one.
func (i *insertion) exec(ctx context.Context, c Conn, rows int, row func(n int, to []any) []any) (int64, error) {
	columns, err := i.numbers()
	if err != nil {
		return 0, failed(i.rel, err)
	}
	var affected int64
	all := make([]any, 0, min(rows, maxInsertRows)*len(columns))
	fields := make([]any, 0, len(i.rel.Columns))
	err = i.inChunks(ctx, c, rows, chunkRows(len(columns), c.on().of().parameters), func(s session, from, to int) error {
		all = all[:0]
		for r := from; r < to; r++ {
			fields = row(r, fields[:0])
			for _, col := range columns {
				all = append(all, i.rel.bind(col, fields[col]))
			}
		}
		n, err := i.run(ctx, s, columns, to-from, all, nil)
		affected += n
		return err
	})
	if err != nil {
		return 0, failed(i.rel, err)
	}
	return affected, nil
}

// Returning inserts the rows, all of them or none, and returns those that were
// inserted or updated as they are now, in the order of rows. SQLite does not
// promise an order for what a statement returns, so each row has its own
// statement.
//
//go:noinline
func (i *Insertion[S, R]) Returning(ctx context.Context, c Conn, rows ...R) ([]R, error) {
	inserted := make([]R, 0, len(rows))
	err := i.in.returning(ctx, c, len(rows),
		func(n int, to []any) []any { return i.fields(&rows[n], to) },
		func(to []any) []any { return grow(&inserted, i.fields, to) })
	if err != nil {
		return nil, err
	}
	return inserted, nil
}

// returning inserts rows, as exec does. For each that comes back, next makes a new
// one and appends its fields.
func (i *insertion) returning(ctx context.Context, c Conn, rows int, row func(n int, to []any) []any, next func([]any) []any) error {
	columns, err := i.numbers()
	if err != nil {
		return failed(i.rel, err)
	}
	values := make([]any, len(columns))
	fields := make([]any, 0, len(i.rel.Columns))
	err = i.inChunks(ctx, c, rows, 1, func(s session, from, _ int) error {
		fields = row(from, fields[:0])
		for n, col := range columns {
			values[n] = i.rel.bind(col, fields[col])
		}
		_, err := i.run(ctx, s, columns, 1, values, func(from scanRow) (bool, error) {
			fields = next(fields[:0])
			return true, scan(i.rel, from, fields)
		})
		return err
	})
	if err != nil {
		return failed(i.rel, err)
	}
	return nil
}

// inChunks calls f for the rows from and up to to, a chunk at a time, in a
// transaction if there are several.
//
// The rows that are left over are split into powers of two. So an INSERT of
// these columns has few shapes, whatever the numbers of rows.
func (i *insertion) inChunks(ctx context.Context, c Conn, total, most int, f func(s session, from, to int) error) error {
	run := func(s session) error {
		for from := 0; from < total; {
			size := most
			for size > total-from {
				size /= 2
			}
			if err := f(s, from, from+size); err != nil {
				return err
			}
			from += size
			if i.progress != nil {
				i.progress(from, total)
			}
		}
		return nil
	}
	if total == 1 {
		return run(c.on())
	}
	if total == 0 {
		return nil
	}
	return atomically(ctx, c.on(), run)
}

// chunkRows is the number of rows of a full chunk, a power of two.
func chunkRows(columns, parameters int) int {
	rows := maxInsertRows
	for rows > 1 && rows*columns > parameters {
		rows /= 2
	}
	return rows
}

// numbers returns the columns to write, in the order in which they were given.
func (i *insertion) numbers() ([]uint16, error) {
	var numbers []uint16
	if len(i.columns) == 0 {
		for col := range uint16(len(i.rel.Columns)) {
			if !slices.Contains(i.rel.Computed, col) {
				numbers = append(numbers, col)
			}
		}
		return numbers, nil
	}
	for _, col := range i.columns {
		if slices.Contains(i.rel.Computed, col) {
			return nil, fmt.Errorf("%w: %s", ErrComputed, i.rel.Columns[col])
		}
		if slices.Contains(numbers, col) {
			return nil, fmt.Errorf("%w: %s", ErrAssignedTwice, i.rel.Columns[col])
		}
		numbers = append(numbers, col)
	}
	return numbers, nil
}

// run inserts rows in one statement. It calls f with the rows as they are now;
// if f is nil, it returns how many were inserted or updated.
func (i *insertion) run(ctx context.Context, s session, columns []uint16, rows int, args []any, f func(scanRow) (bool, error)) (int64, error) {
	var buf [128]byte
	m := modeInsert
	if f != nil {
		m = modeInsertReturning
	}
	key := binary.AppendUvarint(append(buf[:0], shapeMark), uint64(i.rel.id))
	key = append(key, byte(m), byte(i.conflict))
	for _, list := range [][]uint16{columns, i.target, i.updated(columns)} {
		key = binary.AppendUvarint(key, uint64(len(list)))
		for _, col := range list {
			key = binary.AppendUvarint(key, uint64(col))
		}
	}
	key = binary.AppendUvarint(key, uint64(rows))
	return write(ctx, s, key, true, args, func() (squirrel.Sqlizer, error) {
		return i.render(columns, rows, f != nil)
	}, f)
}

// updated returns the columns that a conflict updates.
func (i *insertion) updated(columns []uint16) []uint16 {
	if i.conflict != conflictUpdate {
		return nil
	}
	if len(i.update) == 0 {
		var cols []uint16
		for _, col := range columns {
			if !slices.Contains(i.target, col) {
				cols = append(cols, col)
			}
		}
		return cols
	}
	return i.update
}

func columnsOf[S any](handles []AnyColumn[S]) []uint16 {
	columns := make([]uint16, len(handles))
	for i, h := range handles {
		columns[i] = h.place().on.col
	}
	return columns
}

func (i *insertion) render(columns []uint16, rows int, returning bool) (squirrel.Sqlizer, error) {
	b := squirrel.Insert(i.rel.Name).Columns(i.rel.names(columns)...)
	row := make([]any, len(columns))
	for range rows {
		b = b.Values(row...)
	}
	if i.conflict != conflictFails {
		suffix := "ON CONFLICT"
		if i.target != nil {
			suffix += " (" + strings.Join(i.rel.names(i.target), ", ") + ")"
		}
		var set []string
		for _, col := range i.updated(columns) {
			if !slices.Contains(columns, col) {
				return nil, fmt.Errorf("%w: %s", ErrNotInserted, i.rel.Columns[col])
			}
			set = append(set, i.rel.Columns[col]+" = excluded."+i.rel.Columns[col])
		}
		switch {
		case i.conflict == conflictNothing:
			suffix += " DO NOTHING"
		case set == nil:
			return nil, ErrNoAssignment
		default:
			suffix += " DO UPDATE SET " + strings.Join(set, ", ")
		}
		b = b.Suffix(suffix)
	}
	if returning {
		b = b.Suffix("RETURNING " + strings.Join(i.rel.Columns, ", "))
	}
	return b, nil
}
