package explain

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// term is what an index can have as a column: a column of the table, an expression over its
// columns, or one of them with a collation.
type term struct {
	text string // as CREATE INDEX has it
	name string // of the column, for the name of the index; "" for an expression
	desc bool
}

func (t term) String() string {
	if t.desc {
		return t.text + " DESC"
	}
	return t.text
}

// terms are what a statement asks of one table, as far as an index could answer it. They
// need not be right: every index that is made of them is tried.
type terms struct {
	equal  []term   // compared by =, IS or IN
	null   []term   // compared with NULL, which may be most of the rows
	ranges []term   // compared by <, BETWEEN, LIKE and so on
	lists  [][]term // of ORDER BY, GROUP BY, DISTINCT, PARTITION BY
}

// reader reads the terms of one table out of statements.
type reader struct {
	schema  *schema.Schema
	table   *schema.Table
	texts   []text
	tables  map[string][]string // what names stand for, in FROM clauses
	aliases map[string]aliased  // of result columns
	depth   int                 // of aliases that are looked up
	terms
}

// text is a statement.
type text struct {
	sql  string
	stmt ast.Stmt
}

type aliased struct {
	of   text
	expr ast.Expr
}

// texts returns a statement, the views that it reads, and the triggers of its plan.
func texts(s *schema.Schema, sql string, plan []*Step) []text {
	var list []text
	seen := map[string]bool{}
	var add func(sql string)
	add = func(sql string) {
		stmt, err := syntax.Parse(sql)
		if err != nil {
			return // it is not known what could help
		}
		list = append(list, text{sql, stmt})
		syntax.Objects(stmt, func(name *ast.QualifiedName) {
			t := s.Table(syntax.Name(name.Name))
			if t == nil || seen[t.Name] {
				return
			}
			seen[t.Name] = true
			if t.Kind == schema.KindView {
				add(t.SQL)
			}
		})
	}
	add(sql)
	for _, step := range plan {
		for _, trigger := range s.Triggers {
			if step.Detail == "TRIGGER "+trigger.Name {
				add(trigger.SQL)
			}
		}
	}
	return list
}

// termsOf returns what statements ask of a table.
func termsOf(s *schema.Schema, t *schema.Table, list []text) terms {
	r := &reader{schema: s, table: t, texts: list, tables: map[string][]string{}, aliases: map[string]aliased{}}
	for _, of := range list {
		ast.Walk(of.stmt, func(n ast.Node) bool {
			r.names(of, n)
			return true
		})
	}
	for _, of := range list {
		ast.Walk(of.stmt, func(n ast.Node) bool {
			r.node(of, n)
			return true
		})
	}
	for _, of := range list {
		if syntax.Target(of.stmt) == nil {
			continue
		}
		for _, fk := range t.ForeignKeys { // SQLite looks for the rows that refer to one
			for _, column := range fk.From {
				r.equal = add(r.equal, columnTerm(t.Column(column)))
			}
		}
	}
	return r.terms
}

// names notes what the names of a FROM clause and of result columns stand for.
func (r *reader) names(of text, n ast.Node) {
	switch n := n.(type) {
	case *ast.TableRef:
		if n.Name == nil {
			return
		}
		name := syntax.Name(n.Name.Name)
		as := name
		if n.Alias != nil {
			as = n.Alias.Name
		}
		r.tables[sqltext.Fold(as)] = append(r.tables[sqltext.Fold(as)], name)
	case *ast.ResultColumn:
		if n.Alias != nil {
			r.aliases[sqltext.Fold(n.Alias.Name)] = aliased{of, n.Expr}
		}
	}
}

