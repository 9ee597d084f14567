package alter

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// tableBefore returns the old name of a table of the wanted schema.
func (p *planner) tableBefore(name string) string {
	for _, r := range p.renames {
		if r.Old == "" && sqltext.EqualFold(r.New, name) {
			return r.Table
		}
	}
	return name
}

// source returns the table from which a table of the wanted schema comes, nil for a
// new one.
func (p *planner) source(t *schema.Table) *schema.Table {
	s := p.from.Schema.Table(p.tableBefore(t.Name))
	if s == nil || s.Kind != t.Kind || s.Kind == schema.KindView {
		return nil
	}
	for _, r := range p.renames { // another table may have taken its name
		if r.Old == "" && sqltext.EqualFold(r.Table, s.Name) && !sqltext.EqualFold(r.New, t.Name) {
			return nil
		}
	}
	return s
}

// columnBefore returns the old name of a column, "" for a new one that has the name
// of one that is renamed.
func (p *planner) columnBefore(table *schema.Table, name string) string {
	before := name
	for _, r := range p.renames {
		switch {
		case r.Old == "" || !sqltext.EqualFold(r.Table, table.Name):
		case sqltext.EqualFold(r.New, name):
			return r.Old
		case sqltext.EqualFold(r.Old, name):
			before = ""
		}
	}
	return before
}

// recased returns the renames and those that only change the case of a name, which
// need not be said: each once, if they are.
func (p *planner) recased(renames []Rename) []Rename {
	list := slices.DeleteFunc(slices.Clone(renames), func(r Rename) bool {
		return sqltext.EqualFold(cmp.Or(r.Old, r.Table), r.New)
	})
	p.renames = slices.Clone(list)
	for _, t := range p.to.Schema.Tables {
		s := p.source(t)
		if s == nil {
			continue
		}
		if s.Name != t.Name && sqltext.EqualFold(s.Name, t.Name) {
			list = append(list, Rename{Table: s.Name, New: t.Name})
		}
		for _, c := range t.Columns {
			if old := s.Column(p.columnBefore(s, c.Name)); old != nil && old.Name != c.Name && sqltext.EqualFold(old.Name, c.Name) {
				list = append(list, Rename{s.Name, old.Name, c.Name})
			}
		}
	}
	return list
}

// renameTables gives tables their names. If another table has the name already,
// that one gets another name first, or it is not part of the wanted schema.
func (p *planner) renameTables() error {
	var pending []Rename
	for _, r := range p.renames {
		if t := p.from.Schema.Table(r.Table); r.Old == "" && t != nil && t.Kind != schema.KindView { // a view is created again
			pending = append(pending, r)
		}
	}
	for i, r := range pending {
		if t := p.now.Schema.Table(r.New); t != nil && !sqltext.EqualFold(r.Table, r.New) {
			if later := slices.IndexFunc(pending[i+1:], func(other Rename) bool { return sqltext.EqualFold(other.Table, r.New) }); later >= 0 {
				other := &pending[i+1+later]
				aside := p.free("drey_old_" + other.Table)
				if err := p.renameTable(other.Table, aside); err != nil {
					return err
				}
				other.Table = aside
			} else if err := p.dropTable(t); err != nil {
				return err
			}
		}
		if err := p.renameTable(r.Table, r.New); err != nil {
			return err
		}
	}
	return nil
}

// renameTable gives a table another name. Where only the case differs, SQLite says
// that the name is taken, by the table itself.
func (p *planner) renameTable(from, to string) error {
	if from != to && sqltext.EqualFold(from, to) {
		aside := p.free("drey_old_" + from)
		if err := p.renameTable(from, aside); err != nil {
			return err
		}
		from = aside
	}
	// @schema-change a statement of the migration that is being written, tried in memory
	if err := p.exec(fmt.Sprintf("ALTER TABLE %s RENAME TO %s", sqltext.Quote(from), sqltext.Quote(to))); err != nil {
		return err
	}
	return p.read()
}

