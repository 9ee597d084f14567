package check

import (
	"cmp"
	"context"
	"slices"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/stored"
)

// Options say what a check may do beside running the migrations.
type Options struct {
	Progress func(done, total int) // told, if not nil, how much is done
	Sums     *Sums                 // compared with the migrations, if not nil
	// Overrides gives the Go types of columns, beside those that follow from the
	// declared types, if not nil.
	Overrides stored.Overrides
	Enable    []string // names of opt-in rules
	// RqliteFrom is the version with whose schema a cluster of rqlite begins, which does
	// not run what comes before.
	RqliteFrom int64
	Queries    []*Queries
}

// Run checks migrations. Notes say what could not be checked. The error is a
// [diag.Problem] if a migration fails on an empty database; after that one
// nothing can be known.
func Run(ctx context.Context, files []migration.File, opts Options) (findings []*Finding, notes []string, err error) {
	c := &checker{ctx: ctx, opts: opts, progress: func(int) {}}
	if opts.Progress != nil {
		c.progress = func(done int) { opts.Progress(done, len(files)) }
	}
	if opts.Sums != nil {
		opts.Sums.check(c, files)
	}
	for i := range files {
		c.read(&files[i])
	}
	// After a transaction that is left open, nothing can be told.
	if !slices.ContainsFunc(c.findings, func(f *Finding) bool { return f.Name == "transaction" }) {
		if err := c.run(files); err != nil {
			return nil, nil, err
		}
	}
	c.silence(files)
	slices.SortStableFunc(c.findings, func(a, b *Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return c.findings, c.notes, nil
}

type checker struct {
	ctx      context.Context
	opts     Options
	progress func(done int)
	findings []*Finding
	notes    []string

	reader   alter.Reader
	index    *index          // of last
	last     *alter.Snapshot // the schema after the migrations that are done
	done     int             // how many are
	versions string          // the statement that makes goose's table
}

// stepError is a statement that fails when there are rows.
type stepError struct {
	part part
	msg  string
}

func (e *stepError) Error() string { return "the step fails: " + e.msg }