// node notes what one node of a statement asks of the table.
func (r *reader) node(of text, n ast.Node) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		switch n.Op {
		case ast.OpEq:
			r.compared(&r.equal, of, n.X, n.Y)
		case ast.OpLt, ast.OpLe, ast.OpGt, ast.OpGe:
			r.compared(&r.ranges, of, n.X, n.Y)
		}
	case *ast.IsExpr:
		if syntax.Same(n) {
			r.compared(&r.equal, of, n.X, n.Y)
		}
	case *ast.NullCheckExpr:
		if n.Test == ast.TestIsNull {
			r.add(&r.null, of, n.X)
		}
	case *ast.InExpr:
		if !n.Not {
			r.add(&r.equal, of, n.X)
		}
	case *ast.BetweenExpr:
		if !n.Not {
			r.add(&r.ranges, of, n.X)
		}
	case *ast.LikeExpr:
		if t, ok := r.term(of, n.X); ok && !n.Not {
			if !sqltext.EqualFold(n.Op.Name, "GLOB") {
				t.text += " COLLATE NOCASE"
			}
			r.ranges = add(r.ranges, t)
		}
	case *ast.FuncCall:
		if len(n.Args) == 1 && (sqltext.EqualFold(n.Name.Name, "MIN") || sqltext.EqualFold(n.Name.Name, "MAX")) {
			r.list(of, ascending(n.Args), nil)
		}
	case *ast.TableRef:
		for _, column := range n.Using {
			if c := r.table.Column(column.Name); c != nil {
				r.equal = add(r.equal, columnTerm(c))
			}
		}
	case *ast.SelectStmt:
		for _, core := range n.Cores { // of a UNION, SQLite may merge what is in order
			if q, ok := core.(*ast.SelectQuery); ok && len(n.Ops) > 0 {
				r.list(of, ascending(results(q)), nil)
			}
		}
	case *ast.SelectQuery:
		r.list(of, n.OrderBy, n)
		r.list(of, ascending(n.GroupBy), n)
		if n.Distinct == ast.DistinctDistinct {
			r.list(of, ascending(results(n)), nil)
		}
	case *ast.WindowDef:
		r.list(of, append(ascending(n.Partition), n.OrderBy...), nil)
	}
}

func ascending(list []ast.Expr) []*ast.OrderingTerm {
	var terms []*ast.OrderingTerm
	for _, x := range list {
		terms = append(terms, &ast.OrderingTerm{Expr: x})
	}
	return terms
}

func results(q *ast.SelectQuery) []ast.Expr {
	var list []ast.Expr
	for _, c := range q.Columns {
		list = append(list, c.Expr)
	}
	return list
}

// list notes an order: each part of it that is of terms of the table. A number stands for a
// result column of the query.
func (r *reader) list(of text, order []*ast.OrderingTerm, q *ast.SelectQuery) {
	var list []term
	for _, o := range order {
		x := o.Expr
		if lit, ok := x.(*ast.Literal); ok && q != nil && lit.Kind == ast.LitInteger {
			if i, err := strconv.Atoi(lit.Raw); err == nil && 1 <= i && i <= len(q.Columns) {
				x = q.Columns[i-1].Expr
			}
		}
		t, ok := r.term(of, x)
		if !ok {
			r.addList(list)
			list = nil
			continue
		}
		t.desc = o.Order == ast.SortDesc
		list = add(list, t)
	}
	r.addList(list)
}

func (r *reader) addList(list []term) {
	if len(list) == 0 {
		return
	}
	if list[0].desc { // an index is read in both directions
		for i := range list {
			list[i].desc = !list[i].desc
		}
	}
	if !slices.ContainsFunc(r.lists, func(other []term) bool { return slices.Equal(other, list) }) {
		r.lists = append(r.lists, list)
	}
}

// compared notes two sides of a comparison. A collation that one of them says is that of
// both, or else that of the left side, if that is a column.
func (r *reader) compared(to *[]term, of text, x, y ast.Expr) {
	for _, side := range [][2]ast.Expr{{x, y}, {y, x}} {
		t, ok := r.term(of, side[0])
		if !ok {
			continue
		}
		_, has := side[0].(*ast.CollateExpr)
		if c, ok := side[1].(*ast.CollateExpr); ok && !has {
			t.text += " COLLATE " + sqltext.Quote(c.Name.Name)
		} else if c := r.columnOf(x); c != nil && side[0] == y && !has && t.name != "" {
			own := cmp.Or(r.table.Column(t.name).Collation, "BINARY")
			if left := cmp.Or(c.Collation, "BINARY"); !sqltext.EqualFold(own, left) {
				t.text += " COLLATE " + left
			}
		}
		*to = add(*to, t)
	}
}

