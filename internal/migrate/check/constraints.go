package check

import (
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// constraint is one that a table has.
type constraint struct {
	kind    string   // in the words of SQL
	name    string   // "" if it does not have one
	columns []string // folded, that it is on; nil for one of the table as a whole
	value   string   // tells constraints of a kind on the same columns apart
	check   condition
}

// String is the constraint in a message.
func (c *constraint) String() string {
	switch {
	case c.check.expr != nil:
		start, end := syntax.Span(c.check.expr)
		return c.kind + " (" + strings.Join(strings.Fields(c.check.text[start:end]), " ") + ")"
	case len(c.columns) == 0:
		return c.kind
	}
	return c.kind + " of " + strings.Join(c.columns, ", ")
}

func (c *constraint) same(other *constraint) bool {
	return c.kind == other.kind && c.value == other.value && slices.Equal(c.columns, other.columns)
}

func (c *constraint) on(columns []string) bool {
	return slices.ContainsFunc(c.columns, func(name string) bool { return slices.Contains(columns, name) })
}

// The kinds of constraint that other rules ask for.
const (
	checkKind      = "CHECK"
	foreignKeyKind = "FOREIGN KEY"
	uniqueKind     = "UNIQUE"
	strictKind     = "STRICT"
	notNullKind    = "NOT NULL"
)

// constraintsOf returns the constraints of a table, the first of those that follow
// from each other first.
func constraintsOf(t *schema.Table) []*constraint {
	var list []*constraint
	add := func(is bool, kind, value string, columns ...string) {
		if is {
			folded := make([]string, len(columns))
			for i, name := range columns {
				folded[i] = sqltext.Fold(name)
			}
			list = append(list, &constraint{kind: kind, value: value, columns: folded})
		}
	}
	add(t.Strict, strictKind, "")
	add(t.WithoutRowID, "WITHOUT ROWID", "")
	add(t.AutoIncrement, "AUTOINCREMENT", "")
	add(len(t.PrimaryKey) > 0, "PRIMARY KEY", "", t.PrimaryKey...)
	for i := range t.Columns {
		c := &t.Columns[i]
		add(c.RowIDAlias, "INTEGER PRIMARY KEY", "", c.Name)
		add(c.NotNull && !c.RowIDAlias && !slices.Contains(t.PrimaryKey, c.Name), notNullKind, "", c.Name)
		add(c.Default != "", "DEFAULT", c.Default, c.Name)
		add(c.Collation != "" && !sqltext.EqualFold(c.Collation, "BINARY"), "COLLATE", sqltext.Fold(c.Collation), c.Name)
		add(c.Generated != schema.NotGenerated, "GENERATED ALWAYS", "", c.Name)
	}
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		var names []string
		for _, c := range ix.Columns {
			names = append(names, c.Name)
		}
		slices.Sort(names)
		add(ix.Unique && ix.Origin == "u", uniqueKind, "", names...)
	}
	for _, fk := range t.ForeignKeys {
		add(true, foreignKeyKind, sqltext.Fold(fk.Table+" "+strings.Join(fk.To, " ")), fk.From...)
		for event, action := range map[string]string{"ON DELETE": fk.OnDelete, "ON UPDATE": fk.OnUpdate} {
			add(action != "NO ACTION", event+" "+action, "", fk.From...)
		}
	}
	for _, c := range checks.Of(t).List {
		list = append(list, checkOf(t.SQL, c.Name, c.Expr))
	}
	return append(list, clausesOf(t)...)
}

// checkOf is a CHECK in the text of a statement.
func checkOf(text, name string, x ast.Expr) *constraint {
	c := &constraint{kind: checkKind, name: name, check: condition{text: text, expr: x}, columns: []string{}}
	ast.Walk(x, func(n ast.Node) bool {
		if ref, ok := n.(*ast.QualifiedRef); ok {
			c.columns = append(c.columns, sqltext.Fold(ref.Parts[len(ref.Parts)-1].Name))
		}
		return true
	})
	c.value = c.check.canonical()
	return c
}

