package migratecheck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diff"
	"github.com/dreysql/drey/internal/infer"
	"github.com/dreysql/drey/internal/migration"
	"github.com/dreysql/drey/internal/rows"
	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqltext"
)

// rows runs every step with rows in every table. Where the schema cannot be
// read behind a migration, it ends before that one.
func (c *checker) rows(files []migration.File) error {
	w, err := newWorld(files)
	if err != nil {
		return err
	}
	memory := w.memory
	_, err = w.Provider.GetDBVersion(c.ctx) // which makes goose's table
	w.Session.Close()
	if err != nil {
		memory.Close()
		return err
	}
	defer func() { memory.Close() }()
	for i := range len(c.snapshots) - 1 {
		f := &files[i]
		up := &step{c, f, true, c.snapshots[i], c.snapshots[i+1]}
		after, err := up.check(memory)
		if err != nil {
			return err
		}
		if after == nil { // the step fails: the next one begins with rows made anew
			w, err := c.upTo(files, i+1)
			if err != nil {
				return err
			}
			w.Session.Close()
			after = w.memory
		}
		memory.Close()
		memory = after
		if err := c.fill(memory, c.snapshots[i+1].Schema); err != nil {
			return err
		}
		if len(f.Down()) > 0 {
			down := &step{c, f, false, c.snapshots[i+1], c.snapshots[i]}
			if err := down.checkDown(memory); err != nil {
				return err
			}
		}
		if c.progress != nil {
			c.progress(i + 1)
		}
	}
	return nil
}

func (c *checker) fill(m *sqlite.Memory, s *schema.Schema) error {
	db, err := open(m)(nil)
	if err != nil {
		return err
	}
	defer db.Close()
	empty, err := rows.Fill(c.ctx, db, s)
	for _, name := range empty {
		note := fmt.Sprintf("no row could be made for table %s: what happens to its rows is not checked", name)
		if !slices.Contains(c.notes, note) {
			c.notes = append(c.notes, note)
		}
	}
	return err
}

// step is a migration that goes up or down, and the schemas around it.
type step struct {
	*checker
	file          *migration.File
	up            bool
	before, after *diff.Snapshot
}

func (s *step) parts() []part {
	if s.up {
		return parts(s.file.Up())
	}
	return parts(s.file.Down())
}

// kept are the tables that are there before and after the step, and that it can
// change: those that it names and those that refer to them. What triggers do to
// others is meant.
func (s *step) kept() (list []*schema.Table) {
	named := s.named()
	for _, t := range s.before.Schema.Tables {
		other := s.after.Schema.Table(t.Name)
		if named[strings.ToLower(t.Name)] && t.Kind == schema.KindTable && other != nil && other.Kind == schema.KindTable {
			list = append(list, t)
		}
	}
	return list
}

// named are, in lower case, the names in the step's statements, and those of the
// tables that refer to one of that name, through others too.
func (s *step) named() map[string]bool {
	names := map[string]bool{}
	for _, p := range s.parts() {
		for _, t := range p.tokens {
			if t.Ident() || t.Kind == sqltext.String {
				names[strings.ToLower(t.Name())] = true
			}
		}
	}
	for more := true; more; {
		more = false
		for _, t := range s.before.Schema.Tables {
			for _, fk := range t.ForeignKeys {
				if name := strings.ToLower(t.Name); names[strings.ToLower(fk.Table)] && !names[name] {
					names[name], more = true, true
				}
			}
		}
	}
	return names
}

// run runs the step on a copy of a database. The copy is nil where the step
// fails. each, if not nil, is called behind every statement.
func (s *step) run(m *sqlite.Memory, foreignKeys bool, each func(db *sql.DB, i int) error) (*sqlite.Memory, error) {
	clone, err := m.Clone()
	if err != nil {
		return nil, err
	}
	db, err := open(clone)(nil)
	if err != nil {
		clone.Close()
		return nil, err
	}
	defer db.Close()
	fail := func(err error) (*sqlite.Memory, error) {
		db.Close()
		clone.Close()
		return nil, err
	}
	exec := func(p part) error {
		_, err := db.ExecContext(s.ctx, p.sql)
		if err != nil && s.ctx.Err() == nil {
			return &stepError{p, sqlite.Message(err)}
		}
		return err
	}
	if err := exec(part{sql: fmt.Sprintf("PRAGMA foreign_keys = %t", foreignKeys)}); err != nil {
		return fail(err)
	}
	if !s.file.NoTx() {
		if err := exec(part{sql: "BEGIN"}); err != nil {
			return fail(err)
		}
	}
	list := s.parts()
	for i, p := range list {
		if err := exec(p); err != nil {
			return fail(err)
		}
		if each != nil {
			if err := each(db, i); err != nil {
				return fail(err)
			}
		}
	}
	if !s.file.NoTx() {
		if err := exec(part{sql: "COMMIT"}); err != nil {
			return fail(err)
		}
	}
	return clone, nil
}

