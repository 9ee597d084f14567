package drey

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"

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
	deleted  bool         // a conflict may be with a row that is deleted softly
	columns  []uint16     // that Insert names
	tenant   *node        // whose the rows are, nil if each says that itself
	from     rowSource    // where the rows come from, nil if the caller has them
	values   []assignment // what columns get in place of the row's values
	conflict conflict
	target   uniqueKey // without columns for any key
	update   []uint16  // the columns that a conflict updates with the new row's
	set      []assignment
	where    []node
	returned []operand // what is read of each row, nil for all columns
	progress func(done, total int)
}

// Values gives columns these values, in every row: constants and expressions, in place
// of the row's own values or beside them. In an expression a column is the row's value
// for it, and must be among those that are inserted.
//
//	db.Links.Insert().Values(drey.SetTo(db.Links.Slug, drey.Lower(db.Links.Slug))).Exec(ctx, c, rows...)
//
// SQL: INSERT INTO links (slug, …) WITH "insert's rows" (slug, …) AS (VALUES (?, …)) SELECT
// lower(links.slug), … FROM "insert's rows" AS links.
func (i *Insertion[S, R]) Values(assignments ...Assignment[S]) *Insertion[S, R] {
	n := *i
	n.in.values = withAssignments(n.in.values, assignments)
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
	if i.from != nil {
		n, err := i.runFrom(ctx, c.on(), rows, nil)
		if err != nil {
			return 0, failed(i.rel, err)
		}
		return n, nil
	}
	columns, err := i.numbers()
	if err != nil {
		return 0, failed(i.rel, err)
	}
	var affected int64
	beside := i.appendArgs(nil)
	most := chunkRows(len(columns), c.on().of().parameters-len(beside))
	all, fields := i.room(min(rows, most)*len(columns) + len(beside))
	err = i.inChunks(ctx, c, rows, most, func(s session, from, to int) error {
		all = all[:0]
		for r := from; r < to; r++ {
			fields = row(r, fields[:0])
			if err := i.checkRow(fields); err != nil {
				return err
			}
			all = i.bindRow(all, columns, fields)
		}
		n, err := i.run(ctx, s, columns, to-from, append(all, beside...), nil)
		affected += n
		return err
	})
	if err != nil {
		return 0, failed(i.rel, err)
	}
	return affected, nil
}

// room is room for the arguments of a statement, and for the fields of a row.
func (i *insertion) room(arguments int) (args, fields []any) {
	all := make([]any, arguments+len(i.rel.Columns))
	return all[:0:arguments], all[arguments:arguments]
}

// bindRow appends what these columns of a row bind.
func (i *insertion) bindRow(args []any, columns []uint16, fields []any) []any {
	for _, col := range columns {
		if i.tenant != nil && col == i.tenant.on.col {
			args = append(args, i.tenant.vals[0])
		} else {
			args = append(args, i.rel.bind(col, fields[col]))
		}
	}
	return args
}

// appendArgs appends what the statement binds beside its rows.
func (i *insertion) appendArgs(args []any) []any {
	for n := range i.values {
		args = i.values[n].bound(args)
	}
	args = i.conflictArgs(args)
	for n := range i.returned {
		args = i.returned[n].appendArgs(args)
	}
	return args
}