// clausesOf returns what no pragma reports.
func clausesOf(t *schema.Table) []*constraint {
	create := t.Create()
	if create == nil {
		return nil
	}
	var list []*constraint
	add := func(conflict ast.ConflictAction, deferred *ast.DeferClause, columns ...string) {
		for i := range columns {
			columns[i] = sqltext.Fold(columns[i])
		}
		if conflict != ast.ConflictDefault {
			list = append(list, &constraint{kind: "ON CONFLICT " + conflict.String(), columns: columns})
		}
		if deferred != nil && deferred.InitiallyDeferred && !deferred.Not {
			list = append(list, &constraint{kind: "DEFERRABLE INITIALLY DEFERRED", columns: columns})
		}
	}
	for _, def := range create.Columns {
		for _, c := range def.Constraints {
			add(c.OnConflict, c.Deferrable, def.Name.Name)
		}
	}
	for _, c := range create.Constraints {
		var columns []string
		for _, term := range c.Columns {
			if column, ok := syntax.ColumnOf(term.Expr); ok {
				columns = append(columns, column.Name)
			}
		}
		for _, column := range c.FKColumns {
			columns = append(columns, column.Name.Name)
		}
		add(c.OnConflict, c.Deferrable, columns...)
	}
	return list
}

// compareConstraints finds the constraints that tables lose while somebody rebuilds
// them by hand, and those that they get and that their rows need not satisfy. What
// drey migrate diff rebuilds has been asked for.
func (s *step) compareConstraints() {
	for _, before := range s.kept() {
		after := s.after.Schema.Table(before.Name)
		if s.rebuilt(before.Name) == nil {
			continue
		}
		r := s.rebuild(after)
		if !r.byDiff() {
			s.losesConstraints(before, after, r)
		}
		s.getsConstraints(before, after, r)
	}
	s.addsChecks()
}

// rebuild is how a table is made that takes the place of another one.
type rebuild struct {
	name           string // under which it is created
	create, insert part   // the zero part if they are not there
}

// byDiff reports whether drey migrate diff has written it, from the wanted schema.
func (r rebuild) byDiff() bool { return strings.HasPrefix(r.name, "drey_new_") }

func (s *step) rebuild(t *schema.Table) rebuild {
	r := rebuild{name: t.Name}
	list := s.list
	for _, p := range slices.Backward(list) {
		if alter, ok := p.tree.(*ast.AlterTableStmt); ok && alter.Action == ast.AlterRenameTable && sqltext.EqualFold(alter.NewName.Name, t.Name) {
			r.name = alter.Table.Name.Name
			break
		}
	}
	for _, p := range list {
		if kind, name := syntax.Created(p.tree); kind == "TABLE" && sqltext.EqualFold(name.Name.Name, r.name) {
			r.create = p
		}
		if insert, ok := p.tree.(*ast.InsertStmt); ok && r.insert.tree == nil && sqltext.EqualFold(insert.Table.Name.Name, r.name) {
			r.insert = p
		}
	}
	return r
}

