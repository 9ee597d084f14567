package drey

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"sync"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// Batch is a list of steps whose statements run together: all of them or none, on
// every engine. If the engine is far away, they take one round trip. If they only
// read, they read one state of the database, and no write waits for them. No code of
// the caller's runs in between, so a step cannot depend on what an earlier one
// found; use [Client.Tx] for that, where the engine has transactions.
//
//	var b db.Batch
//	link := db.InBatch(&b, func(tx *db.Tx) (db.Link, error) { return tx.CreateLink(ctx, params) })
//	b.Do(func(tx *db.Tx) error { return tx.RecordClick(ctx, click) })
//	if err := b.Run(ctx, c); err != nil { … }
//	created, err := link()
//
// A step is called twice. In the first call its statements are only recorded:
// they find no rows and affect none. The second call gets the results. A step
// must ask for the same statements both times, do nothing else that matters,
// and return the error that it got. A Batch is not safe for concurrent use.
type Batch struct {
	steps []func(*Tx) error
	ran   bool
}

var (
	// ErrBatchStep: a step of a batch asked for other statements, or for more,
	// when it was called with the results. A read of a single row ends a step,
	// because it gets sql.ErrNoRows in the first call. The batch is undone, but
	// not on an engine without transactions: there it stays done.
	ErrBatchStep = errors.New("a step of a batch did not repeat its statements")
	// ErrBatchNotRun: a result was asked for before its batch had run.
	ErrBatchNotRun = errors.New("the batch has not been run")
	errInBatch     = errors.New("not in a step of a batch")
)

// InBatch adds a step to the batch. It returns a function that gives the
// step's result once the batch has run.
func InBatch[R any](b *Batch, step func(tx *Tx) (R, error)) func() (R, error) {
	var result R
	var failure error
	b.steps = append(b.steps, func(tx *Tx) error {
		result, failure = step(tx)
		return failure
	})
	return func() (R, error) {
		if !b.ran {
			return *new(R), ErrBatchNotRun
		}
		return result, failure
	}
}

// Do adds a step without a result.
func (b *Batch) Do(step func(tx *Tx) error) { b.steps = append(b.steps, step) }

