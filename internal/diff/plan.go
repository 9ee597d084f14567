package diff

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/infer"
	"github.com/dreysql/drey/internal/rows"
	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqltext"
)

// Rename is a table or a column that gets another name. Table and Old are the
// names before, New the one behind; Old is "" for a table.
type Rename struct{ Table, Old, New string }

// ErrImpossible is a pair of schemas between which no way was found.
var ErrImpossible = errors.New("no statements were found that lead from one schema to the other")

// Plan finds the statements that lead from one schema to another, and tries them
// on a database in memory with rows in every table: what it returns leads
// exactly there.
func Plan(ctx context.Context, from, to *Snapshot, renames []Rename) (*Script, error) {
	var failures []error
	for _, filled := range []bool{true, false} {
		for _, how := range []approach{{}, {dependents: true}, {dependents: true, rebuild: true}} {
			p := &planner{ctx: ctx, from: from, to: to, renames: renames, approach: how, script: &Script{}, created: map[string]bool{}}
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

// approach is a way to go. The first that leads to the other schema is taken.
type approach struct {
	dependents bool // drop views and triggers that mention a table which changes, and create them again
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

// Load makes a database in memory with that schema.
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
		if _, err := rows.Fill(p.ctx, p.db, p.from.Schema); err != nil {
			return nil, err
		}
	}
	countable := p.countable()
	p.now = p.from
	for _, step := range []func() error{p.dropViews, p.renameTables, p.createTables, p.changeTables, p.dropTables, p.createTables, p.objects, p.verify} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	p.script.Orphans = countable && p.countable()
	return p.script, nil
}

// countable reports whether SQLite can tell which rows refer to nothing. It
// cannot where a foreign key fits no key.
func (p *planner) countable() bool {
	var n int
	return p.db.QueryRowContext(p.ctx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&n) == nil
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

func dropStatement(o *Object) string {
	return "DROP " + strings.ToUpper(o.Kind) + " " + schema.Quote(o.Name)
}

// tableBefore is the name that a table of the wanted schema has before.
func (p *planner) tableBefore(name string) string {
	for _, r := range p.renames {
		if r.Old == "" && schema.EqualFold(r.New, name) {
			return r.Table
		}
	}
	return name
}

// source is the table from which a table of the wanted schema comes, nil for a
// new one.
func (p *planner) source(t *schema.Table) *schema.Table {
	s := p.from.Schema.Table(p.tableBefore(t.Name))
	if s == nil || s.Kind != t.Kind || s.Kind == schema.KindView {
		return nil
	}
	for _, r := range p.renames { // its name may have been taken over
		if r.Old == "" && schema.EqualFold(r.Table, s.Name) && !schema.EqualFold(r.New, t.Name) {
			return nil
		}
	}
	return s
}

// columnBefore is the name that a column has before.
func (p *planner) columnBefore(table *schema.Table, name string) string {
	for _, r := range p.renames {
		if r.Old != "" && schema.EqualFold(r.Table, table.Name) && schema.EqualFold(r.New, name) {
			return r.Old
		}
	}
	return name
}

// changing are the names of all tables that are not what they were.
func (p *planner) changing() map[string]bool {
	names := map[string]bool{}
	for _, o := range p.from.Objects {
		if o.Kind != "table" {
			continue
		}
		w := p.to.Object("table", o.Name)
		if w == nil || !same(p.from, p.to, &o, w) {
			names[strings.ToLower(o.Name)] = true
		}
	}
	return names
}

// dropViews drops the views and triggers that are in the way or have to go.
func (p *planner) dropViews() error {
	gone := map[string]bool{}
	if p.dependents {
		gone = p.changing()
	}
	drop := map[string]bool{}
	mentions := func(o *Object) bool {
		for _, t := range sqltext.Significant(o.SQL) {
			if (t.Ident() || t.Kind == sqltext.String) && gone[strings.ToLower(t.Name())] {
				return true
			}
		}
		return false
	}
	for again := true; again; {
		again = false
		for i := range p.from.Objects {
			o := &p.from.Objects[i]
			if o.Kind != "view" && o.Kind != "trigger" || drop[o.Kind+o.Name] {
				continue
			}
			w := p.to.Object(o.Kind, o.Name)
			if w != nil && canonical(w.SQL) == canonical(o.SQL) && !mentions(o) {
				continue
			}
			drop[o.Kind+o.Name], again = true, true
			if o.Kind == "view" {
				gone[strings.ToLower(o.Name)] = true
			}
		}
	}
	for _, kind := range []string{"trigger", "view"} {
		for i := range p.from.Objects {
			if o := &p.from.Objects[i]; o.Kind == kind && drop[o.Kind+o.Name] {
				if err := p.exec(dropStatement(o)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// renameTables gives tables their names. A table that has the name already gives
// way: it gets another one first, or it has no place in the wanted schema.
func (p *planner) renameTables() error {
	var pending []Rename
	for _, r := range p.renames {
		if r.Old == "" {
			pending = append(pending, r)
		}
	}
	for i, r := range pending {
		if t := p.now.Schema.Table(r.New); t != nil && !schema.EqualFold(r.Table, r.New) {
			if later := slices.IndexFunc(pending[i+1:], func(other Rename) bool { return schema.EqualFold(other.Table, r.New) }); later >= 0 {
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

func (p *planner) renameTable(from, to string) error {
	if err := p.exec(fmt.Sprintf("ALTER TABLE %s RENAME TO %s", schema.Quote(from), schema.Quote(to))); err != nil {
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

// renamesColumns: columns that change names with each other leave the same text.
func (p *planner) renamesColumns(t *schema.Table) bool {
	return slices.ContainsFunc(p.renames, func(r Rename) bool { return r.Old != "" && schema.EqualFold(r.Table, t.Name) })
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

// alters are the statements that change a table in its place, if SQLite can:
// columns that get other names, go, or come behind the last one.
func (p *planner) alters(before, t *schema.Table, w *Object) (list []string) {
	alter := "ALTER TABLE " + schema.Quote(t.Name) + " "
	kept := map[string]bool{}
	defs := definitions(w.SQL)
	var added []string
	for _, c := range t.Columns {
		old := before.Column(p.columnBefore(before, c.Name))
		if old == nil {
			added = append(added, alter+"ADD COLUMN "+defs[strings.ToLower(c.Name)])
			continue
		}
		kept[old.Name] = true
		if old.Name != c.Name {
			list = append(list, alter+"RENAME COLUMN "+schema.Quote(old.Name)+" TO "+schema.Quote(c.Name))
		}
	}
	// An index goes before its column.
	for i := range p.now.Objects {
		o := &p.now.Objects[i]
		if want := p.to.Object(o.Kind, o.Name); o.Kind == "index" && schema.EqualFold(o.Table, t.Name) &&
			(want == nil || canonical(want.SQL) != canonical(o.SQL)) {
			list = append(list, dropStatement(o))
		}
	}
	for _, c := range before.Columns {
		if !kept[c.Name] {
			list = append(list, alter+"DROP COLUMN "+schema.Quote(c.Name))
		}
	}
	return append(list, added...)
}

// works tries statements on a copy, where foreign keys are enforced.
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

// rebuildTable makes a new table, copies the rows, and gives it the old one's
// name, see https://www.sqlite.org/lang_altertable.html#otheralter.
func (p *planner) rebuildTable(before, t *schema.Table, w *Object) error {
	current := p.now.Schema.Table(t.Name) // before, by its present name
	fresh := p.free("drey_new_" + t.Name)
	if p.referred(p.now, t.Name) || p.referred(p.to, t.Name) {
		p.script.Unenforced = true
	}
	into, values, err := p.mapping(before, current, t)
	if err != nil {
		return err
	}
	list := []string{named(w.SQL, fresh)}
	if len(into) > 0 {
		list = append(list, fmt.Sprintf("INSERT INTO %s (%s)\nSELECT %s FROM %s",
			schema.Quote(fresh), strings.Join(into, ", "), strings.Join(values, ", "), schema.Quote(t.Name)))
	}
	if hasWord(before.SQL, "AUTOINCREMENT") && hasWord(w.SQL, "AUTOINCREMENT") {
		list = append(list,
			"DELETE FROM sqlite_sequence WHERE name = "+literal(fresh),
			fmt.Sprintf("INSERT INTO sqlite_sequence (name, seq) SELECT %s, seq FROM sqlite_sequence WHERE name = %s", literal(fresh), literal(current.Name)))
	}
	list = append(list, "DROP TABLE "+schema.Quote(t.Name),
		fmt.Sprintf("ALTER TABLE %s RENAME TO %s", schema.Quote(fresh), schema.Quote(t.Name)))
	for _, s := range list {
		if err := p.exec(s); err != nil {
			return err
		}
	}
	return nil
}

// free is a name that no object has.
func (p *planner) free(name string) string {
	for {
		taken := false
		for _, s := range []*Snapshot{p.from, p.now, p.to} {
			taken = taken || slices.ContainsFunc(s.Objects, func(o Object) bool { return schema.EqualFold(o.Name, name) })
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
			if schema.EqualFold(fk.Table, name) {
				return true
			}
		}
	}
	return false
}

// mapping says which columns of the new table get what of the old one's.
func (p *planner) mapping(before, current, t *schema.Table) (into, values []string, err error) {
	add := func(column, value string) {
		into, values = append(into, column), append(values, value)
	}
	rowid := rowIDName(current)
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Generated != schema.NotGenerated {
			continue
		}
		name := schema.Quote(c.Name)
		old := before.Column(p.columnBefore(before, c.Name))
		switch {
		case old != nil && !old.NotNull && c.NotNull && c.Default != "" && !c.RowIDAlias:
			add(name, "coalesce("+schema.Quote(old.Name)+", "+c.Default+")")
		case old != nil:
			if !old.NotNull && c.NotNull && !c.RowIDAlias {
				p.note("Rows with NULL in %s of %s stop this migration: UPDATE them first.", c.Name, t.Name)
			}
			add(name, schema.Quote(old.Name))
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
	return into, values, nil
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

// rowIDName is a name for the rowid that no column has, "" where there is none.
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
	if slices.ContainsFunc(t.PrimaryKey, func(name string) bool { return schema.EqualFold(name, c.Name) }) {
		return true
	}
	return slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool {
		return ix.Unique && slices.ContainsFunc(ix.Columns, func(k schema.IndexColumn) bool { return schema.EqualFold(k.Name, c.Name) })
	})
}

// zero is a value of a declared type that says little.
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

// replaceVirtual makes a virtual table anew. What is in one that keeps its own
// content is copied; one that indexes another table reads that again.
func (p *planner) replaceVirtual(before, t *schema.Table, w *Object) error {
	var columns []string
	for _, c := range t.Columns {
		if old := before.Column(p.columnBefore(before, c.Name)); old != nil && old.Name == c.Name {
			columns = append(columns, schema.Quote(c.Name))
		}
	}
	content := hasWord(w.SQL, "content") || hasWord(before.SQL, "content")
	if content || len(columns) == 0 {
		if err := p.exec("DROP TABLE " + schema.Quote(t.Name)); err != nil {
			return err
		}
		if err := p.exec(w.SQL); err != nil || !hasWord(w.SQL, "fts5") || !content {
			return err
		}
		return p.exec(fmt.Sprintf("INSERT INTO %s (%s) VALUES ('rebuild')", schema.Quote(t.Name), schema.Quote(t.Name)))
	}
	if hasWord(w.SQL, "fts5") && hasWord(before.SQL, "fts5") {
		columns = append([]string{"rowid"}, columns...)
	}
	fresh := p.free("drey_new_" + t.Name)
	for _, s := range []string{
		named(w.SQL, fresh),
		fmt.Sprintf("INSERT INTO %s (%s)\nSELECT %s FROM %s", schema.Quote(fresh), strings.Join(columns, ", "), strings.Join(columns, ", "), schema.Quote(t.Name)),
		"DROP TABLE " + schema.Quote(t.Name),
		fmt.Sprintf("ALTER TABLE %s RENAME TO %s", schema.Quote(fresh), schema.Quote(t.Name)),
	} {
		if err := p.exec(s); err != nil {
			return err
		}
	}
	return nil
}

// dropTables drops what the wanted schema has not: tables that refer to others
// before these.
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

// dropTable drops a table. Where rows stay that refer to it, or its own rows are
// in each other's way, this takes foreign keys that are off.
func (p *planner) dropTable(t *schema.Table) error {
	for _, other := range p.now.Schema.Tables {
		if refers(other, t.Name) && p.stays(other) {
			p.script.Unenforced = true
		}
	}
	if slices.ContainsFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool {
		return schema.EqualFold(fk.Table, t.Name) && fk.OnDelete == "RESTRICT"
	}) {
		p.script.Unenforced = true
	}
	return p.exec("DROP TABLE " + schema.Quote(t.Name))
}

// stays reports whether the wanted schema has the table, by its present name or
// the one that it is going to have.
func (p *planner) stays(t *schema.Table) bool {
	for _, w := range p.to.Schema.Tables {
		if s := p.source(w); s != nil && (schema.EqualFold(s.Name, t.Name) || schema.EqualFold(w.Name, t.Name)) {
			return true
		}
	}
	return false
}

func refers(t *schema.Table, name string) bool {
	return slices.ContainsFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool { return schema.EqualFold(fk.Table, name) })
}

// createTables makes the tables that are not there yet. Where their names are
// free they are made first: rows that are copied may have to refer to them.
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

// objects makes indexes, views and triggers what they should be.
func (p *planner) objects() error {
	for _, kind := range []string{"trigger", "view", "index"} {
		for i := range p.now.Objects {
			o := &p.now.Objects[i]
			w := p.to.Object(kind, o.Name)
			if o.Kind != kind || w != nil && o.Name == w.Name && canonical(o.SQL) == canonical(w.SQL) {
				continue
			}
			if err := p.exec(dropStatement(o)); err != nil {
				return err
			}
		}
		if err := p.read(); err != nil {
			return err
		}
	}
	for _, w := range p.to.Objects {
		if w.Kind != "table" && p.now.Object(w.Kind, w.Name) == nil {
			if err := p.exec(w.SQL); err != nil {
				return err
			}
		}
	}
	return p.read()
}

// verify compares what has come out with what was wanted.
func (p *planner) verify() error {
	if d := Exact(p.now, p.to); d != "" {
		return errors.New(d)
	}
	return nil
}

// Exact says in what two schemas differ if anything does but blanks, comments
// and quotes; "" if nothing does.
func Exact(have, want *Snapshot) string {
	for _, w := range want.Objects {
		h := have.Object(w.Kind, w.Name)
		switch {
		case h == nil:
			return fmt.Sprintf("%s %s is missing", w.Kind, w.Name)
		case h.Name != w.Name, canonical(h.SQL) != canonical(w.SQL), w.Kind == "table" && !same(have, want, h, &w):
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
