package seed

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/content"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/stored"
)

// Options say what to make.
type Options struct {
	Seed     uint64
	Rows     []Count
	SQL      io.Writer                               // the statements go here, and the database stays as it is; nil to keep the rows
	Progress func(table string, rows, done, all int) // called, if not nil: the rows of the table, the tables that are done, and all of them
}

// Filled is a table that has got rows.
type Filled struct {
	Table string
	Rows  int
	Asked int    // more than Rows if Why says so
	Why   string // that there is no room for more, "" if there was
}

// Error is a table that cannot be filled.
type Error struct {
	Table   string
	Rows    int // that could be made
	Msg     string
	Columns []string // at fault
	Key     string   // a unique key of which every value is taken, "" otherwise
	Total   uint64   // the number of its values
	Parents []string // the tables that columns at fault refer to
	Missing []string // those of them that are not there
	had     bool     // it had rows before
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "table %s: ", e.Table)
	if e.Rows == 0 {
		b.WriteString("no row could be made: ")
	} else {
		fmt.Fprintf(&b, "no more than %d rows could be made: ", e.Rows)
	}
	b.WriteString(e.Msg)
	if len(e.Columns) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(e.Columns, ", "))
	}
	switch {
	case e.Key != "":
		fmt.Fprintf(&b, "\n\tfix: %s has %d values here: ask for fewer rows, --rows %s=%d", e.Key, e.Total, e.Table, e.Rows)
		if len(e.Parents) > 0 {
			fmt.Fprintf(&b, ", or for more of %s", strings.Join(e.Parents, " and "))
		}
	case len(e.Missing) > 0:
		fmt.Fprintf(&b, "\n\tfix: a foreign key refers to %s, which is not there: mend it in a migration, or leave the table out, --rows %s=0", strings.Join(e.Missing, ", "), e.Table)
	case len(e.Parents) > 0:
		fmt.Fprintf(&b, "\n\tfix: it needs rows of %s first: ask for some, or write some; or leave the table out, --rows %s=0", strings.Join(e.Parents, " and "), e.Table)
	default:
		fmt.Fprintf(&b, "\n\tfix: no value that was tried satisfies it: write rows of the table yourself, and leave it out, --rows %s=%d", e.Table, e.Rows)
	}
	return b.String()
}

// full reports whether the table has rows, and a unique key does not take another.
func (e *Error) full() bool {
	return e.Key != "" || (e.had || e.Rows > 0) && strings.HasPrefix(e.Msg, "UNIQUE constraint failed")
}

type seeder struct {
	ctx     context.Context
	schema  *schema.Schema
	types   stored.Types
	options Options
	judge   *judge
	script  *script
}

// Run fills the tables of a database, which has the schema, in one transaction. If it
// fails, nothing is written; the error is a [*Error] for a table that cannot be filled, a
// [*CountError] for an Options.Rows that does not fit the schema.
func Run(ctx context.Context, db *sql.DB, s *schema.Schema, types stored.Types, o Options) (list []Filled, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	j, err := newJudge(ctx)
	if err != nil {
		return nil, err
	}
	defer j.close()
	run := &seeder{ctx: ctx, schema: s, types: types, options: o, judge: j, script: &script{w: o.SQL}}
	// A database that is new, or that the migrate command has opened, does not enforce them.
	for _, statement := range []string{"PRAGMA foreign_keys = ON", cache, "BEGIN IMMEDIATE"} {
		if _, err := conn.ExecContext(ctx, statement); err != nil { // @native-sql-dynamic one of these
			return nil, err
		}
	}
	end := "ROLLBACK"
	defer func() {
		// It is the end also where ctx is done, and where a trigger has rolled back already.
		_, ended := conn.ExecContext(context.WithoutCancel(ctx), end) // @native-sql-dynamic COMMIT or ROLLBACK
		if err == nil {
			if err = ended; err != nil {
				err = fmt.Errorf("at the end: %s", sqlite.Message(ended))
				_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			}
		}
	}()
	if list, err = run.fill(conn); err != nil {
		return nil, err
	}
	if o.SQL != nil {
		return list, run.script.flush()
	}
	end = "COMMIT"
	return list, nil
}

func (s *seeder) fill(conn *sql.Conn) (list []Filled, err error) {
	order := content.ParentsFirst(s.schema, s.schema.Tables)
	p, err := s.plan(conn, order)
	if err != nil {
		return nil, err
	}
	order = slices.DeleteFunc(order, func(t *schema.Table) bool { return p.rows[t] == 0 })
	for i, t := range order {
		n := p.rows[t]
		f, err := s.table(conn, t, p)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t.Name, err)
		}
		filled := Filled{Table: t.Name, Asked: n}
		if room, by := f.limit(); room >= 0 && int64(n) > room && !p.named[t] {
			n = int(room)
			filled.Why = by.name + " does not allow more"
		}
		if p.deferred {
			p.deferred = false
			if _, err := conn.ExecContext(s.ctx, deferred); err != nil { // @native-sql-dynamic a constant
				return nil, err
			}
			if err := s.record(deferred); err != nil {
				return nil, err
			}
		}
		err = f.fill(n, func(rows int) {
			if s.options.Progress != nil {
				s.options.Progress(t.Name, rows, i, len(order))
			}
		})
		var full *Error
		switch {
		case errors.As(err, &full) && full.full() && !p.named[t]: // also for the rows that were there
			filled.Why = cmp.Or(full.Key, full.Msg)
			if full.Key != "" {
				filled.Why += " does not allow more"
			}
		case err != nil && s.ctx.Err() != nil:
			return nil, s.ctx.Err()
		case errors.As(err, &full):
			return nil, err
		case err != nil:
			return nil, fmt.Errorf("table %s: %s", t.Name, sqlite.Message(err))
		}
		filled.Rows = f.rows
		list = append(list, filled)
		p.done[t] = true
	}
	return list, nil
}

// cache keeps 256 MB of pages in memory, so that a large transaction does not write them
// more than once.
const cache = "PRAGMA cache_size = -262144"

// deferred lets rows of a cycle refer to rows that come later.
const deferred = "PRAGMA defer_foreign_keys = ON"

// record writes a statement to the script, if there is one.
func (s *seeder) record(statement string) error {
	if s.options.SQL == nil {
		return nil
	}
	return s.script.statement(statement)
}
