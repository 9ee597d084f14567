package v131

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// first returns the offset of the first expression that satisfies is, or -1.
func (r *refused) first(is func(ast.Expr) bool) int {
	found := -1
	syntax.Visit(r.Tree, func(_ syntax.Clause, root ast.Expr) {
		syntax.Walk(root, func(x ast.Expr) bool {
			if found < 0 && is(x) {
				found = x.Pos()
			}
			return found < 0
		})
	})
	return found
}

// distinctFrom finds IS [NOT] DISTINCT FROM. With NULL the tree shows it as one of
// the tests for NULL.
func distinctFrom(r *refused) int {
	return r.first(func(x ast.Expr) bool {
		switch x := x.(type) {
		case *ast.IsExpr:
			return x.Distinct
		case *ast.NullCheckExpr:
			return slices.ContainsFunc(sqltext.Significant(r.Plain.SQL[x.X.End():x.Stop]), func(t sqltext.Token) bool { return t.Is("DISTINCT") })
		}
		return false
	})
}

func call(is func(*ast.FuncCall) bool) func(*refused) int {
	return func(r *refused) int {
		return r.first(func(x ast.Expr) bool {
			c, ok := x.(*ast.FuncCall)
			return ok && is(c)
		})
	}
}

// theName accepts what sqlc's message names, at the place that the message says.
func theName(is func(*refused) bool) func(*refused) int {
	return func(r *refused) int {
		if is(r) {
			return 0
		}
		return -1
	}
}

func hasParameters(r *refused) int {
	if len(r.Params) == 0 {
		return -1
	}
	return 0
}

func isRowID(r *refused) bool {
	return slices.Contains([]string{"rowid", "oid", "_rowid_"}, sqltext.Fold(r.name))
}

// rowIDInserted finds the rowid in the list of columns of an INSERT.
func rowIDInserted(r *refused) int {
	in, ok := r.Tree.(*ast.InsertStmt)
	if !ok || !isRowID(r) {
		return -1
	}
	for _, c := range in.Columns {
		if sqltext.EqualFold(c.Name, r.name) {
			return c.Start
		}
	}
	return -1
}

// comparedWith returns the parameters in a comparison with what the message names: a column,
// or a table by its alias.
func (r *refused) comparedWith() (params []*query.Param) {
	named := func(x ast.Expr) (found bool) {
		syntax.Walk(x, func(x ast.Expr) bool {
			c, ok := syntax.ColumnOf(x)
			found = found || ok && (sqltext.EqualFold(c.Name, r.name) || sqltext.EqualFold(c.Table, r.name))
			return !found
		})
		return found
	}
	for _, p := range r.Params {
		syntax.Visit(r.Tree, func(_ syntax.Clause, root ast.Expr) {
			r.pathTo(root, p, func(path []ast.Expr) {
				if len(path) > 1 && named(path[len(path)-2]) {
					params = append(params, p)
				}
			})
		})
	}
	return params
}

// isRank accepts the hidden column rank of an FTS5 table in the statement, if
// nothing else has that name.
func isRank(r *refused) bool {
	if sqltext.Fold(r.name) != "rank" {
		return false
	}
	fts5 := false
	tokens := sqltext.Significant(r.Plain.SQL)
	for i, tok := range tokens {
		if i > 0 && tokens[i-1].Is("AS") && sqltext.Fold(tok.Name()) == "rank" {
			return false
		}
		t := r.Schema.Table(tok.Name())
		fts5 = fts5 || t != nil && t.FTS5()
	}
	return fts5
}

func updateFrom(r *refused) int {
	if u, ok := r.Tree.(*ast.UpdateStmt); ok && u.From != nil {
		return u.Set[0].Start
	}
	return -1
}

func upserts(r *refused) int {
	if in, ok := r.Tree.(*ast.InsertStmt); ok && len(in.Upserts) > 1 {
		return in.Upserts[1].Start
	}
	return -1
}

func updateAlias(r *refused) int {
	if u, ok := r.Tree.(*ast.UpdateStmt); ok && u.Alias != nil {
		return u.Table.Start
	}
	return -1
}

