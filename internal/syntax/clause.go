package syntax

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

// Visit calls f for the expression at the root of every clause of a statement,
// those of its subqueries included. Clauses come in the order of the text, but a
// subquery inside an expression comes after that expression, and OFFSET always
// after LIMIT.
func Visit(stmt Stmt, f func(Clause, Expr)) {
	v := visitor{f}
	switch s := stmt.(type) {
	case *Select:
		v.selectStmt(s)
	case *CreateView:
		v.selectStmt(s.Select)
	case *Insert:
		v.with(s.With)
		if s.Rows != nil {
			v.selectStmt(s.Rows)
		}
		for _, u := range s.Upserts {
			v.all(ConflictClause, u.Target)
			v.one(ConflictClause, u.TargetWhere)
			v.set(UpsertSet, u.Set)
			v.one(UpsertWhere, u.Where)
		}
		v.columns(ReturningClause, s.Returning)
	case *Update:
		v.with(s.With)
		v.set(SetClause, s.Set)
		v.source(s.From)
		v.one(WhereClause, s.Where)
		v.columns(ReturningClause, s.Returning)
		v.tail(s.OrderBy, s.Limit, s.Offset)
	case *Delete:
		v.with(s.With)
		v.one(WhereClause, s.Where)
		v.columns(ReturningClause, s.Returning)
		v.tail(s.OrderBy, s.Limit, s.Offset)
	}
}

type visitor struct{ f func(Clause, Expr) }

// one visits an expression, and then the subqueries in it.
func (v visitor) one(c Clause, x Expr) {
	if x == nil {
		return
	}
	v.f(c, x)
	Walk(x, func(x Expr) bool {
		if sel := Subselect(x); sel != nil {
			v.selectStmt(sel)
		}
		return true
	})
}

func (v visitor) all(c Clause, list []Expr) {
	for _, x := range list {
		v.one(c, x)
	}
}

func (v visitor) with(w *With) {
	if w == nil {
		return
	}
	for _, c := range w.CTEs {
		Visit(c.Body, v.f)
	}
}

func (v visitor) selectStmt(s *Select) {
	v.with(s.With)
	for _, c := range s.Cores {
		v.columns(ResultClause, c.Columns)
		v.source(c.From)
		v.one(WhereClause, c.Where)
		v.all(GroupByClause, c.GroupBy)
		v.one(HavingClause, c.Having)
		for _, w := range c.Windows {
			v.all(WindowClause, w.Exprs())
		}
		for _, row := range c.Values {
			v.all(ValuesClause, row)
		}
	}
	v.tail(s.OrderBy, s.Limit, s.Offset)
}

func (v visitor) tail(orderBy []Expr, limit, offset Expr) {
	v.all(OrderByClause, orderBy)
	v.one(LimitClause, limit)
	v.one(OffsetClause, offset)
}

func (v visitor) columns(c Clause, list []ResultColumn) {
	for _, rc := range list {
		v.one(c, rc.Expr)
	}
}

func (v visitor) set(c Clause, list []Assignment) {
	for _, a := range list {
		v.one(c, a.Value)
	}
}

func (v visitor) source(s Source) {
	switch s := s.(type) {
	case *Table:
		v.all(ArgumentClause, s.Args)
	case *Derived:
		v.selectStmt(s.Select)
	case *Join:
		v.source(s.Left)
		v.source(s.Right)
		v.one(OnClause, s.On)
	}
}
