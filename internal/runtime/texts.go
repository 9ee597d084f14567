package drey

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// texts runs the texts that the caller has written on a session, each on the
// connections that it is for.
type texts struct {
	s    session
	half static
}

func textsOn(s session) texts { return texts{s, static{s}} }

func (t *texts) on() session     { return t.s }
func (t *texts) static() *static { return &t.half }

func (t *texts) enter(ctx context.Context, query string) (DBTX, *pool, error) {
	k := sqldriver.KindOf(query)
	turn, err := t.s.enter(ctx, k)
	if err != nil {
		return nil, nil, err
	}
	return t.s.handle(k), turn, nil
}

// ExecContext runs a text that gives no rows.
func (t *texts) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	db, turn, err := t.enter(ctx, query)
	if err != nil {
		return nil, err
	}
	defer turn.leave()
	defer turn.wrote(ctx)
	if args, err = t.s.of().foreign.bind(query, args); err != nil {
		return nil, err
	}
	return db.ExecContext(ctx, query, args...)
}

// PrepareContext prepares a text that the caller closes.
func (t *texts) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	db, turn, err := t.enter(ctx, query)
	if err != nil {
		return nil, err
	}
	defer turn.leave()
	return db.PrepareContext(ctx, query)
}

// QueryContext runs a text that gives rows.
func (t *texts) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	db, turn, err := t.enter(ctx, query)
	if err != nil {
		return nil, err
	}
	defer turn.leave()
	if args, err = t.s.of().foreign.bind(query, args); err != nil {
		return nil, err
	}
	return db.QueryContext(ctx, query, args...)
}

// QueryRowContext runs a text that gives a row.
func (t *texts) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	db, turn, err := t.enter(ctx, query)
	if err != nil {
		return rowOf(err)
	}
	defer turn.leave()
	if args, err = t.s.of().foreign.bind(query, args); err != nil {
		return rowOf(err)
	}
	return db.QueryRowContext(ctx, query, args...)
}

// rowOf is a row whose Scan fails with err, which must not be
// [driver.ErrBadConn]. Nobody but database/sql can make one.
func rowOf(err error) *sql.Row {
	db := sql.OpenDB(failing{err})
	defer db.Close()
	return db.QueryRowContext(context.Background(), "")
}

// failing connects to nothing.
type failing struct{ err error }

func (f failing) Connect(context.Context) (driver.Conn, error) { return nil, f.err }
func (f failing) Driver() driver.Driver                        { return f }
func (f failing) Open(string) (driver.Conn, error)             { return nil, f.err }