// losesConstraints compares a table with the one that takes its place. A constraint
// that is changed is not lost: there is another one of its kind on its columns, or of
// its name. Neither is one of a column that is gone, or STRICT where a column has
// another type than a STRICT table may have.
func (s *step) losesConstraints(before, after *schema.Table, r rebuild) {
	was, is := constraintsOf(before), constraintsOf(after)
	for _, ix := range after.Indexes { // an index of its own does as well
		if ix.Unique && !ix.Partial && ix.Origin != "u" {
			var names []string
			for _, c := range ix.Columns {
				names = append(names, sqltext.Fold(c.Name))
			}
			slices.Sort(names)
			is = append(is, &constraint{kind: uniqueKind, columns: names})
		}
	}
	if len(after.PrimaryKey) > 0 {
		is = append(is, &constraint{kind: uniqueKind, columns: sorted(after.PrimaryKey)})
	}
	var lost []*constraint
	for _, c := range was {
		gone := slices.ContainsFunc(c.columns, func(name string) bool {
			return before.Column(name) != nil && after.Column(name) == nil
		}) || c.kind == strictKind && slices.ContainsFunc(after.Columns, notStrict)
		kept := slices.ContainsFunc(is, func(other *constraint) bool {
			switch {
			case c.same(other):
				return true
			case c.kind == notNullKind && other.kind == checkKind:
				return notNull(c.columns[0]).follows([]condition{other.check})
			case strings.HasPrefix(c.kind, "ON ") && strings.HasPrefix(other.kind, c.kind[:len("ON DELETE")]):
				return slices.Equal(c.columns, other.columns)
			case c.kind != other.kind || slices.ContainsFunc(was, other.same):
				return false
			}
			return other.on(c.columns) || c.name != "" && sqltext.EqualFold(c.name, other.name)
		})
		follows := slices.ContainsFunc(lost, func(other *constraint) bool { // from one that is lost
			if !slices.Equal(c.columns, other.columns) && len(c.columns) > 0 {
				return false
			}
			return other.kind == "PRIMARY KEY" && (c.kind == "INTEGER PRIMARY KEY" || strings.HasPrefix(c.kind, "ON CONFLICT")) ||
				other.kind == foreignKeyKind && (strings.HasPrefix(c.kind, "ON ") || strings.HasPrefix(c.kind, "DEFERRABLE")) ||
				(other.kind == uniqueKind || other.kind == notNullKind) && strings.HasPrefix(c.kind, "ON CONFLICT")
		})
		if !gone && !kept && !follows {
			lost = append(lost, c)
		}
	}
	if len(lost) == 0 {
		return
	}
	texts := make([]string, len(lost))
	for i, c := range lost {
		texts[i] = c.String()
	}
	s.add("loses-constraint", s.file, r.create.line, "write it into the new table; if it has to go, allow it: -- drey:allow loses-constraint: reason",
		"table %s that is rebuilt here loses %s", before.Name, strings.Join(texts, "; "))
}

// notStrict reports whether a STRICT table cannot have the column.
func notStrict(c schema.Column) bool {
	return !slices.ContainsFunc([]string{"INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"}, func(t string) bool { return sqltext.EqualFold(t, c.Type) })
}

func sorted(names []string) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = sqltext.Fold(name)
	}
	slices.Sort(list)
	return list
}

// getsConstraints finds what the rows of a table need not satisfy that are copied
// into the one that takes its place. NOT NULL and UNIQUE are tried on made-up rows.
func (s *step) getsConstraints(before, after *schema.Table, r rebuild) {
	if r.insert.tree == nil || s.corrects(before.Name, r.insert.line) {
		return
	}
	sources := r.sources(before, after)
	was := constraintsOf(before)
	var facts []condition
	for _, c := range was {
		switch c.kind {
		case checkKind:
			facts = append(facts, c.check)
		case notNullKind:
			facts = append(facts, notNull(c.columns[0]))
		}
	}
	for _, c := range constraintsOf(after) {
		moved := c.moved(sources)
		if moved == nil || slices.ContainsFunc(was, moved.same) {
			continue
		}
		switch c.kind {
		case checkKind:
			if widens(before, after, moved.columns, c.columns) || moved.check.follows(facts) {
				continue
			}
		case foreignKeyKind, strictKind:
		default:
			continue
		}
		s.add("may-fail", s.file, r.insert.line, makeFit, "Up fails if there are rows in %s that do not satisfy what it gets: %s", before.Name, c)
	}
}

// notNull is the condition that a column has.
func notNull(column string) condition {
	text := sqltext.Quote(column) + " IS NOT NULL"
	stmt, _ := syntax.Parse("SELECT " + text)
	sel, _ := stmt.(*ast.SelectStmt)
	return condition{text: "SELECT " + text, expr: syntax.Query(sel).Columns[0].Expr}
}

