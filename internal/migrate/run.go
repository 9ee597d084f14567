package migrate

import (
	"context"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3/database"
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Options say what a run may do beside its steps.
type Options struct {
	Backup   bool                                // copy the file before a destructive step
	From     int64                               // begin with the schema of that version, a cluster that was never migrated
	Waiting  func()                              // called, if not nil, while another process has the lock
	Starting func(step Step, done, total int)    // called, if not nil, before each step
	Ended    func(step Step)                     // called, if not nil, after each step
	BackedUp func(name string, because Destroys) // called, if not nil, when a copy is made
}

// Destroys is the statement for whose sake a copy is made.
type Destroys struct {
	Path string
	migration.Statement
}

// Run brings the database where the plan wants it. Each step is in a transaction
// of its own, unless the migration says otherwise, so that what has ended stays
// when a later one fails. On a cluster that is so whatever the migration says.
func (t Target) Run(ctx context.Context, files []migration.File, plan Plan, opts Options) error {
	if t.Cluster() {
		return t.runCluster(ctx, files, plan, opts)
	}
	if there, err := t.Exists(); err != nil {
		return err
	} else if !there { // a plan without steps does not leave an empty database
		if steps, err := plan(files, nil); err != nil {
			return fmt.Errorf("%s: %w", t.Path, err)
		} else if len(steps) == 0 {
			return nil
		}
	}
	unlock, err := t.lock(ctx, opts.Waiting)
	if err != nil {
		return err
	}
	defer unlock()
	existed, err := t.Exists()
	if err != nil {
		return err
	}
	r := &run{Target: t, opts: opts}
	r.session, err = migration.Open(sqlite.OpenFile(t.DSN("rwc")), files, migration.Hooks{Done: r.done})
	if err != nil {
		return err
	}
	defer r.session.Close()
	if err := awake(ctx, r.session.DB); err != nil {
		return fmt.Errorf("open %s: %w", t.Path, err)
	}
	if err := r.session.DB.QueryRowContext(ctx, "PRAGMA foreign_keys").Scan(&r.foreignKeys); err != nil {
		return err
	}
	applied, err := ReadApplied(ctx, r.session.DB)
	if err != nil {
		return fmt.Errorf("%s: read %s: %w", t.Path, migration.VersionTable, err)
	}
	if applied == nil {
		if err := NotOthers(ctx, r.session.DB); err != nil {
			return fmt.Errorf("%s: %w", t.Path, err)
		}
	}
	steps, err := plan(files, applied)
	if err != nil {
		return fmt.Errorf("%s: %w", t.Path, err)
	}
	if opts.Backup && existed {
		if err := r.backup(ctx, steps, len(applied) > 0); err != nil {
			return err
		}
	}
	return r.run(ctx, steps)
}

type run struct {
	Target
	opts        Options
	session     *migration.Session
	foreignKeys bool // they are enforced

	orphans int // before a step, -1 where they are not counted
}

// backup copies the file before the first destructive step. It does not copy a
// database without migrations and without tables.
func (r *run) backup(ctx context.Context, steps []Step, migrated bool) error {
	var tables int
	if err := r.session.DB.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return err
	}
	if !migrated && tables == 0 {
		return nil
	}
	for _, s := range steps {
		statement := s.Destructive()
		if statement == nil {
			continue
		}
		name, err := r.Target.backup(ctx, s)
		if err == nil && r.opts.BackedUp != nil {
			r.opts.BackedUp(name, Destroys{s.File.Path, *statement})
		}
		return err
	}
	return nil
}

func (r *run) run(ctx context.Context, steps []Step) error {
	for i, s := range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.opts.Starting != nil {
			r.opts.Starting(s, i, len(steps))
		}
		if err := r.step(ctx, s); err != nil {
			return err
		}
		if r.opts.Ended != nil {
			r.opts.Ended(s)
		}
	}
	return nil
}

func (r *run) step(ctx context.Context, s Step) error {
	r.orphans = -1
	if !s.File.NoTx() && !r.foreignKeys && s.writes() {
		r.orphans = r.countOrphans(ctx)
	}
	_, err := r.session.Provider.ApplyVersion(ctx, s.File.Version(), s.Up)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return r.session.Explain(err)
	}
	if !s.File.NoTx() {
		return nil
	}
	// It may have left a transaction or another setting to the next migration.
	if _, err := r.session.DB.ExecContext(ctx, "BEGIN"); err != nil {
		return &diag.Problem{File: s.File.Path, Msg: "the migration leaves its transaction open, so that nothing of it stays", Err: err,
			Fix: "write COMMIT; at the end"}
	}
	_, err = r.session.DB.ExecContext(ctx, fmt.Sprintf("ROLLBACK; PRAGMA foreign_keys = %t", r.foreignKeys))
	return err
}

// writes reports whether a step may leave rows that refer to nothing.
func (s Step) writes() bool {
	if s.Destructive() != nil {
		return true
	}
	for _, statement := range s.Statements() {
		for _, part := range sqltext.Split(statement.SQL) {
			stmt, _ := syntax.Parse(part.Text)
			if _, inserts := stmt.(*ast.InsertStmt); inserts {
				return true
			}
		}
	}
	return false
}

// ErrOrphans: a migration would leave rows whose foreign key refers to no row.
var ErrOrphans = errors.New("it leaves rows that refer to nothing")

// countOrphans counts the rows that refer to nothing. Where SQLite cannot tell,
// because a foreign key fits no key, it counts none.
func (r *run) countOrphans(ctx context.Context) int {
	n := -1
	if err := r.session.DB.QueryRowContext(ctx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&n); err != nil {
		return -1
	}
	return n
}

// done rolls back what leaves more rows without a parent than there were.
func (r *run) done(ctx context.Context, db database.DBTxConn, _ *migration.File) error {
	if r.orphans < 0 {
		return nil
	}
	var table string
	var n int
	row := db.QueryRowContext(ctx, `SELECT count(*), coalesce(min("table" || ', to ' || parent), '') FROM pragma_foreign_key_check`)
	if err := row.Scan(&n, &table); err != nil || n <= r.orphans {
		return nil
	}
	return fmt.Errorf("%w: %d more rows than before, of %s: delete them or set the column to NULL first", ErrOrphans, n-r.orphans, table)
}

// Mark records the first migration as applied without running it.
func (t Target) Mark(ctx context.Context, files []migration.File) error {
	unlock, err := t.lock(ctx, nil)
	if err != nil {
		return err
	}
	defer unlock()
	s, err := migration.Open(sqlite.OpenFile(t.DSN("rw")), files, migration.Hooks{})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := awake(ctx, s.DB); err != nil {
		return fmt.Errorf("open %s: %w", t.Path, err)
	}
	if _, err := s.Provider.GetDBVersion(ctx); err != nil { // which makes goose's table
		return fmt.Errorf("%s: %w", t.Path, err)
	}
	_, err = s.DB.ExecContext(ctx, "INSERT INTO "+migration.VersionTable+" (version_id, is_applied) VALUES (?, 1)", files[0].Version())
	return err
}
