package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/migrate/engine"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/content"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// checkEnforced runs the step where foreign keys are enforced, as they are on D1
// and wherever the data source name says so.
func (s *step) checkEnforced(m *sqlite.Memory, kept []*schema.Table, is map[string]*content.Table) error {
	list := s.list
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
		rule, rebuild := "enforced", noTransactionRebuild(s.file)
		if s.clustered(s.file) {
			rule, rebuild = RqliteRule, engine.OnFile
		}
		s.add(rule, s.file, line, "drop or empty the tables that refer to it first, or, where it is rebuilt: "+rebuild,
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
		l := content.Lost(is[t.Name], now[t.Name])
		if !l.Any() {
			continue
		}
		line, what := s.dropOf(list, t), fmt.Sprintf("deletes rows of %s: %d of %d", t.Name, l.Rows, l.Of)
		if l.Rows == 0 {
			what = fmt.Sprintf("changes %s of table %s", strings.Join(l.Columns, ", "), t.Name)
		}
		s.add("cascade", s.file, line, noTransactionRebuild(s.file),
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
			if sqltext.EqualFold(p.tokens[len(p.tokens)-1].Name(), fk.Table) {
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
		s.add("orphans", s.file, s.misfit(sqlite.Message(err)), "refer to a primary key or to columns with a unique index", "after %s a foreign key does not fit a key: %s", s.section(), sqlite.Message(err))
	case is > was:
		s.add("orphans", s.file, s.orphaning(), "delete these rows first, or set what refers to nothing to NULL",
			"after %s %d rows refer to rows that are gone", s.section(), is-was)
	}
	return nil
}

// misfit is the line of the step that declares the foreign key of SQLite's message,
// foreign key mismatch - "child" referencing "parent".
func (s *step) misfit(msg string) int {
	_, msg, _ = strings.Cut(msg, ` - "`)
	child, msg, _ := strings.Cut(msg, `" referencing "`)
	parent := strings.TrimSuffix(msg, `"`)
	places := migration.FindPlaces([]migration.Migration{{Path: s.file.Path, Up: s.file.Up()}})
	t := s.after.Schema.Table(child)
	if t == nil || !s.up {
		return 0
	}
	for _, fk := range t.ForeignKeys {
		if sqltext.EqualFold(fk.Table, parent) {
			_, line := places.Column(child, fk.From[0])
			return line
		}
	}
	return 0
}

// orphaning is the line of the first statement that may leave rows without
// what they refer to.
func (s *step) orphaning() int {
	for _, p := range s.list {
		if p.is("DELETE") || p.is("DROP", "TABLE") || p.is("UPDATE") {
			return p.line
		}
	}
	return 0
}
