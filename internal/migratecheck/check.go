package migratecheck

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/diff"
	"github.com/dreysql/drey/internal/migration"
	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqltext"
)

// Options are what a check may do beside running the migrations.
type Options struct {
	Progress func(done int) // told, if not nil, how many migrations are done
	Sums     *Sums          // compared with the migrations, if not nil
}

// Run checks migrations. Notes say what could not be checked. The error is of a
// migration that fails on an empty database, behind which nothing can be known:
// a [diag.Problem].
func Run(ctx context.Context, files []migration.File, opts Options) (findings []*Finding, notes []string, err error) {
	c := &checker{ctx: ctx, progress: opts.Progress}
	if opts.Sums != nil {
		opts.Sums.check(c, files)
	}
	for i := range files {
		c.read(&files[i])
	}
	// With a transaction left open, what comes behind it tells nothing.
	if !slices.ContainsFunc(c.findings, func(f *Finding) bool { return f.Name == "transaction" }) {
		if err := c.schemas(files); err != nil {
			return nil, nil, err
		}
		if err := c.rows(files); err != nil {
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
	progress func(done int)
	findings []*Finding
	notes    []string

	snapshots []*diff.Snapshot // the schema after each migration; the first is that of no migration
}

// part is one SQL statement of a migration.
type part struct {
	sql    string
	line   int
	tokens []sqltext.Token
}

// is reports whether the statement begins with these words.
func (p *part) is(words ...string) bool {
	for i, w := range words {
		if i >= len(p.tokens) || !p.tokens[i].Is(w) {
			return false
		}
	}
	return true
}

// parts cuts what goose sends at once into statements.
func parts(statements []migration.Statement) []part {
	var list []part
	for _, s := range statements {
		for _, p := range sqltext.Split(s.SQL) {
			list = append(list, part{p.Text, s.Line + strings.Count(s.SQL[:p.Start], "\n"), sqltext.Significant(p.Text)})
		}
	}
	return list
}

// read finds what the text tells.
func (c *checker) read(f *migration.File) {
	up, down := parts(f.Up()), parts(f.Down())
	if len(up) == 0 {
		c.add("empty", f, 0, "write the statements below \"-- +goose Up\", or delete the file", "there is nothing in the Up section")
	} else if len(down) == 0 {
		what := "the Down section is empty: the migration cannot be taken back"
		if f.DownLine() == 0 {
			what = "there is no Down section: the migration cannot be taken back"
		}
		c.add("no-down", f, f.DownLine(), "write below \"-- +goose Down\" the statements that undo those of Up", "%s", what)
	}
	for _, section := range [][]part{up, down} {
		c.readVersion(f, section)
		if f.NoTx() {
			c.readBare(f, section)
		} else {
			c.readWrapped(f, section)
		}
	}
}

// readVersion is for a migration that records its own version, as one of drey
// migrate diff does. It may have been renumbered since.
func (c *checker) readVersion(f *migration.File, section []part) {
	for _, p := range section {
		own := p.is("DELETE", "FROM") || p.is("INSERT", "INTO") && slices.ContainsFunc(p.tokens, func(t sqltext.Token) bool { return t.Is("VALUES") })
		if !own || len(p.tokens) < 3 || p.tokens[2].Name() != goose.DefaultTablename {
			continue
		}
		for _, t := range p.tokens {
			if t.Kind == sqltext.Integer {
				if t.Text != fmt.Sprint(f.Version()) {
					c.add("wrong-version", f, p.line, fmt.Sprintf("write %d instead of %s", f.Version(), t.Text),
						"the migration records version %s, and its name says %d", t.Text, f.Version())
				}
				break
			}
		}
	}
}

// readWrapped is for statements that goose puts into a transaction.
func (c *checker) readWrapped(f *migration.File, section []part) {
	for _, p := range section {
		if p.is("PRAGMA", "foreign_keys") {
			c.add("no-effect", f, p.line, noTransactionRebuild, "PRAGMA foreign_keys does nothing here: goose runs the migration in a transaction, in which SQLite ignores it")
		}
	}
}

const noTransactionRebuild = "put \"-- +goose NO TRANSACTION\" above \"-- +goose Up\", then PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE; at the\n" +
	"beginning and COMMIT; PRAGMA foreign_keys = ON; at the end, or let drey migrate diff write the migration"

// readBare is for statements that run without goose's transaction.
func (c *checker) readBare(f *migration.File, section []part) {
	open, outside := 0, 0
	var first part
	for _, p := range section {
		switch {
		case p.is("BEGIN"):
			open = p.line
		case p.is("COMMIT"), p.is("END"), p.is("ROLLBACK") && (len(p.tokens) < 3 || !p.tokens[1].Is("TO")):
			open = 0
		case p.is("PRAGMA"), p.is("VACUUM"), p.is("ANALYZE"):
		case open == 0:
			if outside++; outside == 1 {
				first = p
			}
		}
	}
	if open > 0 {
		c.add("transaction", f, open, "write COMMIT; at the end", "the transaction that begins here does not end")
	}
	if outside > 1 {
		c.add("half-done", f, first.line, "write BEGIN IMMEDIATE; before the statements and COMMIT; behind them",
			"%d statements run without a transaction: if a later one fails, the earlier ones stay, and the migration cannot be run again", outside)
	}
}

// open opens a database in memory with one connection.
func open(m *sqlite.Memory) func(func(driver.Conn) driver.Conn) (*sql.DB, error) {
	return func(wrap func(driver.Conn) driver.Conn) (*sql.DB, error) {
		db, err := m.Open(wrap)
		if err == nil {
			db.SetMaxOpenConns(1)
		}
		return db, err
	}
}

// world is a database in memory with goose on it.
type world struct {
	memory *sqlite.Memory
	*migration.Session
}

func newWorld(files []migration.File) (*world, error) {
	m, err := sqlite.NewMemory()
	if err != nil {
		return nil, err
	}
	s, err := migration.Open(open(m), files, migration.Hooks{})
	if err != nil {
		m.Close()
		return nil, err
	}
	return &world{m, s}, nil
}

func (w *world) close() {
	w.Session.Close()
	w.memory.Close()
}

func (w *world) apply(ctx context.Context, f *migration.File, up bool) error {
	_, err := w.Provider.ApplyVersion(ctx, f.Version(), up)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return w.Explain(err)
}

// upTo makes a database with the first n migrations and no rows but theirs.
func (c *checker) upTo(files []migration.File, n int) (*world, error) {
	w, err := newWorld(files)
	for i := 0; err == nil && i < n; i++ {
		err = w.apply(c.ctx, &files[i], true)
	}
	if err != nil && w != nil {
		w.close()
	}
	return w, err
}

// schemas goes up, down and up again from every version.
func (c *checker) schemas(files []migration.File) error {
	w, err := newWorld(files)
	if err != nil {
		return err
	}
	defer func() { w.close() }()
	c.snapshots = []*diff.Snapshot{{Schema: &schema.Schema{}}}
	for i := range files {
		f := &files[i]
		if err := w.apply(c.ctx, f, true); err != nil {
			return err
		}
		after, err := diff.Read(c.ctx, w.DB)
		if err != nil {
			if c.broken(f, err) {
				return nil
			}
			return err
		}
		c.snapshots = append(c.snapshots, after)
		if len(f.Down()) == 0 {
			continue
		}
		restored, err := c.downAndUp(w, f, i)
		if err != nil {
			return err
		}
		if !restored { // nobody knows where the database is
			w.close()
			if w, err = c.upTo(files, i+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// downAndUp takes a migration back and applies it again. It reports whether the
// database is as it was.
func (c *checker) downAndUp(w *world, f *migration.File, i int) (restored bool, err error) {
	before, after := c.snapshots[i], c.snapshots[i+1]
	if err := w.apply(c.ctx, f, false); err != nil {
		return false, c.failed("down-fails", f, err)
	}
	down, err := diff.ReadKnown(c.ctx, w.DB, before)
	if err != nil {
		if c.broken(f, err) {
			return false, nil
		}
		return false, err
	}
	if c.compare(f, down, before) {
		return false, nil
	}
	if err := w.apply(c.ctx, f, true); err != nil {
		return false, c.failed("up-again", f, err)
	}
	again, err := diff.ReadKnown(c.ctx, w.DB, after)
	if err != nil {
		return false, err
	}
	if again == after {
		return true, nil
	}
	for _, d := range diff.Compare(again, after) {
		if !d.Order {
			c.add("up-again", f, 0, "let Down take back all of what Up does", "behind Down, Up leaves another schema: %s", d.Msg)
			return false, nil
		}
	}
	return true, nil
}

// compare files what Down did not restore.
func (c *checker) compare(f *migration.File, have, want *diff.Snapshot) (differs bool) {
	if have == want {
		return false
	}
	var list []string
	for _, d := range diff.Compare(have, want) {
		if d.Order {
			c.add("column-order", f, f.DownLine(), "rebuild the table in Down, or allow it: -- drey:allow column-order: reason",
				"Down leaves another schema than there was before Up: %s", d.Msg)
			continue
		}
		list = append(list, d.Msg)
	}
	if more := len(list) - maxDifferences; more > 0 {
		list = append(list[:maxDifferences], fmt.Sprintf("and %d more", more))
	}
	if len(list) > 0 {
		c.add("down-differs", f, f.DownLine(), "let Down take back all of what Up does, and nothing else",
			"Down leaves another schema than there was before Up: %s", strings.Join(list, "; "))
	}
	return len(list) > 0
}

// maxDifferences is how many differences of one schema are told.
const maxDifferences = 5

// failed files a migration that fails, at the place of its problem.
func (c *checker) failed(rule string, f *migration.File, err error) error {
	var p *diag.Problem
	if !errors.As(err, &p) {
		return err
	}
	which := map[string]string{"down-fails": "Down fails", "up-again": "behind Down, Up fails"}[rule]
	fix := cmp.Or(p.Fix, "let Down undo what Up does, in the opposite order")
	c.add(rule, f, p.Line, fix, "%s: %s", which, strings.TrimPrefix(p.Msg, "the migration fails: "))
	return nil
}

// broken files a view that has lost what it needs.
func (c *checker) broken(f *migration.File, err error) bool {
	var view *schema.ViewError
	if !errors.As(err, &view) {
		return false
	}
	c.add("broken-view", f, 0, "drop the view before what it needs is dropped or renamed, and create it again after",
		"view %s cannot be read any more: %s", view.View, sqlite.Message(view.Err))
	return true
}

var errStep = errors.New("the step fails")

// stepError is a statement that fails when there are rows.
type stepError struct {
	part part
	msg  string
}

func (e *stepError) Error() string { return fmt.Sprintf("%v: %s", errStep, e.msg) }