// Returning inserts the rows, all of them or none, and returns those that were
// inserted or updated as they are now, in the order of rows. SQLite does not
// promise an order for what a statement returns, so each row has its own
// statement. Those of an [InsertSelect] come in no particular order.
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
	beside := i.appendArgs(nil)
	values, fields := i.room(len(columns) + len(beside))
	of := returnedOf(i.rel, i.returned)
	read := func(from scanRow) (bool, error) {
		fields = next(fields[:0])
		return true, scan(of, from, fields)
	}
	if i.from != nil {
		if _, err := i.runFrom(ctx, c.on(), rows, read); err != nil {
			return failed(i.rel, err)
		}
		return nil
	}
	err = i.inChunks(ctx, c, rows, 1, func(s session, from, _ int) error {
		fields = row(from, fields[:0])
		if err := i.checkRow(fields); err != nil {
			return err
		}
		_, err := i.run(ctx, s, columns, 1, append(i.bindRow(values[:0], columns, fields), beside...), read)
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

// numbers returns the columns that the rows give, in their order.
func (i *insertion) numbers() ([]uint16, error) {
	if i.from != nil {
		return i.checked(i.from.columns())
	}
	if len(i.columns) > 0 {
		return i.checked(i.withTenant(i.columns))
	}
	numbers := make([]uint16, 0, len(i.rel.Columns))
	for col := range uint16(len(i.rel.Columns)) {
		if !slices.Contains(i.rel.Computed, col) {
			numbers = append(numbers, col)
		}
	}
	return numbers, nil
}

// checked returns the columns, if all of them can be written together.
func (i *insertion) checked(columns []uint16) ([]uint16, error) {
	for n, col := range columns {
		if slices.Contains(i.rel.Computed, col) {
			return nil, fmt.Errorf("%w: %s", ErrComputed, i.rel.Columns[col])
		}
		if slices.Contains(columns[:n], col) {
			return nil, fmt.Errorf("%w: %s", ErrAssignedTwice, i.rel.Columns[col])
		}
	}
	return columns, nil
}

// run inserts rows in one statement. It calls f with the rows as they are now;
// if f is nil, it returns how many were inserted or updated.
func (i *insertion) run(ctx context.Context, s session, columns []uint16, rows int, args []any, f func(scanRow) (bool, error)) (int64, error) {
	var buf [128]byte
	m := modeInsert
	if f != nil {
		m = modeInsertReturning
	}
	written, err := i.written(columns)
	if err != nil {
		return 0, err
	}
	key, shaped := i.appendShape(append(buf[:0], shapeMark), columns, written, rows, m)
	most := s.of().integers
	n, err := write(ctx, s, key, shaped, args, func() (squirrel.Sqlizer, error) {
		return i.render(columns, written, rows, args, f != nil, most)
	}, f)
	return n, raised(err)
}

// appendShape appends what the SQL depends on. It reports false if a part of it does
// not have a shape.
func (i *insertion) appendShape(key []byte, given, written []uint16, rows int, m mode) ([]byte, bool) {
	key = append(i.rel.appendTo(key, numbered), byte(m))
	key, ok := appendAssignments(appendColumns(key, given), i.values)
	if ok {
		key, ok = i.appendConflict(key, written)
	}
	key = binary.AppendUvarint(key, uint64(rows))
	if ok && i.from != nil {
		key, ok = i.from.appendShape(key)
	}
	if ok && i.returned != nil {
		key, _, ok = appendReturned(key, nil, i.returned)
	}
	return key, ok
}

func columnsOf[S any, H AnyColumn[S]](handles []H) []uint16 {
	columns := make([]uint16, len(handles))
	for i, h := range handles {
		columns[i] = h.place().on.col
	}
	return columns
}

// ToSql renders the statement that inserts the rows, with ? placeholders. It is one
// statement, however many they are.
func (i *Insertion[S, R]) ToSql(rows ...R) (string, []any, error) {
	return i.in.text(len(rows), func(n int, to []any) []any { return i.fields(&rows[n], to) })
}

func (i *insertion) text(rows int, row func(n int, to []any) []any) (string, []any, error) {
	columns, err := i.numbers()
	if err != nil {
		return "", nil, err
	}
	if i.from != nil {
		if err := i.checkFrom(rows, newEngine()); err != nil {
			return "", nil, err
		}
	} else if rows == 0 {
		return "", nil, errNoRows
	}
	written, err := i.written(columns)
	if err != nil {
		return "", nil, err
	}
	var args []any
	for n := range rows {
		fields := row(n, nil)
		if err := i.checkRow(fields); err != nil {
			return "", nil, err
		}
		for col := range fields { // the values themselves, as others have them
			v := reflect.ValueOf(fields[col]).Elem()
			for v.Kind() == reflect.Pointer && !v.IsNil() {
				v = v.Elem()
			}
			if fields[col] = v.Interface(); v.Kind() == reflect.Pointer {
				fields[col] = nil
			}
		}
		args = i.bindRow(args, columns, fields)
	}
	s, err := i.render(columns, written, rows, args, false, math.MaxInt64)
	if err != nil {
		return "", nil, err
	}
	return s.ToSql()
}

// render renders the statement. args begins with the values of the rows.
func (i *insertion) render(given, written []uint16, rows int, args []any, returning bool, most int64) (squirrel.Sqlizer, error) {
	if err := i.checkConflict(written); err != nil {
		return nil, err
	}
	b := squirrel.Insert(i.rel.Name).Columns(i.rel.names(written)...)
	if old := i.old(); old != i.rel.Name && i.conflict == conflictUpdate {
		b = b.Into(i.rel.Name + " AS " + old)
	}
	if i.conflict == conflictReplace {
		b = b.Options("OR REPLACE")
	}
	if i.from == nil && len(i.values) == 0 {
		for row := range slices.Chunk(args[:rows*len(given)], len(given)) {
			b = b.Values(row...)
		}
	} else {
		sel, err := i.selects(given, written, rows, args, most)
		if err != nil {
			return nil, err
		}
		b = b.Select(sel)
	}
	if i.conflicts() {
		conflict, err := i.onConflict(written, most)
		if err != nil {
			return nil, err
		}
		b = b.SuffixExpr(conflict)
	}
	if returning {
		b = b.SuffixExpr(returningSQL(i.rel, i.returned))
	}
	return b, nil
}
