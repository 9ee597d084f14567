package check

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

func (s *step) checkCounters(m, after *sqlite.Memory) error {
	for _, t := range s.kept() {
		other := s.after.Schema.Table(t.Name)
		if !t.AutoIncrement || !other.AutoIncrement {
			continue
		}
		const read = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0)"
		was, err := one(s.ctx, m, read, t.Name)
		if err != nil {
			return err
		}
		is, err := one(s.ctx, after, read, other.Name)
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
	for _, p := range s.list {
		if alter, ok := p.tree.(*ast.AlterTableStmt); ok && alter.Action == ast.AlterRenameTable && sqltext.EqualFold(alter.NewName.Name, name) {
			return p.line
		}
	}
	return 0
}

// losesObjects finds indexes and triggers that went with a table that was
// rebuilt, and that nothing drops.
func (s *step) losesObjects() {
	for _, o := range s.before.Objects {
		rule := map[string]string{"index": "loses-index", "trigger": "loses-trigger"}[o.Kind]
		if rule == "" || !s.changed[sqltext.Fold(o.Table)].direct {
			continue
		}
		rebuilt := s.rebuilt(o.Table)
		t := s.after.Schema.Table(o.Table)
		if rebuilt == nil || s.after.Object(o.Kind, o.Name) != nil || t == nil || s.rebuild(t).byDiff() {
			continue
		}
		dropped := slices.ContainsFunc(s.list, func(p part) bool {
			return p.drops(o.Kind, o.Name)
		})
		if dropped || s.indexedColumnGone(&o) {
			continue
		}
		s.add(rule, s.file, rebuilt.line, "create it again after the rebuild: "+o.SQL+";\nor DROP it in a statement of its own before",
			"%s %s is gone with the table %s that is rebuilt here", o.Kind, o.Name, o.Table)
	}
}

// rebuilt is the statement that makes room for a table that is there before the step
// and after it, nil if it is the same table: one that drops it, or gives it another
// name.
func (s *step) rebuilt(name string) *part {
	list := s.list
	for i := range list {
		alter, renames := list[i].tree.(*ast.AlterTableStmt)
		if list[i].drops("table", name) || renames && alter.Action == ast.AlterRenameTable && sqltext.EqualFold(alter.Table.Name.Name, name) {
			return &list[i]
		}
	}
	return nil
}

// indexedColumnGone: an index cannot stay without its columns.
func (s *step) indexedColumnGone(o *alter.Object) bool {
	t := s.before.Schema.Table(o.Table)
	if t == nil || o.Kind != "index" {
		return false
	}
	for _, ix := range t.Indexes {
		if !sqltext.EqualFold(ix.Name, o.Name) {
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
