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

// filled is a database with rows in every table that can have some.
type filled struct {
	memory *sqlite.Memory
	db     *sql.DB
}

// fillable opens a copy of a database.
func fillable(m *sqlite.Memory) (*filled, error) {
	clone, err := m.Clone()
	if err != nil {
		return nil, err
	}
	db, err := open(clone)(nil)
	if err != nil {
		clone.Close()
		return nil, err
	}
	return &filled{clone, db}, nil
}

func (f *filled) close() {
	f.db.Close()
	f.memory.Close()
}

// rows runs a migration with rows in every table, up and down. c.last is the schema
// after it, and that of d.own, which has no rows but the migrations'.
func (c *checker) rows(d *databases, up *step) error {
	tables := c.last.Schema.Tables
	ok, err := up.checkOn(d.filled)
	if err != nil {
		return err
	}
	if ok {
		tables = slices.DeleteFunc(slices.Clone(tables), func(t *schema.Table) bool {
			_, changed := up.changed[sqltext.Fold(t.Name)]
			return !changed
		})
		err = up.exec(d.filled.db, false, nil)
		ok = err == nil
	}
	if !ok { // the step fails: the next one begins with rows made anew
		var failed *stepError
		if err != nil && !errors.As(err, &failed) {
			return err
		}
		tables = c.last.Schema.Tables
		anew, err := fillable(d.own.memory)
		if err != nil {
			return err
		}
		d.filled.close()
		d.filled = anew
	}
	if err := c.fill(d.filled.db, tables); err != nil {
		return err
	}
	if len(up.file.Down()) == 0 {
		return nil
	}
	down := &step{checker: c, file: up.file, list: parts(up.file.Down()), before: up.after, after: up.before}
	down.reach = c.index.reaches(down.list)
	return down.checkDown(d.filled)
}

func (c *checker) fill(db *sql.DB, tables []*schema.Table) error {
	empty, err := content.FillTables(c.ctx, db, c.last.Schema, tables)
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
	*reach
	file          *migration.File
	up            bool
	list          []part
	before, after *alter.Snapshot
}

// kept are the tables that are there before and after the step, and that it can
// change. A trigger's changes to other tables are taken as meant.
func (s *step) kept() (list []*schema.Table) {
	for _, t := range s.before.Schema.Tables {
		if t.Kind != schema.KindTable || !s.changed[sqltext.Fold(t.Name)].direct {
			continue
		}
		if other := s.after.Schema.Table(t.Name); other != nil && other.Kind == schema.KindTable {
			list = append(list, t)
		}
	}
	return list
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
	if err := s.exec(db, foreignKeys, each); err != nil {
		db.Close()
		clone.Close()
		return nil, err
	}
	return clone, nil
}

// exec runs the step. The error of a statement is a [*stepError].
func (s *step) exec(db *sql.DB, foreignKeys bool, each func(db *sql.DB, i int) error) error {
	exec := func(p part) error {
		_, err := db.ExecContext(s.ctx, p.sql)
		if err != nil && s.ctx.Err() == nil {
			return &stepError{p, sqlite.Message(err)}
		}
		return err
	}
	if err := exec(part{sql: fmt.Sprintf("PRAGMA foreign_keys = %t", foreignKeys)}); err != nil {
		return err
	}
	if !s.file.NoTx() {
		if err := exec(part{sql: "BEGIN"}); err != nil {
			return err
		}
	}
	for i, p := range s.list {
		if err := exec(p); err != nil {
			return err
		}
		if each != nil {
			if err := each(db, i); err != nil {
				return err
			}
		}
	}
	if s.file.NoTx() {
		return nil
	}
	return exec(part{sql: "COMMIT"})
}

// checkOn checks the step on a copy of what it reaches, and reports whether it runs to
// its end.
func (s *step) checkOn(f *filled) (bool, error) {
	m, err := s.excerpt(f.memory, f.db, s.before, s.reach)
	if err != nil {
		return false, err
	}
	defer m.Close()
	return s.check(m)
}

// check runs the step and compares what is stored. It reports whether the step runs
// to its end.
func (s *step) check(m *sqlite.Memory) (bool, error) {
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
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer after.Close()
	return true, s.compareContents(m, after)
}

// checkDown is checkOn for a Down of which the schema is known to be right.
func (s *step) checkDown(f *filled) error {
	for _, found := range s.findings {
		if found.File == s.file.Undoes() && (found.Name == "down-fails" || found.Name == "down-differs") {
			return nil
		}
	}
	_, err := s.checkOn(f)
	return err
}

// section names the half of the migration in a message.
func (s *step) section() string {
	if s.up {
		return "Up"
	}
	return "Down"
}