// Run runs the statements of all steps. If it returns an error, none of them
// has had an effect. There is one exception: on an engine without transactions
// they have been done if the error is [ErrBatchStep], or if a step could not
// use its results, such as a row that cannot be read. On a Tx the batch is a
// part of the transaction.
func (b *Batch) Run(ctx context.Context, c Conn) error {
	b.ran = false
	s := c.on()
	if _, ok := s.(*taping); ok {
		return fmt.Errorf("a batch: %w", errInBatch)
	}
	err := tapeOf(ctx, s, func(on *taping) error {
		for i, step := range b.steps {
			if err := step(&on.Tx); err != nil && !errors.Is(err, sql.ErrNoRows) {
				return fmt.Errorf("step %d of the batch: %w", i+1, err)
			}
			if on.tape.err != nil {
				return fmt.Errorf("step %d: %w", i+1, on.tape.err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	b.ran = true
	return nil
}

// taping is the state of a step: its statements go to a tape.
type taping struct {
	Tx
	engine *engine
	tape   *tape
}

func (t *taping) of() *engine { return t.engine }

func (t *taping) enter(_ context.Context, k sqldriver.Kind) (*pool, error) {
	if k == sqldriver.Controlling {
		return nil, ErrTxStatement
	}
	return nil, nil
}

func (t *taping) handle(sqldriver.Kind) DBTX { return t.tape.db }

// tapeOf runs the statements that f asks for as one. It calls f twice. The first
// call records what f asks for, the second gets the results. Statements that only
// read do not hold up a write.
func tapeOf(ctx context.Context, s session, f func(*taping) error) error {
	t := &tape{}
	db := sql.OpenDB(t)
	defer db.Close()
	t.db = unending{db}
	e := *s.of()
	e.foreign = nil // the arguments are bound when the tape is played
	on := &taping{engine: &e, tape: t}
	on.Tx.texts = textsOn(on)
	if err := f(on); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	results := func() error {
		t.replay = true
		if err := f(on); err != nil {
			return err
		}
		if t.err == nil && t.at < len(t.list) {
			return ErrBatchStep
		}
		return t.err
	}
	play := func(s session) error {
		for i := range t.list {
			if err := t.list[i].run(ctx, s); err != nil {
				return fmt.Errorf("statement %d of the batch: %w", i+1, raised(err))
			}
		}
		return results()
	}
	switch s := s.(type) {
	case *remote:
		if err := s.playAtOnce(ctx, t.list); err != nil {
			return err
		}
		return results()
	case *pooled:
		if t.reads() {
			r := &transaction{}
			return s.reads.inTx(ctx, &sql.TxOptions{ReadOnly: true}, r, func() error {
				r.Tx.texts = textsOn(r)
				return play(r)
			})
		}
	case *transaction, *snapshot:
		if t.reads() {
			return play(s)
		}
	}
	return atomically(ctx, s, play)
}

// reads reports whether all recorded statements only read.
func (t *tape) reads() bool {
	return !slices.ContainsFunc(t.list, func(s taped) bool { return sqldriver.KindOf(s.query) != sqldriver.Reading })
}

// taped is a statement that was asked for, and its outcome.
type taped struct {
	query string
	args  []driver.NamedValue
	rows  bool // the caller wants rows

	columns      []string
	values       [][]driver.Value
	affected, id int64
}

// tape is a database that records the statements that it is asked for, and
// later gives the results that they had.
type tape struct {
	sqldriver.Converting
	db unending

	mu     sync.Mutex
	list   []taped
	replay bool
	at     int // of the replay
	err    error
}

// unending is a database that waits for nothing, so it ignores the end of a
// context: a step gets the results that its statements had.
type unending struct{ *sql.DB }

func (u unending) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return u.DB.ExecContext(context.WithoutCancel(ctx), query, args...)
}

func (u unending) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return u.DB.QueryContext(context.WithoutCancel(ctx), query, args...)
}

func (u unending) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return u.DB.QueryRowContext(context.WithoutCancel(ctx), query, args...)
}

// next records a statement, or finds its outcome.
func (t *tape) next(query string, args []driver.NamedValue, rows bool) (*taped, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.replay {
		t.list = append(t.list, taped{query: query, args: args, rows: rows})
		return &taped{}, nil
	}
	if t.at < len(t.list) {
		s := &t.list[t.at]
		if s.query == query && s.rows == rows && (len(s.args)+len(args) == 0 || reflect.DeepEqual(s.args, args)) {
			t.at++
			return s, nil
		}
	}
	t.err = ErrBatchStep
	return nil, t.err
}

// The tape is its driver: connector and connection in one.

func (t *tape) Connect(context.Context) (driver.Conn, error) { return t, nil }
func (t *tape) Driver() driver.Driver                        { return t }
func (t *tape) Open(string) (driver.Conn, error)             { return t, nil }
func (t *tape) Close() error                                 { return nil }

func (t *tape) Begin() (driver.Tx, error) { return nil, fmt.Errorf("a transaction: %w", errInBatch) }

func (t *tape) Prepare(string) (driver.Stmt, error) {
	return nil, fmt.Errorf("to prepare a statement: %w", errInBatch)
}

func (t *tape) ExecContext(_ context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return t.next(query, args, false)
}

func (t *tape) QueryContext(_ context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := t.next(query, args, true)
	if err != nil {
		return nil, err
	}
	return &sqldriver.FixedRows{Names: s.columns, List: s.values}, nil
}

func (s *taped) LastInsertId() (int64, error) { return s.id, nil }
func (s *taped) RowsAffected() (int64, error) { return s.affected, nil }

// run runs the statement and records its outcome.
func (t *taped) run(ctx context.Context, s session) error {
	l, err := (&static{s}).take(ctx, t.query)
	if err != nil {
		return err
	}
	defer l.release()
	args := make([]any, len(t.args))
	for i, a := range t.args {
		args[i] = a.Value
		if a.Name != "" {
			args[i] = sql.Named(a.Name, a.Value)
		}
	}
	if !t.rows {
		result, err := l.exec(ctx, args)
		if err != nil {
			return err
		}
		return t.affect(result)
	}
	rows, err := l.query(ctx, args)
	if err != nil {
		return err
	}
	if t.columns, err = rows.Columns(); err != nil {
		rows.Close()
		return err
	}
	return drain(s, rows, func(rows scanRow) (bool, error) {
		values := make([]driver.Value, len(t.columns))
		dest := make([]any, len(values))
		for i := range values {
			dest[i] = (*any)(&values[i])
		}
		t.values = append(t.values, values)
		return true, rows.Scan(dest...)
	})
}

func (t *taped) affect(result driver.Result) (err error) {
	if t.affected, err = result.RowsAffected(); err != nil {
		return err
	}
	t.id, err = result.LastInsertId()
	return err
}

// playAtOnce has the engine run the statements, and records their outcomes.
func (r *remote) playAtOnce(ctx context.Context, list []taped) error {
	if len(list) == 0 {
		return nil
	}
	queries, args := make([]string, len(list)), make([][]driver.NamedValue, len(list))
	for i := range list {
		queries[i], args[i] = list[i].query, list[i].args
	}
	conn, err := r.writes.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(dc any) error {
		if d, ok := dc.(*directConn); ok {
			dc = d.Unwrap()
		}
		b, ok := dc.(sqldriver.Batcher)
		if !ok {
			return fmt.Errorf("the driver's %T has no Batch", dc)
		}
		rows, results, err := b.Batch(ctx, queries, args)
		if err != nil {
			return raised(err)
		}
		for i := range list {
			if err := list[i].affect(results[i]); err != nil {
				return err
			}
			if err := list[i].read(rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *taped) read(rows driver.Rows) error {
	defer rows.Close()
	t.columns = rows.Columns()
	for {
		values := make([]driver.Value, len(t.columns))
		if err := rows.Next(values); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		t.values = append(t.values, values)
	}
}
