package check

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/content"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// rows runs every step with rows in every table. If the schema cannot be read
// after a migration, it ends before that one.
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
		c.progress(len(files) + i + 1)
	}
	return nil
}

func (c *checker) fill(m *sqlite.Memory, s *schema.Schema) error {
	db, err := open(m)(nil)
	if err != nil {
		return err
	}
	defer db.Close()
	empty, err := content.Fill(c.ctx, db, s)
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
	before, after *alter.Snapshot
}

func (s *step) parts() []part {
	if s.up {
		return parts(s.file.Up())
	}
	return parts(s.file.Down())
}

// kept are the tables that are there before and after the step, and that it can
// change: those that it names and those that refer to them. A trigger's changes
// to other tables are taken as meant.
func (s *step) kept() (list []*schema.Table) {
	named := s.named()
	for _, t := range s.before.Schema.Tables {
		other := s.after.Schema.Table(t.Name)
		if named[sqltext.Fold(t.Name)] && t.Kind == schema.KindTable && other != nil && other.Kind == schema.KindTable {
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
				names[sqltext.Fold(t.Name())] = true
			}
		}
	}
	for more := true; more; {
		more = false
		for _, t := range s.before.Schema.Tables {
			for _, fk := range t.ForeignKeys {
				if name := sqltext.Fold(t.Name); names[sqltext.Fold(fk.Table)] && !names[name] {
					names[name], more = true, true
				}
			}
		}
	}
	return names
}

// run runs the step on a copy of a database. The copy is nil if the step
// fails. each, if not nil, is called after every statement.
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

// check runs the step and compares what is stored. The database that it returns
// is nil if the step fails.
func (s *step) check(m *sqlite.Memory) (*sqlite.Memory, error) {
	if s.up {
		s.narrows()
		s.losesObjects()
		s.compareConstraints()
		s.goes()
	}
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
