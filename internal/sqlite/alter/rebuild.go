package alter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// rebuildTable makes a new table, copies the rows, and gives it the old one's
// name, see https://www.sqlite.org/lang_altertable.html#otheralter.
func (p *planner) rebuildTable(before, t *schema.Table, w *Object) error {
	current := p.now.Schema.Table(t.Name) // the old table, by its present name
	fresh := p.free("drey_new_" + t.Name)
	if p.referred(p.now, t.Name) || p.referred(p.to, t.Name) {
		p.script.Unenforced = true
	}
	into, values := p.mapping(before, current, t)
	if err := p.exec(named(w.SQL, fresh)); err != nil {
		return err
	}
	if p.unfit(t, fresh) {
		p.script.Unenforced = true
	}
	var list []string
	if len(into) > 0 {
		list = append(list, fmt.Sprintf("INSERT INTO %s (%s)\nSELECT %s FROM %s",
			sqltext.Quote(fresh), strings.Join(into, ", "), strings.Join(values, ", "), sqltext.Quote(t.Name)))
	}
	if before.AutoIncrement && t.AutoIncrement {
		list = append(list,
			"DELETE FROM sqlite_sequence WHERE name = "+sqltext.Literal(fresh),
			fmt.Sprintf("INSERT INTO sqlite_sequence (name, seq) SELECT %s, seq FROM sqlite_sequence WHERE name = %s", sqltext.Literal(fresh), sqltext.Literal(current.Name)))
	}
	list = append(list, "DROP TABLE "+sqltext.Quote(t.Name),
		fmt.Sprintf("ALTER TABLE %s RENAME TO %s", sqltext.Quote(fresh), sqltext.Quote(t.Name)))
	for _, s := range list {
		if err := p.exec(s); err != nil {
			return err
		}
	}
	return nil
}

// unfit reports whether a table, which is now there by another name, has a foreign key
// to a missing table or to what is not a key. SQLite does not write to such a table
// while foreign keys are enforced.
func (p *planner) unfit(t *schema.Table, name string) bool {
	var n int
	return p.dangles(t) || p.db.QueryRowContext(p.ctx, "SELECT count(*) FROM pragma_foreign_key_check(?)", name).Scan(&n) != nil
}

// dangles reports whether a foreign key of a table refers to a table that is not
// there now.
func (p *planner) dangles(t *schema.Table) bool {
	return slices.ContainsFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool { return p.now.Object("table", fk.Table) == nil })
}

// free returns a name that no object has.
func (p *planner) free(name string) string {
	for {
		taken := false
		for _, s := range []*Snapshot{p.from, p.now, p.to} {
			taken = taken || slices.ContainsFunc(s.Objects, func(o Object) bool { return sqltext.EqualFold(o.Name, name) })
		}
		if !taken {
			return name
		}
		name += "_"
	}
}

// referred reports whether a foreign key of a table refers to a table.
func (p *planner) referred(s *Snapshot, name string) bool {
	for _, t := range s.Schema.Tables {
		for _, fk := range t.ForeignKeys {
			if sqltext.EqualFold(fk.Table, name) {
				return true
			}
		}
	}
	return false
}

// mapping says which columns of the new table get which values of the old one.
func (p *planner) mapping(before, current, t *schema.Table) (into, values []string) {
	add := func(column, value string) {
		into, values = append(into, column), append(values, value)
	}
	rowid := rowIDName(current)
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Generated != schema.NotGenerated {
			continue
		}
		name := sqltext.Quote(c.Name)
		old := before.Column(p.columnBefore(before, c.Name))
		switch {
		case old != nil && !old.NotNull && c.NotNull && c.Default != "" && !c.RowIDAlias:
			add(name, "coalesce("+sqltext.Quote(old.Name)+", "+c.Default+")")
		case old != nil:
			if !old.NotNull && c.NotNull && !c.RowIDAlias {
				p.note("Rows with NULL in %s of %s stop this migration: UPDATE them first.", c.Name, t.Name)
			}
			add(name, sqltext.Quote(old.Name))
		case c.RowIDAlias || !c.NotNull || c.Default != "":
			if c.RowIDAlias && rowid != "" && rowIDAlias(current) == nil {
				add(name, rowid)
			}
		case inUnique(t, c) && rowid != "":
			p.note("Column %s of %s is new and unique: rows that are there get their rowid. Write here what they should get.", c.Name, t.Name)
			add(name, rowid)
		default:
			p.note("Column %s of %s is new and NOT NULL without a default: rows that are there get %s. Write here what they should get.", c.Name, t.Name, zero(c.Type))
			add(name, zero(c.Type))
		}
	}
	if target := rowIDName(t); rowid != "" && target != "" && rowIDAlias(t) == nil {
		into, values = append([]string{target}, into...), append([]string{rowid}, values...)
	}
	return into, values
}

func (p *planner) note(format string, args ...any) {
	p.script.Notes = append(p.script.Notes, fmt.Sprintf(format, args...))
}

func rowIDAlias(t *schema.Table) *schema.Column {
	for i := range t.Columns {
		if t.Columns[i].RowIDAlias {
			return &t.Columns[i]
		}
	}
	return nil
}

// rowIDName returns a name for the rowid that is not a column's, or "".
func rowIDName(t *schema.Table) string {
	if t.WithoutRowID || t.Kind != schema.KindTable {
		return ""
	}
	for _, name := range []string{"rowid", "_rowid_", "oid"} {
		if t.Column(name) == nil {
			return name
		}
	}
	return ""
}

func inUnique(t *schema.Table, c *schema.Column) bool {
	if slices.ContainsFunc(t.PrimaryKey, func(name string) bool { return sqltext.EqualFold(name, c.Name) }) {
		return true
	}
	return slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool {
		return ix.Unique && slices.ContainsFunc(ix.Columns, func(k schema.IndexColumn) bool { return sqltext.EqualFold(k.Name, c.Name) })
	})
}

// zero returns a plain value of a declared type.
func zero(declared string) string {
	switch infer.AffinityOf(declared) {
	case infer.TextAffinity:
		return "''"
	case infer.BlobAffinity:
		return "x''"
	case infer.RealAffinity:
		return "0.0"
	}
	return "0"
}