func readAll(ctx context.Context, m *sqlite.Memory, tables []*schema.Table, in *schema.Schema) (map[string]*rows.Contents, error) {
	db, err := open(m)(nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	all := map[string]*rows.Contents{}
	for _, t := range tables {
		c, err := rows.Read(ctx, db, in.Table(t.Name))
		if err != nil {
			return nil, err
		}
		all[t.Name] = c
	}
	return all, nil
}

// check runs the step and compares what is stored. The database that it returns
// is nil where the step fails.
func (s *step) check(m *sqlite.Memory) (*sqlite.Memory, error) {
	after, err := s.run(m, false, nil)
	var failed *stepError
	if errors.As(err, &failed) {
		s.fails(failed)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := s.compareContents(m, after); err != nil {
		after.Close()
		return nil, err
	}
	if s.up {
		s.narrows()
		s.losesObjects()
	}
	return after, nil
}

// checkDown is check for a Down of which the schema is known to be right.
func (s *step) checkDown(m *sqlite.Memory) error {
	for _, f := range s.findings {
		if f.File == s.file.Path && (f.Name == "down-fails" || f.Name == "down-differs") {
			return nil
		}
	}
	after, err := s.check(m)
	if after != nil {
		after.Close()
	}
	return err
}

// section names the half of the migration in a message.
func (s *step) section() string {
	if s.up {
		return "Up"
	}
	return "Down"
}

// dataErrors are what SQLite says when it depends on the rows.
var dataErrors = []string{"UNIQUE constraint failed", "NOT NULL constraint failed", "CHECK constraint failed", "datatype mismatch", "cannot store",
	"FOREIGN KEY constraint failed"}

// addFixes are for columns that a table with rows cannot get.
var addFixes = []struct{ msg, fix string }{
	{"NOT NULL column with default value NULL", "give the column a DEFAULT, or rebuild the table and say what the rows that are there get"},
	{"non-constant default", "add the column with a constant default and UPDATE it, or rebuild the table"},
}

func (s *step) fails(e *stepError) {
	if e.part.is("INSERT") && slices.ContainsFunc(e.part.tokens, func(t sqltext.Token) bool { return t.Is("VALUES") }) {
		s.notes = append(s.notes, fmt.Sprintf("%s:%d: made-up rows are in the way of the migration's own: %s", s.file.Path, e.part.line, e.msg))
		return
	}
	if slices.ContainsFunc(dataErrors, func(msg string) bool { return strings.Contains(e.msg, msg) }) {
		s.add("may-fail", s.file, e.part.line, "first UPDATE or DELETE the rows that do not fit; if there are none, allow it: -- drey:allow may-fail: reason",
			"%s fails if there are rows that do not fit: %s", s.section(), e.msg)
		return
	}
	fix := "try it on a database with rows"
	for _, known := range addFixes {
		if strings.Contains(e.msg, known.msg) {
			fix = known.fix
		}
	}
	s.add("fails-with-rows", s.file, e.part.line, fix, "%s fails as soon as there are rows: %s", s.section(), e.msg)
}

func (s *step) compareContents(m, after *sqlite.Memory) error {
	kept := s.kept()
	was, err := readAll(s.ctx, m, kept, s.before.Schema)
	if err != nil {
		return err
	}
	is, err := readAll(s.ctx, after, kept, s.after.Schema)
	if err != nil {
		return err
	}
	for _, t := range kept {
		l := rows.Lost(was[t.Name], is[t.Name])
		if !l.Any() {
			continue
		}
		if err := s.explain(m, t, was[t.Name], l); err != nil {
			return err
		}
	}
	if err := s.checkOrphans(m, after); err != nil {
		return err
	}
	if err := s.checkCounters(m, after); err != nil {
		return err
	}
	return s.checkEnforced(m, kept, is)
}

// explain finds the statement with which a table loses something. One that says
// DELETE or UPDATE means it.
func (s *step) explain(m *sqlite.Memory, t *schema.Table, was *rows.Contents, l rows.Loss) error {
	at, list := -1, s.parts()
	clone, err := s.run(m, false, func(db *sql.DB, i int) error {
		now, err := schema.Read(s.ctx, db)
		if err != nil || now.Table(t.Name) == nil { // in the middle of a rebuild
			return nil
		}
		c, err := rows.Read(s.ctx, db, now.Table(t.Name))
		if err != nil {
			return err
		}
		if l := rows.Lost(was, c); at < 0 && l.Any() {
			at = i
		} else if !l.Any() {
			at = -1
		}
		return nil
	})
	if err != nil {
		return err
	}
	clone.Close()
	if at < 0 {
		return nil
	}
	p := list[at]
	if p.is("ALTER", "TABLE") {
		p = copied(list[:at], p)
	}
	if p.is("DELETE") || p.is("UPDATE") || p.is("REPLACE") || p.is("WITH") {
		return nil
	}
	if l.Rows > 0 {
		s.add("loses-rows", s.file, p.line, "copy all rows, as in INSERT INTO new SELECT … FROM old; if some have to go, DELETE them in a statement of its own",
			"%s loses rows of %s: %d of %d", s.section(), t.Name, l.Rows, l.Of)
		return nil
	}
	s.add("loses-values", s.file, p.line, "copy the column as it is; if its values have to change, UPDATE them in a statement of its own",
		"%s changes what is in %s of table %s: %s is gone", s.section(), strings.Join(l.Columns, ", "), t.Name, l.Example)
	return nil
}

// copied finds the INSERT that filled a table that is then renamed.
func copied(before []part, rename part) part {
	if len(rename.tokens) < 3 {
		return rename
	}
	name := rename.tokens[2].Name()
	for _, p := range slices.Backward(before) {
		into := slices.IndexFunc(p.tokens, func(t sqltext.Token) bool { return t.Is("INTO") || t.Is("TABLE") }) + 1
		if (p.is("INSERT") || p.is("CREATE", "TABLE")) && 0 < into && into < len(p.tokens) && schema.EqualFold(p.tokens[into].Name(), name) {
			return p
		}
	}
	return rename
}

// checkEnforced runs the step where foreign keys are enforced, as they are on D1
// and wherever the data source name says so.
func (s *step) checkEnforced(m *sqlite.Memory, kept []*schema.Table, is map[string]*rows.Contents) error {
	list := s.parts()
	drops := slices.IndexFunc(list, func(p part) bool { return p.is("DROP", "TABLE") })
	if drops < 0 {
		return nil
	}
	enforced, err := s.run(m, true, nil)
	var failed *stepError
	if errors.As(err, &failed) {
		line := failed.part.line
		if line == 0 {
			line = list[drops].line
		}
		s.add("enforced", s.file, line, "drop or empty the tables that refer to it first, or, where it is rebuilt: "+noTransactionRebuild,
			"%s fails where foreign keys are enforced, as on D1: %s", s.section(), failed.msg)
		return nil
	}
	if err != nil {
		return err
	}
	defer enforced.Close()
	now, err := readAll(s.ctx, enforced, kept, s.after.Schema)
	if err != nil {
		return err
	}
	for _, t := range kept {
		l := rows.Lost(is[t.Name], now[t.Name])
		if !l.Any() {
			continue
		}
		line, what := s.dropOf(list, t), fmt.Sprintf("deletes rows of %s: %d of %d", t.Name, l.Rows, l.Of)
		if l.Rows == 0 {
			what = fmt.Sprintf("changes %s of table %s", strings.Join(l.Columns, ", "), t.Name)
		}
		s.add("cascade", s.file, line, noTransactionRebuild,
			"where foreign keys are enforced, as on D1, dropping the table that %s refers to %s", t.Name, what)
	}
	return nil
}

// dropOf is the line that drops what a table refers to.
func (s *step) dropOf(list []part, child *schema.Table) int {
	line := 0
	for _, p := range list {
		if !p.is("DROP", "TABLE") {
			continue
		}
		if line == 0 {
			line = p.line
		}
		for _, fk := range child.ForeignKeys {
			if schema.EqualFold(p.tokens[len(p.tokens)-1].Name(), fk.Table) {
				return p.line
			}
		}
	}
	return line
}

// one reads a number.
func one(ctx context.Context, m *sqlite.Memory, query string, args ...any) (n int64, err error) {
	db, err := open(m)(nil)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, query, args...).Scan(&n)
	return n, err
}

func (s *step) checkOrphans(m, after *sqlite.Memory) error {
	const count = "SELECT count(*) FROM pragma_foreign_key_check"
	was, err := one(s.ctx, m, count)
	if err != nil {
		return nil // a foreign key that fits no key is for generate to find
	}
	is, err := one(s.ctx, after, count)
	switch {
	case err != nil:
		s.add("orphans", s.file, 0, "refer to a primary key or to columns with a unique index", "behind %s a foreign key fits no key: %s", s.section(), sqlite.Message(err))
	case is > was:
		s.add("orphans", s.file, s.orphaning(), "delete these rows first, or set what refers to nothing to NULL",
			"behind %s %d rows refer to rows that are gone", s.section(), is-was)
	}
	return nil
}

// orphaning is the line of the first statement that may leave rows without
// what they refer to.
func (s *step) orphaning() int {
	for _, p := range s.parts() {
		if p.is("DELETE") || p.is("DROP", "TABLE") || p.is("UPDATE") {
			return p.line
		}
	}
	return 0
}

func (s *step) checkCounters(m, after *sqlite.Memory) error {
	for _, t := range s.kept() {
		other := s.after.Schema.Table(t.Name)
		counts := func(sql string) bool { return strings.Contains(strings.ToUpper(sql), "AUTOINCREMENT") }
		if !counts(t.SQL) || !counts(other.SQL) {
			continue
		}
		const read = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0)"
		was, err := one(s.ctx, m, read, t.Name)
		if err != nil {
			return err
		}
		is, err := one(s.ctx, after, read, t.Name)
		if err != nil {
			return err
		}
		if is < was {
			s.add("loses-counter", s.file, s.renameTo(t.Name), "copy it before the old table is dropped, as in\n"+
				"UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'old') WHERE name = 'new'",
				"%s sets the AUTOINCREMENT counter of %s back: numbers of deleted rows are given out again", s.section(), t.Name)
		}
	}
	return nil
}

