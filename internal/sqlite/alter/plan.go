package alter

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/content"
)

// Rename is a table or a column that gets another name. Table and Old are the old
// names, New is the new one; Old is "" for a table.
type Rename struct{ Table, Old, New string }

// ErrImpossible says that no way was found from one schema to the other.
var ErrImpossible = errors.New("no statements were found that lead from one schema to the other")

// Plan finds the statements that lead from one schema to another. It tries them on
// a database in memory with rows in every table: what it returns leads exactly
// there.
func Plan(ctx context.Context, from, to *Snapshot, renames []Rename) (*Script, error) {
	var failures []error
	for _, filled := range []bool{true, false} {
		for _, how := range []approach{{}, {dependents: true}, {dependents: true, rebuild: true}} {
			p := &planner{ctx: ctx, from: from, to: to, approach: how, script: &Script{}, created: map[string]bool{}}
			p.renames = p.recased(renames)
			script, err := p.plan(filled)
			if err == nil {
				if !filled {
					script.Notes = append(script.Notes, "Check that the rows fit: with made-up ones SQLite said "+oneLine(failures[2].Error()))
				}
				return script, nil
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			failures = append(failures, err)
		}
	}
	return nil, fmt.Errorf("%w: %w", ErrImpossible, failures[len(failures)-1])
}

// approach is a way to change the schema. The first that works is used.
type approach struct {
	dependents bool // drop views and triggers that mention a changing table, and create them again
	rebuild    bool // rebuild tables instead of altering them
}

type planner struct {
	ctx      context.Context
	from, to *Snapshot
	renames  []Rename
	approach
	script *Script

	memory  *sqlite.Memory
	db      *sql.DB
	now     *Snapshot
	created map[string]bool // tables that are new
}

// Load makes a database in memory with a schema.
func Load(ctx context.Context, s *Snapshot) (*sqlite.Memory, *sql.DB, error) {
	m, err := sqlite.NewMemory()
	if err != nil {
		return nil, nil, err
	}
	db, err := m.Open(nil)
	if err != nil {
		m.Close()
		return nil, nil, err
	}
	db.SetMaxOpenConns(1)
	for _, o := range s.Objects {
		if _, err := db.ExecContext(ctx, o.SQL); err != nil {
			db.Close()
			m.Close()
			return nil, nil, fmt.Errorf("create %s %s: %w", o.Kind, o.Name, err)
		}
	}
	return m, db, nil
}

func (p *planner) plan(filled bool) (_ *Script, err error) {
	if p.memory, p.db, err = Load(p.ctx, p.from); err != nil {
		return nil, err
	}
	defer p.memory.Close()
	defer p.db.Close()
	if filled {
		if _, err := content.Fill(p.ctx, p.db, p.from.Schema); err != nil {
			return nil, err
		}
	}
	p.now = p.from
	countable := p.countable()
	for _, step := range []func() error{p.dropViews, p.renameTables, p.createTables, p.changeTables, p.dropTables, p.createTables, p.objects, p.verify} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	p.script.Orphans = countable && p.countable()
	return p.script, nil
}

// countable reports whether SQLite can tell which rows refer to a missing row. It
// cannot if a foreign key does not fit a key, and if the table that it refers to is
// missing, all rows do.
func (p *planner) countable() bool {
	var n int
	return !slices.ContainsFunc(p.now.Schema.Tables, p.dangles) && p.db.QueryRowContext(p.ctx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&n) == nil
}

// exec runs a statement and makes it part of the script.
func (p *planner) exec(statement string) error {
	if _, err := p.db.ExecContext(p.ctx, statement); err != nil {
		return fmt.Errorf("%s: %s", oneLine(statement), sqlite.Message(err))
	}
	p.script.Statements = append(p.script.Statements, statement)
	return nil
}

func (p *planner) read() (err error) {
	p.now, err = Read(p.ctx, p.db)
	return err
}

// verify compares the result with what was wanted.
func (p *planner) verify() error {
	if d := Exact(p.now, p.to); d != "" {
		return errors.New(d)
	}
	return nil
}

// Exact lists how two schemas differ apart from blanks, comments and quotes, or
// returns "".
func Exact(have, want *Snapshot) string {
	for _, w := range want.Objects {
		h := have.Object(w.Kind, w.Name)
		switch {
		case h == nil:
			return fmt.Sprintf("%s %s is missing", w.Kind, w.Name)
		case h.Name != w.Name:
			return fmt.Sprintf("%s %s is named %s", w.Kind, w.Name, h.Name)
		case !same(have, want, h, &w):
			return fmt.Sprintf("%s %s is %s, not %s", w.Kind, w.Name, oneLine(h.SQL), oneLine(w.SQL))
		}
	}
	for _, h := range have.Objects {
		if want.Object(h.Kind, h.Name) == nil {
			return fmt.Sprintf("%s %s is there", h.Kind, h.Name)
		}
	}
	return ""
}