func withModify(r *refused) int {
	var with *ast.With
	switch stmt := r.Tree.(type) {
	case *ast.UpdateStmt:
		with = stmt.With
	case *ast.DeleteStmt:
		with = stmt.With
	}
	if with == nil {
		return -1
	}
	return with.CTEs[0].Start
}

func withInsert(r *refused) int {
	in, ok := r.Tree.(*ast.InsertStmt)
	switch {
	case !ok:
	case in.With != nil:
		return in.With.CTEs[0].Start
	case in.Select != nil && in.Select.With != nil:
		return in.Select.With.CTEs[0].Start
	}
	return -1
}

// ctes returns all common table expressions at the top of a select.
func (r *refused) ctes() []*ast.CTE {
	if sel, ok := r.Tree.(*ast.SelectStmt); ok && sel.With != nil {
		return sel.With.CTEs
	}
	return nil
}

func valuesCTE(r *refused) int {
	for _, c := range r.ctes() {
		if syntax.IsValues(c.Select) {
			return c.Start
		}
	}
	return -1
}

func namedCTE(r *refused) int {
	for _, c := range r.ctes() {
		if slices.ContainsFunc(c.Columns, func(id *ast.Ident) bool { return sqltext.EqualFold(id.Name, r.name) }) {
			return c.Start
		}
	}
	return -1
}

// alikeCTE finds a common table expression with a list of names, whose first SELECT has two
// columns of the named one's name.
func alikeCTE(r *refused) int {
	for _, c := range r.ctes() {
		query, ok := c.Select.Cores[0].(*ast.SelectQuery)
		if !ok || c.Columns == nil {
			continue
		}
		alike := 0
		for _, col := range query.Columns {
			name, ok := syntax.ColumnOf(col.Expr)
			if ok && col.Alias == nil && sqltext.EqualFold(name.Name, r.name) {
				alike++
			}
		}
		if alike > 1 {
			return c.Start
		}
	}
	return -1
}

// keyword is a keyword that is the name of a result column and not quoted, nil if there is
// none. sqlc takes each for what it begins.
func (r *refused) keyword() (id *ast.Ident) {
	ast.Walk(r.Tree, func(n ast.Node) bool {
		if c, ok := n.(*ast.ResultColumn); ok && id == nil && c.Alias != nil && c.Alias.Quote == ast.QuoteNone && isKeyword(c.Alias.Name) {
			id = c.Alias
		}
		return id == nil
	})
	return id
}

func keywordAlias(r *refused) int {
	if id := r.keyword(); id != nil {
		return id.Start
	}
	return -1
}

// parameterAlone: the named result column has a parameter that does not get a type
// from anything.
func parameterAlone(r *refused) int {
	sel, ok := r.Tree.(*ast.SelectStmt)
	if !ok {
		return -1
	}
	for _, core := range sel.Cores {
		query, ok := core.(*ast.SelectQuery)
		if !ok {
			continue
		}
		for _, c := range query.Columns {
			if c.Alias == nil || !sqltext.EqualFold(c.Alias.Name, r.name) {
				continue
			}
			offset := -1
			syntax.Walk(c.Expr, func(x ast.Expr) bool {
				if v, ok := x.(*ast.BindParam); ok && offset < 0 {
					offset = v.Start
				}
				return true
			})
			return offset
		}
	}
	return -1
}

func minusParameter(r *refused) int {
	return r.first(func(x ast.Expr) bool {
		u, ok := x.(*ast.UnaryExpr)
		if !ok || u.Op != ast.OpMinus && u.Op != ast.OpBitNot {
			return false
		}
		_, ok = u.X.(*ast.BindParam)
		return ok
	})
}

func threeParts(r *refused) int {
	return r.first(func(x ast.Expr) bool {
		c, ok := syntax.ColumnOf(x)
		return ok && c.Schema != ""
	})
}

// tableFunction: a table-valued function is in a FROM clause.
func tableFunction(r *refused) int {
	found := -1
	ast.Walk(r.Tree, func(n ast.Node) bool {
		if t, ok := n.(*ast.TableRef); ok && t.HasArgs {
			found = 0
		}
		return found < 0
	})
	return found
}