// columnOf returns the column that an expression is, of whatever table; nil for none.
func (r *reader) columnOf(x ast.Expr) *schema.Column {
	c, ok := syntax.ColumnOf(x)
	if !ok {
		return nil
	}
	names := r.tables[sqltext.Fold(c.Table)]
	if c.Table == "" {
		for _, of := range slices.Sorted(maps.Keys(r.tables)) {
			names = append(slices.Clone(names), r.tables[of]...)
		}
	}
	for _, name := range names {
		if t := r.schema.Table(name); t != nil && t.Column(c.Name) != nil {
			return t.Column(c.Name)
		}
	}
	return nil
}

func (r *reader) add(to *[]term, of text, list ...ast.Expr) {
	for _, x := range list {
		if t, ok := r.term(of, x); ok {
			*to = add(*to, t)
		}
	}
}

// add appends a term that is not there.
func add(list []term, t term) []term {
	if slices.Contains(list, t) {
		return list
	}
	return append(list, t)
}

// columnTerm is a column as a term.
func columnTerm(c *schema.Column) term { return term{text: sqltext.Quote(c.Name), name: c.Name} }

// term reads an expression as a term of the table.
func (r *reader) term(of text, x ast.Expr) (t term, ok bool) {
	switch x := x.(type) {
	case nil, *ast.Literal, *ast.BindParam, *ast.Star:
		return t, false
	case *ast.UnaryExpr:
		if x.Op == ast.OpPlus {
			return t, false // its author wants no index, see https://www.sqlite.org/optoverview.html#uplus
		}
	case *ast.CollateExpr:
		if t, ok = r.term(of, x.X); ok {
			t.text += " COLLATE " + sqltext.Quote(x.Name.Name)
		}
		return t, ok
	}
	if c, ok := syntax.ColumnOf(x); ok {
		if column := r.table.Column(c.Name); column != nil && r.mayBe(c.Table) {
			return columnTerm(column), true
		}
		alias, ok := r.aliases[sqltext.Fold(c.Name)]
		if !ok || r.depth > 3 {
			return t, false
		}
		r.depth++
		defer func() { r.depth-- }()
		return r.term(alias.of, alias.expr)
	}
	return r.expression(of, x)
}

// mayBe reports whether a name before a column may stand for the table.
func (r *reader) mayBe(qualifier string) bool {
	names := r.tables[sqltext.Fold(qualifier)]
	if qualifier == "" || len(names) == 0 {
		return true
	}
	return slices.ContainsFunc(names, func(name string) bool {
		t := r.schema.Table(name)
		return t == nil || t == r.table || t.Kind == schema.KindView
	})
}

// notInIndex are what date and time functions take for what is not the same tomorrow or
// elsewhere. SQLite refuses rows of an index with it, and not the index.
var notInIndex = map[string]bool{"now": true, "localtime": true, "utc": true}

// expression reads an expression over columns of the table alone, and writes them without
// the table.
func (r *reader) expression(of text, x ast.Expr) (t term, ok bool) {
	type cut struct{ from, to int }
	var cuts []cut
	ok = true
	columns := 0
	ast.Walk(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BindParam, *ast.SelectStmt, *ast.Star:
			ok = false
		case *ast.FuncCall:
			ok = ok && n.Over == nil
		case *ast.Literal:
			ok = ok && !notInIndex[sqltext.Fold(n.Value)]
		case *ast.QualifiedRef:
			c, _ := syntax.ColumnOf(n)
			column := r.table.Column(c.Name)
			if column == nil || !r.mayBe(c.Table) {
				ok = false
				return false
			}
			columns++
			cuts = append(cuts, cut{n.Pos(), n.Parts[len(n.Parts)-1].Pos()})
			return false
		}
		return ok
	})
	if !ok || columns == 0 {
		return t, false
	}
	start, end := syntax.Span(x)
	var b strings.Builder
	for _, c := range cuts {
		if c.from < start {
			return t, false
		}
		b.WriteString(of.sql[start:c.from])
		start = c.to
	}
	b.WriteString(of.sql[start:end])
	return term{text: strings.Join(strings.Fields(b.String()), " ")}, true
}
