package alter

import (
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// alters returns the statements that change a table in place, if SQLite can:
// columns that are renamed, dropped, or added after the last one.
func (p *planner) alters(before, t *schema.Table, w *Object) (list []string) {
	alter := "ALTER TABLE " + sqltext.Quote(t.Name) + " "
	kept := map[string]bool{}
	defs := definitions(w.SQL)
	var added []string
	for _, c := range t.Columns {
		old := before.Column(p.columnBefore(before, c.Name))
		if old == nil {
			added = append(added, alter+"ADD COLUMN "+defs[sqltext.Fold(c.Name)])
			continue
		}
		kept[old.Name] = true
		if old.Name != c.Name {
			list = append(list, alter+"RENAME COLUMN "+sqltext.Quote(old.Name)+" TO "+sqltext.Quote(c.Name))
		}
	}
	// An index is dropped before its column.
	for i := range p.now.Objects {
		o := &p.now.Objects[i]
		if want := p.to.Object(o.Kind, o.Name); o.Kind == "index" && sqltext.EqualFold(o.Table, t.Name) &&
			(want == nil || !same(p.now, p.to, o, want)) {
			list = append(list, dropStatement(o))
		}
	}
	for _, c := range before.Columns {
		if !kept[c.Name] {
			list = append(list, alter+"DROP COLUMN "+sqltext.Quote(c.Name))
		}
	}
	return append(list, added...)
}

// works tries statements on a copy with foreign keys enforced.
func (p *planner) works(statements []string, w *Object) (bool, error) {
	clone, err := p.memory.Clone()
	if err != nil {
		return false, err
	}
	defer clone.Close()
	db, err := clone.Open(nil)
	if err != nil {
		return false, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, s := range append([]string{"PRAGMA foreign_keys = ON"}, statements...) {
		if _, err := db.ExecContext(p.ctx, s); err != nil {
			return false, p.ctx.Err()
		}
	}
	now, err := Read(p.ctx, db)
	if err != nil {
		return false, p.ctx.Err()
	}
	h := now.Object("table", w.Name)
	return h != nil && same(now, p.to, h, w), nil
}