// changeTables makes the tables that stay what they should be.
func (p *planner) changeTables() error {
	for _, w := range p.to.Objects {
		if w.Kind != "table" {
			continue
		}
		t := p.to.Schema.Table(w.Name)
		if t == nil {
			return fmt.Errorf("table %s cannot be read", w.Name)
		}
		before := p.source(t)
		h := p.now.Object("table", w.Name)
		if before == nil || h == nil || same(p.now, p.to, h, &w) && !p.renamesColumns(before) {
			continue
		}
		if err := p.changeTable(before, t, &w); err != nil {
			return err
		}
		if err := p.read(); err != nil {
			return err
		}
	}
	return nil
}

// renamesColumns: columns that swap their names leave the same text.
func (p *planner) renamesColumns(t *schema.Table) bool {
	return slices.ContainsFunc(p.renames, func(r Rename) bool { return r.Old != "" && sqltext.EqualFold(r.Table, t.Name) })
}

func (p *planner) changeTable(before, t *schema.Table, w *Object) error {
	if t.Kind == schema.KindVirtual {
		return p.replaceVirtual(before, t, w)
	}
	if !p.rebuild {
		alters := p.alters(before, t, w)
		ok, err := p.works(alters, w)
		if err != nil {
			return err
		}
		if ok {
			for _, a := range alters {
				if err := p.exec(a); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return p.rebuildTable(before, t, w)
}

// dropTables drops the tables that are not in the wanted schema. A table that
// refers to others is dropped before them.
func (p *planner) dropTables() error {
	var gone []*schema.Table
	for _, o := range p.now.Objects {
		if o.Kind != "table" || p.created[o.Name] {
			continue
		}
		w := p.to.Schema.Table(o.Name)
		if t := p.now.Schema.Table(o.Name); t != nil && (w == nil || p.source(w) == nil) {
			gone = append(gone, t)
		}
	}
	for len(gone) > 0 {
		next := slices.IndexFunc(gone, func(t *schema.Table) bool {
			return !slices.ContainsFunc(gone, func(other *schema.Table) bool { return other != t && refers(other, t.Name) })
		})
		if next < 0 { // a circle
			p.script.Unenforced, next = true, 0
		}
		t := gone[next]
		gone = slices.Delete(gone, next, next+1)
		if err := p.dropTable(t); err != nil {
			return err
		}
	}
	return p.read()
}

// dropTable drops a table. If rows that stay refer to it, or its own rows are in
// each other's way, foreign keys have to be off.
func (p *planner) dropTable(t *schema.Table) error {
	for _, other := range p.now.Schema.Tables {
		if refers(other, t.Name) && p.stays(other) {
			p.script.Unenforced = true
		}
	}
	if slices.ContainsFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool {
		return sqltext.EqualFold(fk.Table, t.Name) && fk.OnDelete == "RESTRICT"
	}) || p.referred(p.now, t.Name) && p.unfit(t, t.Name) {
		p.script.Unenforced = true
	}
	// @schema-change a statement of the migration that is being written, tried in memory
	return p.exec("DROP TABLE " + sqltext.Quote(t.Name))
}

// stays reports whether the wanted schema has the table, by its present name or by
// its new one.
func (p *planner) stays(t *schema.Table) bool {
	for _, w := range p.to.Schema.Tables {
		if s := p.source(w); s != nil && (sqltext.EqualFold(s.Name, t.Name) || sqltext.EqualFold(w.Name, t.Name)) {
			return true
		}
	}
	return false
}

func refers(t *schema.Table, name string) bool {
	return slices.ContainsFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool { return sqltext.EqualFold(fk.Table, name) })
}

// createTables makes the tables that do not exist yet. If their names are free they
// are made first: copied rows may have to refer to them.
func (p *planner) createTables() error {
	for _, w := range p.to.Objects {
		if w.Kind == "table" && p.now.Object("table", w.Name) == nil {
			if err := p.exec(w.SQL); err != nil {
				return err
			}
			p.created[w.Name] = true
		}
	}
	return p.read()
}
