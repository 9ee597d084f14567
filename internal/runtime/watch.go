package drey

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// Statement describes a statement that has ended.
type Statement struct {
	// Name is sqlc's name of the query, such as GetLink, or the verb and source
	// of a typed query, such as SELECT links.
	Name string
	// SQL is its text. Values are not in it, unless somebody wrote them there.
	SQL string
	// Args are the values that were bound. It is nil unless Arguments is set in the
	// options of Open.
	Args []driver.NamedValue
	// Start is when it began. Duration is how long it took until its last row was
	// read; what the caller does between rows counts.
	Start    time.Time
	Duration time.Duration
	// Rows is the number of rows that were read, or that were affected if it does not
	// return any.
	Rows int64
	// Plan is SQLite's query plan, a line for each node. Only a statement that
	// took SlowAfter of the options or longer has one; for others it is nil. It is
	// empty for a statement without a plan, such as a COMMIT, and for several
	// statements in one text.
	Plan []string
	// Err is the error that it failed with, or nil.
	Err error
}

// LogStatements returns an OnStatement for the options of Open. It logs to
// logger: failures as errors, slow statements with their plan as warnings,
// others for debugging. Values are logged only if the options have Arguments
// set.
func LogStatements(logger *slog.Logger) func(context.Context, Statement) {
	return func(ctx context.Context, s Statement) {
		level := slog.LevelDebug
		switch {
		case s.Err != nil:
			level = slog.LevelError
		case s.Plan != nil:
			level = slog.LevelWarn
		}
		if !logger.Enabled(ctx, level) {
			return
		}
		attrs := []slog.Attr{
			slog.String("name", s.Name), slog.String("sql", s.SQL),
			slog.Duration("duration", s.Duration), slog.Int64("rows", s.Rows),
		}
		if s.Args != nil {
			values := make([]any, len(s.Args))
			for i, a := range s.Args {
				values[i] = a.Value
			}
			attrs = append(attrs, slog.Any("args", values))
		}
		if s.Plan != nil {
			attrs = append(attrs, slog.Any("plan", s.Plan))
		}
		if s.Err != nil {
			attrs = append(attrs, slog.Any("error", s.Err))
		}
		logger.LogAttrs(ctx, level, "statement", attrs...)
	}
}

// StatementName returns the name of a statement: what follows "-- name:" in
// sqlc's texts, or the verb and what it is about, such as "UPDATE links". It
// does not contain values, so it serves as the name of a span or a label of a
// metric.
func StatementName(query string) string {
	if rest, ok := strings.CutPrefix(query, "-- name: "); ok {
		name, _, _ := strings.Cut(rest, " ")
		return name
	}
	w := sqldriver.Words{Text: query}
	verb := w.Next()
	before := map[string]string{"SELECT": "FROM", "DELETE": "FROM", "INSERT": "INTO", "REPLACE": "INTO", "UPDATE": "UPDATE", "WITH": "WITH"}[verb]
	if before == "" {
		return verb
	}
	for word := verb; word != ""; word = w.Next() {
		if word != before {
			continue
		}
		from := w.At
		name := w.Next()
		if name == "RECURSIVE" {
			from = w.At
			w.Next()
		}
		if before == "WITH" {
			verb = "SELECT"
		}
		about := strings.TrimSpace(query[from:w.At])
		if inner, ok := strings.CutPrefix(about, "("); ok { // as in a count
			return StatementName(inner)
		}
		return verb + " " + strings.Trim(about, "\"`[]")
	}
	return verb
}

// Watch returns a connector that tells on of every statement that has ended. arguments
// says whether it tells the values that were bound, too. slow is the duration from
// which it tells the query plan: 0 is never.
func Watch(c driver.Connector, on func(context.Context, Statement), arguments bool, slow time.Duration) driver.Connector {
	return &watched{c, &watch{on: on, arguments: arguments, slow: slow}}
}

// watch is told of statements. It stands between database/sql and the driver,
// the only place that sees when rows have been read.
type watch struct {
	on        func(context.Context, Statement)
	arguments bool
	slow      time.Duration
}

// watched is a driver's connector whose connections are watched.
type watched struct {
	driver.Connector
	*watch
}

func (w *watched) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := w.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := conn.(sqldriver.Conn)
	if !ok {
		return nil, errors.Join(errors.New("the driver's connections lack methods with a context"), conn.Close())
	}
	return &watchedConn{Conn: full, watch: w.watch}, nil
}

type watchedConn struct {
	sqldriver.Conn
	sqldriver.Converting
	*watch
}

// Unwrap gives the driver's own connection.
func (c *watchedConn) Unwrap() driver.Conn { return c.Conn }

// running is a statement that runs.
type running struct {
	Statement
	ctx  context.Context
	conn *watchedConn
}

func (c *watchedConn) start(ctx context.Context, query string, args []driver.NamedValue) *running {
	r := &running{Statement: Statement{Name: StatementName(query), SQL: query, Start: time.Now()}, ctx: ctx, conn: c}
	if c.arguments {
		r.Args = slices.Clone(args) // who gives them may use them again
	}
	return r
}

