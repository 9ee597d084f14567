package seed

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/content"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/stored"
)

// fill inserts n rows.
func (f *table) fill(n int, progress func(rows int)) error {
	defer f.close()
	most := min(maxBatch, maxParameters/max(1, len(f.columns)))
	if f.ignores() {
		most = 1
	}
	for i := range n {
		if i%maxBatch == 0 {
			if err := f.ctx.Err(); err != nil {
				return err
			}
			progress(i)
		}
		if len(f.columns) == 0 {
			if err := f.defaults(); err != nil {
				return err
			}
			continue
		}
		f.make()
		if f.batch = append(f.batch, f.row.values); len(f.batch) >= min(f.size, most) {
			if err := f.flush(); err != nil {
				return err
			}
		}
	}
	return f.flush()
}

// defaults inserts a row of a table all of whose columns are left out.
func (f *table) defaults() error {
	statement := "INSERT INTO " + sqltext.Quote(f.Name) + " DEFAULT VALUES"
	// @native-sql-dynamic the name is quoted
	if _, err := f.conn.ExecContext(f.ctx, statement); err != nil {
		return f.refused(err)
	}
	f.rows++
	return f.record(statement)
}

// ignores reports whether a trigger may leave out rows.
func (f *table) ignores() bool {
	return slices.ContainsFunc(f.schema.Triggers, func(tr schema.Trigger) bool {
		return sqltext.EqualFold(tr.Table, f.Name) && slices.ContainsFunc(sqltext.Significant(tr.SQL), func(t sqltext.Token) bool { return t.Is("IGNORE") })
	})
}

// flush inserts the batch.
func (f *table) flush() error {
	batch := f.batch
	if len(batch) == 0 {
		return nil
	}
	f.batch = nil
	if len(batch) > 1 {
		err := f.exec(batch)
		if err == nil {
			f.size = min(2*f.size, maxBatch)
			return f.accepted(batch)
		}
		if !f.constraint(err) {
			return err
		}
		f.size = max(1, f.size/4)
	} else {
		f.size = 2
	}
	for _, values := range batch {
		if err := f.one(values); err != nil {
			return err
		}
	}
	return nil
}

func (f *table) exec(rows [][]any) error {
	stmt := f.statements[len(rows)]
	if stmt == nil {
		places := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(f.columns)), ", ") + ")"
		var err error
		// @native-sql-dynamic names are quoted
		stmt, err = f.conn.PrepareContext(f.ctx, f.insert+strings.TrimSuffix(strings.Repeat(places+", ", len(rows)), ", "))
		if err != nil {
			return f.unprepared(err)
		}
		f.statements[len(rows)] = stmt
	}
	args := make([]any, 0, len(rows)*len(f.columns))
	for _, values := range rows {
		args = append(args, values...)
	}
	result, err := stmt.ExecContext(f.ctx, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err == nil && n < int64(len(rows)) {
		return errIgnored
	}
	return nil
}

// unprepared is the error of an INSERT that cannot be prepared, because of a foreign key
// to a table that is not there, or to columns that are not a key.
func (f *table) unprepared(err error) error {
	e := &Error{Table: f.Name, Msg: sqlite.Message(err)}
	for _, t := range f.schema.Tables {
		for _, fk := range t.ForeignKeys {
			if t == f.Table && f.schema.Table(fk.Table) == nil {
				e.Missing = append(e.Missing, fk.Table)
			} else if e.Msg == fmt.Sprintf(`foreign key mismatch - "%s" referencing "%s"`, t.Name, fk.Table) {
				e.Missing = append(e.Missing, fmt.Sprintf("a key (%s) of %s", strings.Join(fk.To, ", "), fk.Table))
			}
		}
	}
	if len(e.Missing) == 0 {
		return err
	}
	return e
}

// constraint reports whether an error says that a row does not satisfy the schema.
func (f *table) constraint(err error) bool {
	if errors.Is(err, errIgnored) {
		return true
	}
	var coded interface{ Code() int }
	if !errors.As(err, &coded) {
		return false
	}
	if code := coded.Code() & 0xff; code != sqlite3.SQLITE_CONSTRAINT && code != sqlite3.SQLITE_MISMATCH {
		return false
	}
	// A trigger or a constraint may roll back the transaction itself: what follows would
	// stay.
	// @native-sql it succeeds only outside of a transaction
	if _, outside := f.conn.ExecContext(f.ctx, "BEGIN"); outside == nil {
		return false
	}
	return true
}