// corrects reports whether a step updates or deletes rows of a table before a line.
func (s *step) corrects(name string, line int) bool {
	return slices.ContainsFunc(s.list, func(p part) bool {
		_, insert := p.tree.(*ast.InsertStmt)
		target := syntax.Target(p.tree)
		return !insert && p.line <= line && target != nil && sqltext.EqualFold(target.Name.Name, name)
	})
}

// sources returns from which columns of the old table the columns of the new one are
// copied as they are. One that is computed or not copied is not there.
func (r rebuild) sources(before, after *schema.Table) map[string]string {
	from := map[string]string{}
	insert, _ := r.insert.tree.(*ast.InsertStmt)
	if insert == nil || insert.Select == nil {
		return from
	}
	q := syntax.Query(insert.Select)
	if q == nil {
		return from
	}
	into := syntax.Names(insert.Columns)
	if into == nil {
		for _, c := range after.Columns {
			if c.Generated == schema.NotGenerated {
				into = append(into, c.Name)
			}
		}
	}
	var values []string // "" for what is computed
	for _, rc := range q.Columns {
		if syntax.Star(rc) != nil {
			for _, c := range before.Columns {
				values = append(values, c.Name)
			}
			continue
		}
		column, _ := syntax.ColumnOf(rc.Expr)
		values = append(values, column.Name)
	}
	for i, name := range into[:min(len(into), len(values))] {
		if before.Column(values[i]) != nil {
			from[sqltext.Fold(name)] = sqltext.Fold(values[i])
		}
	}
	return from
}

// moved is a constraint of the new table in the names of the old one. It is nil if
// no column that it is on is copied as it is: what is computed has been thought of.
func (c *constraint) moved(sources map[string]string) *constraint {
	m := *c
	m.columns = slices.Clone(c.columns)
	copied := len(c.columns) == 0
	names := map[string]string{}
	for i, name := range c.columns {
		if source, ok := sources[name]; ok {
			copied, m.columns[i], names[name] = true, source, source
		}
	}
	if !copied {
		return nil
	}
	if c.kind == checkKind {
		m.check.names = names
		m.value = m.check.canonical()
	}
	return &m
}

// widens reports whether a CHECK on one column lists all of the values that the old
// table's CHECK lists.
func widens(before, after *schema.Table, from, to []string) bool {
	if len(slices.Compact(slices.Sorted(slices.Values(to)))) != 1 {
		return false
	}
	old, is := before.Column(from[0]), after.Column(to[0])
	if old == nil || is == nil {
		return false
	}
	was, ok1 := checks.Of(before).Values(old)
	may, ok2 := checks.Of(after).Values(is)
	return ok1 && ok2 && !slices.ContainsFunc(was, func(v checks.Value) bool { return !slices.Contains(may, v) })
}

// addsChecks finds the CHECKs that ALTER TABLE adds and that rows which are there
// need not satisfy: those on a column that was there before.
func (s *step) addsChecks() {
	for _, p := range s.list {
		alter, ok := p.tree.(*ast.AlterTableStmt)
		if !ok {
			continue
		}
		t := s.before.Schema.Table(alter.Table.Name.Name)
		if t == nil {
			continue
		}
		var list []*constraint
		switch alter.Action {
		case ast.AlterAddConstraintCheck:
			list = append(list, checkOf(p.sql, syntax.Name(alter.ConstraintName), alter.Expr))
		case ast.AlterAddColumn:
			for _, c := range alter.ColumnDef.Constraints {
				if c.Kind == ast.ColumnCheck {
					list = append(list, checkOf(p.sql, syntax.Name(c.Name), c.Expr))
				}
			}
		}
		for _, c := range list {
			if slices.ContainsFunc(c.columns, func(name string) bool { return t.Column(name) != nil }) && !s.corrects(t.Name, p.line) {
				s.add("may-fail", s.file, p.line, makeFit, "Up fails if there are rows in %s that do not satisfy what it gets: %s", t.Name, c)
			}
		}
	}
}