// end tells of the statement. Its rows are closed.
func (r *running) end(err error) {
	r.Duration = time.Since(r.Start)
	r.Err = err
	if r.conn.slow > 0 && r.Duration >= r.conn.slow {
		r.Plan = r.conn.plan(r.SQL)
	}
	r.conn.on(r.ctx, r.Statement)
}

// plan asks SQLite how it runs the query, which does not run it. A second
// statement in the text would be run, so such a text is not asked about.
func (c *watchedConn) plan(query string) []string {
	p := newPlan()
	if strings.Contains(query, ";") {
		return p.lines
	}
	rows, err := c.Conn.QueryContext(context.Background(), explaining+query, nil)
	if err != nil {
		return p.lines
	}
	defer rows.Close()
	values := make([]driver.Value, len(rows.Columns()))
	for rows.Next(values) == nil && len(values) == 4 {
		if detail, ok := values[3].(string); ok {
			p.add(values[0], values[1], detail)
		}
	}
	return p.lines
}

func (c *watchedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	r := c.start(ctx, query, args)
	result, err := c.Conn.ExecContext(ctx, query, args)
	r.affected(result, err)
	return result, err
}

func (r *running) affected(result driver.Result, err error) {
	if err == nil {
		r.Rows, _ = result.RowsAffected()
	}
	r.end(err)
}

func (c *watchedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	r := c.start(ctx, query, args)
	rows, err := c.Conn.QueryContext(ctx, query, args)
	return r.reading(rows, err)
}

func (r *running) reading(rows driver.Rows, err error) (driver.Rows, error) {
	if err != nil {
		r.end(err)
		return nil, err
	}
	return &watchedRows{Rows: rows, running: r}, nil
}

func (c *watchedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	stmt, err := c.Conn.PrepareContext(ctx, query)
	if err != nil {
		c.start(ctx, query, nil).end(err)
		return nil, err
	}
	full, ok := stmt.(sqldriver.Stmt)
	if !ok {
		return nil, errors.Join(errors.New("the driver's statements lack methods with a context"), stmt.Close())
	}
	return &watchedStmt{full, c, query}, nil
}

type watchedStmt struct {
	sqldriver.Stmt
	conn  *watchedConn
	query string
}

func (s *watchedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	r := s.conn.start(ctx, s.query, args)
	result, err := s.Stmt.ExecContext(ctx, args)
	r.affected(result, err)
	return result, err
}

func (s *watchedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	r := s.conn.start(ctx, s.query, args)
	rows, err := s.Stmt.QueryContext(ctx, args)
	return r.reading(rows, err)
}

// watchedRows counts rows.
type watchedRows struct {
	driver.Rows
	running *running
	err     error
}

func (r *watchedRows) Next(dest []driver.Value) error {
	err := r.Rows.Next(dest)
	switch {
	case err == nil:
		r.running.Rows++
	case !errors.Is(err, io.EOF):
		r.err = err
	}
	return err
}

func (r *watchedRows) Close() error {
	err := r.Rows.Close()
	r.running.end(errors.Join(r.err, err))
	return err
}

// Undo passes on that the statement is to be undone.
func (r *watchedRows) Undo() error {
	if u, ok := r.Rows.(interface{ Undo() error }); ok {
		return u.Undo()
	}
	return nil
}

// ColumnTypeDatabaseTypeName passes on the declared type of a column.
func (r *watchedRows) ColumnTypeDatabaseTypeName(i int) string {
	if typed, ok := r.Rows.(driver.RowsColumnTypeDatabaseTypeName); ok {
		return typed.ColumnTypeDatabaseTypeName(i)
	}
	return ""
}

// BeginTx begins a transaction whose end is watched: a commit waits for the
// disk.
func (c *watchedConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	r := c.start(ctx, "BEGIN", nil)
	tx, err := c.Conn.BeginTx(ctx, opts)
	r.end(err)
	if err != nil {
		return nil, err
	}
	return &watchedTx{tx, ctx, c}, nil
}

type watchedTx struct {
	driver.Tx
	ctx  context.Context
	conn *watchedConn
}

func (t *watchedTx) Commit() error {
	r := t.conn.start(t.ctx, "COMMIT", nil)
	err := t.Tx.Commit()
	r.end(err)
	return err
}

func (t *watchedTx) Rollback() error {
	r := t.conn.start(t.ctx, "ROLLBACK", nil)
	err := t.Tx.Rollback()
	r.end(err)
	return err
}

// Batch passes on a list of statements, of which the driver tells one duration.
func (c *watchedConn) Batch(ctx context.Context, queries []string, args [][]driver.NamedValue) ([]driver.Rows, []driver.Result, error) {
	b, ok := c.Conn.(sqldriver.Batcher)
	if !ok {
		return nil, nil, errors.New("the driver has no Batch")
	}
	list := make([]*running, len(queries))
	for i, query := range queries {
		list[i] = c.start(ctx, query, args[i])
	}
	rows, results, err := b.Batch(ctx, queries, args)
	for i, r := range list {
		if err == nil {
			r.Rows, _ = results[i].RowsAffected()
		}
		r.end(err)
	}
	return rows, results, err
}