// one inserts a row: with the columns at fault drawn again, as often as it takes.
func (f *table) one(values []any) error {
	insert := func(values []any) error { return f.exec([][]any{values}) }
	err := insert(values)
	f.row.values = values
	for range attempts {
		if err == nil {
			return f.accepted([][]any{f.row.values})
		}
		if !f.constraint(err) {
			return err
		}
		f.again(err)
		err = insert(f.row.values)
	}
	if err == nil {
		return f.accepted([][]any{f.row.values})
	}
	if !f.constraint(err) {
		return err
	}
	return f.solve()
}

// again draws the columns at fault again, all of them if nobody knows which those are.
func (f *table) again(err error) {
	at := content.AtFault(f.Table, f.written, err)
	drawn := map[*key]bool{}
	for _, u := range f.units {
		if u.key != nil && drawn[u.key] || len(at) > 0 && !slices.ContainsFunc(u.columns, func(i int) bool { return slices.Contains(at, i) }) {
			continue
		}
		f.draw(u)
		if u.key != nil {
			drawn[u.key] = true
		}
	}
	f.order()
}

// solve tries the values of the solver, and remembers what it finds.
func (f *table) solve() error {
	r := f.row
	choices := make([][]any, len(f.columns))
	for i, v := range r.values {
		choices[i] = []any{v}
	}
	for _, u := range f.units {
		if len(u.foreign) > 0 || u.key != nil || u.columns[0] == f.rowid {
			continue
		}
		i := u.columns[0]
		c := f.columns[i]
		typ := f.types(f.Table, &c.Column)
		b, failed := f.judge.bench(f.Table, &c.Column, stored.FormOf(typ, c.Affine()))
		if failed != nil {
			return failed
		}
		candidates, failed := b.candidates(f.Table, &c.Column)
		if failed != nil {
			return failed
		}
		if c.nullable {
			choices[i] = append(choices[i], nil)
		}
		choices[i] = append(choices[i], candidates...)
	}
	var fatal error
	err := content.Try(choices, solved, func(values []any) error {
		err := f.exec([][]any{values})
		if err == nil {
			r.values = values
		} else if !f.constraint(err) {
			fatal = err
		}
		return err
	}, func(err error) []int {
		if fatal != nil {
			return nil
		}
		return content.AtFault(f.Table, f.written, err)
	})
	if fatal != nil {
		return fatal
	}
	if err != nil {
		return f.refused(err)
	}
	for i, c := range f.columns {
		if c.source != nil && !c.another && r.values[i] != nil && !same(r.values[i], choices[i][0]) {
			if c.learned = append(c.learned, r.values[i]); len(c.learned) == 3 {
				c.source = listOnce(c.learned)
			}
		}
	}
	return f.accepted([][]any{r.values})
}

// accepted is told of the rows that are in the table.
func (f *table) accepted(rows [][]any) error {
	f.rows += len(rows)
	for _, u := range f.units {
		for _, k := range u.foreign {
			if k.own != nil {
				for _, values := range rows {
					k.accepted(values)
				}
			}
		}
	}
	if f.options.SQL == nil {
		return nil
	}
	for _, values := range rows {
		if err := f.script.row(f.insert, values); err != nil {
			return err
		}
	}
	return nil
}

// refused is the error of a table of which no row is accepted.
func (f *table) refused(err error) error {
	msg := sqlite.Message(err)
	var names []string
	for _, i := range content.AtFault(f.Table, f.written, err) {
		names = append(names, f.Name+"."+f.columns[i].Name)
	}
	e := &Error{Table: f.Name, Rows: f.rows, Msg: msg, Columns: names, had: f.had}
	for _, k := range f.keys {
		if k.drawn >= k.total {
			e.Key, e.Total = k.name, k.total
		}
	}
	for _, fk := range f.ForeignKeys {
		if parent := f.schema.Table(fk.Table); len(names) == 0 && strings.Contains(msg, "FOREIGN KEY") || slices.ContainsFunc(fk.From, func(n string) bool { return slices.Contains(names, f.Name+"."+n) }) {
			if parent == nil {
				e.Missing = append(e.Missing, fk.Table)
			} else {
				e.Parents = append(e.Parents, parent.Name)
			}
		}
	}
	return e
}

func (f *table) close() {
	for _, stmt := range f.statements {
		stmt.Close()
	}
}