// renameTo is the line where a rebuilt table gets its name.
func (s *step) renameTo(name string) int {
	for _, p := range s.parts() {
		if p.is("ALTER", "TABLE") && schema.EqualFold(p.tokens[len(p.tokens)-1].Name(), name) {
			return p.line
		}
	}
	return 0
}

func (s *step) narrows() {
	for _, t := range s.kept() {
		for _, c := range s.after.Schema.Table(t.Name).Columns {
			if was := t.Column(c.Name); was != nil && narrower(was.Type, c.Type) {
				s.add("narrows", s.file, s.renameTo(t.Name), "make sure that every value fits, UPDATE those that do not, and allow it: -- drey:allow narrows: reason",
					"column %s of table %s was %s and is %s: SQLite keeps values that do not fit as they are, and Go code that reads them fails",
					c.Name, t.Name, typeName(was.Type), typeName(c.Type))
			}
		}
	}
}

func typeName(declared string) string {
	if declared == "" {
		return "without a type"
	}
	return declared
}

// losesObjects finds indexes and triggers that went with a table that was
// rebuilt, and that nothing drops.
func (s *step) losesObjects() {
	list := s.parts()
	for _, o := range s.before.Objects {
		rule := map[string]string{"index": "loses-index", "trigger": "loses-trigger"}[o.Kind]
		if rule == "" || s.after.Object(o.Kind, o.Name) != nil || s.after.Schema.Table(o.Table) == nil {
			continue
		}
		dropped := slices.ContainsFunc(list, func(p part) bool {
			return p.is("DROP", strings.ToUpper(o.Kind)) && schema.EqualFold(p.tokens[len(p.tokens)-1].Name(), o.Name)
		})
		rebuilt := slices.IndexFunc(list, func(p part) bool {
			return p.is("DROP", "TABLE") && schema.EqualFold(p.tokens[len(p.tokens)-1].Name(), o.Table)
		})
		if dropped || rebuilt < 0 || s.indexedColumnGone(&o) {
			continue
		}
		s.add(rule, s.file, list[rebuilt].line, "create it again behind the rebuild: "+o.SQL+";\nor DROP it in a statement of its own before",
			"%s %s is gone with the table %s that is rebuilt here", o.Kind, o.Name, o.Table)
	}
}

// indexedColumnGone: an index cannot stay without its columns.
func (s *step) indexedColumnGone(o *diff.Object) bool {
	t := s.before.Schema.Table(o.Table)
	if t == nil || o.Kind != "index" {
		return false
	}
	for _, ix := range t.Indexes {
		if !schema.EqualFold(ix.Name, o.Name) {
			continue
		}
		for _, c := range ix.Columns {
			if c.Name != "" && s.after.Schema.Table(o.Table).Column(c.Name) == nil {
				return true
			}
		}
	}
	return false
}

// narrower reports whether a column of the second type need not be able to hold
// what one of the first does.
func narrower(from, to string) bool {
	a, b := infer.AffinityOf(from), infer.AffinityOf(to)
	width := map[infer.Affinity]int{
		infer.IntegerAffinity: 0, infer.RealAffinity: 1, infer.NumericAffinity: 1, infer.TextAffinity: 2, infer.BlobAffinity: 3,
	}
	return width[b] < width[a]
}
