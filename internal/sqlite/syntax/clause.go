package syntax

import "github.com/sqlc-dev/meyer/ast"

// Clause is a part of a statement that holds expressions.
type Clause string

// The clauses, in the words of SQL.
const (
	ResultClause    Clause = "SELECT"
	ReturningClause Clause = "RETURNING"
	ArgumentClause  Clause = "FROM" // the arguments of a table-valued function
	OnClause        Clause = "ON"
	WhereClause     Clause = "WHERE"
	GroupByClause   Clause = "GROUP BY"
	HavingClause    Clause = "HAVING"
	WindowClause    Clause = "WINDOW"
	OrderByClause   Clause = "ORDER BY"
	LimitClause     Clause = "LIMIT"
	OffsetClause    Clause = "OFFSET"
	ValuesClause    Clause = "VALUES"
	SetClause       Clause = "SET"
	ConflictClause  Clause = "ON CONFLICT" // its target
	UpsertSet       Clause = "DO UPDATE SET"
	UpsertWhere     Clause = "DO UPDATE … WHERE"
)

// Visit calls f for the expression at the root of every clause of a SELECT,
// INSERT, UPDATE, DELETE or CREATE VIEW, those of its subqueries included. Clauses
// come in the order of the text, but a subquery inside an expression comes after
// that expression, and OFFSET always after LIMIT.
func Visit(stmt ast.Stmt, f func(Clause, ast.Expr)) {
	v := visitor{f}
	switch s := stmt.(type) {
	case *ast.SelectStmt:
		v.selectStmt(s)
	case *ast.CreateViewStmt:
		v.selectStmt(s.Select)
	case *ast.InsertStmt:
		v.with(s.With)
		if s.Select != nil {
			v.selectStmt(s.Select)
		}
		for _, u := range s.Upserts {
			v.all(ConflictClause, Ordered(u.Target))
			v.one(ConflictClause, u.TargetWhere)
			v.set(UpsertSet, u.Set)
			v.one(UpsertWhere, u.Where)
		}
		v.columns(ReturningClause, s.Returning)
	case *ast.UpdateStmt:
		v.with(s.With)
		v.set(SetClause, s.Set)
		v.sources(s.From)
		v.one(WhereClause, s.Where)
		v.columns(ReturningClause, s.Returning)
	case *ast.DeleteStmt:
		v.with(s.With)
		v.one(WhereClause, s.Where)
		v.columns(ReturningClause, s.Returning)
	}
}

type visitor struct{ f func(Clause, ast.Expr) }

// one visits an expression, and then the subqueries in it.
func (v visitor) one(c Clause, x ast.Expr) {
	if x == nil {
		return
	}
	v.f(c, x)
	Walk(x, func(x ast.Expr) bool {
		if sel := Subselect(x); sel != nil {
			v.selectStmt(sel)
		}
		return true
	})
}

func (v visitor) all(c Clause, list []ast.Expr) {
	for _, x := range list {
		v.one(c, x)
	}
}

func (v visitor) with(w *ast.With) {
	if w == nil {
		return
	}
	for _, c := range w.CTEs {
		v.selectStmt(c.Select)
	}
}

func (v visitor) selectStmt(s *ast.SelectStmt) {
	v.with(s.With)
	for _, core := range s.Cores {
		switch c := core.(type) {
		case *ast.ValuesClause:
			for _, row := range c.Rows {
				v.all(ValuesClause, row)
			}
		case *ast.SelectQuery:
			v.query(c)
		}
	}
}

func (v visitor) query(c *ast.SelectQuery) {
	v.columns(ResultClause, c.Columns)
	v.sources(c.From)
	v.one(WhereClause, c.Where)
	v.all(GroupByClause, c.GroupBy)
	v.one(HavingClause, c.Having)
	for _, w := range c.Windows {
		v.all(WindowClause, WindowExprs(w))
	}
	v.all(OrderByClause, Ordered(c.OrderBy))
	if c.Limit != nil {
		v.one(LimitClause, c.Limit.Count)
		v.one(OffsetClause, c.Limit.Offset)
	}
}

func (v visitor) columns(c Clause, list []*ast.ResultColumn) {
	for _, rc := range list {
		if Star(rc) == nil {
			v.one(c, rc.Expr)
		}
	}
}

func (v visitor) set(c Clause, list []*ast.SetPair) {
	for _, a := range list {
		v.one(c, a.Value)
	}
}

func (v visitor) sources(list []*ast.TableRef) {
	for _, s := range list {
		v.all(ArgumentClause, s.Args)
		if s.Select != nil {
			v.selectStmt(s.Select)
		}
		v.sources(s.List)
		v.one(OnClause, s.On)
	}
}
