package verify

import (
	"fmt"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// emptySlices: no condition depends on the value of an IN with an empty sqlc.slice.
// sqlc makes it IN (NULL), which is NULL and not false. For AND and OR that is
// enough, but NOT of it is NULL again, so that nothing is found where everything
// should be (sqlc 3451).
func (s *subject) emptySlices() bool {
	if s.tree == nil {
		return true
	}
	syntax.Visit(s.tree, func(c syntax.Clause, root ast.Expr) {
		sense := isFalse
		if values[c] {
			sense = isNull
		}
		s.emptyIn(root, nil, sense)
	})
	return true
}

// looseSlices: a sqlc.slice stands in a list. Elsewhere it only works for one
// element; SQLite refuses two when the query runs.
func (s *subject) looseSlices() {
	if s.tree == nil {
		return
	}
	syntax.Visit(s.tree, func(c syntax.Clause, root ast.Expr) {
		for _, p := range s.emitted.params() {
			if p.item.Param.Kind != query.Slice {
				continue
			}
			var parent ast.Expr
			found := false
			syntax.Walk(root, func(x ast.Expr) bool {
				for _, child := range syntax.Children(x) {
					if child.Pos() == p.start && isVariable(child) {
						parent, found = x, true
					}
				}
				return !found
			})
			alone := isVariable(root) && root.Pos() == p.start && c != syntax.ArgumentClause
			switch parent.(type) {
			case *ast.InExpr, *ast.FuncCall:
			default:
				if found || alone {
					s.problem(p.item.Start, fmt.Sprintf("write x IN (sqlc.slice('%s'))", p.item.Param.Name),
						"%s stands for a list, but there is no list here: with other than one element SQLite refuses it", p.item.Text)
				}
			}
		}
	})
}

func isVariable(x ast.Expr) bool {
	_, ok := x.(*ast.BindParam)
	return ok
}

// values are the clauses in which an expression's value matters, and not only
// whether it is true.
var values = map[syntax.Clause]bool{
	syntax.ResultClause: true, syntax.ReturningClause: true, syntax.ArgumentClause: true, syntax.GroupByClause: true,
	syntax.WindowClause: true, syntax.OrderByClause: true, syntax.ValuesClause: true, syntax.SetClause: true, syntax.UpsertSet: true,
}

// sense is what NULL means at the place of an expression.
type sense uint8

const (
	isNull  sense = iota // something of its own
	isFalse              // the same as false
	caught               // replaced by another value, as by coalesce
)

// emptyIn looks for an IN with a slice that is wrong if the slice is empty.
func (s *subject) emptyIn(x, parent ast.Expr, sense sense) {
	if in, ok := x.(*ast.InExpr); ok {
		name := s.sliceIn(in)
		if name != "" && sense != caught && (in.Not || sense == isNull) {
			s.problem(s.origin(in.Start), s.emptyFix(in, parent, name),
				"with an empty sqlc.slice(%s) this is NULL and not %t: sqlc makes it IN (NULL)", name, in.Not)
			return
		}
	}
	for _, c := range syntax.Children(x) {
		s.emptyIn(c, x, below(x, c, sense))
	}
}

func (s *subject) emptyFix(in *ast.InExpr, parent ast.Expr, name string) string {
	from, to := s.emitted.span(syntax.Span(in.X))
	text := fmt.Sprintf("write (%s IN (sqlc.slice('%s'))) IS ", s.written.Text[from:to], name)
	if not, ok := parent.(*ast.UnaryExpr); ok && not.Op == ast.OpNot {
		return text + "NOT TRUE in place of NOT"
	}
	if in.Not {
		return text + "NOT TRUE"
	}
	return text + "TRUE"
}

// below returns what NULL means in a child of x.
func below(x, child ast.Expr, here sense) sense {
	switch x := x.(type) {
	case *ast.BinaryExpr:
		if x.Op == ast.OpAnd || x.Op == ast.OpOr {
			return here
		}
	case *ast.IsExpr:
		if value, ok := syntax.Bool(x.Y); ok && value && !x.Distinct {
			return isFalse
		}
	case *ast.CaseExpr:
		for _, w := range x.Whens {
			if w.When == child && x.Operand == nil {
				return isFalse
			}
			if w.Then == child {
				return here
			}
		}
		if x.Else == child {
			return here
		}
	case *ast.FuncCall:
		switch name := fold(x.Name.Name); {
		case x.Filter == child:
			return isFalse
		case name == "iif" || name == "if":
			if x.Args[0] == child {
				return isFalse
			}
			return here
		case name == "coalesce" || name == "ifnull":
			return caught
		}
	}
	return isNull
}

// sliceIn returns the name of the slice that an IN has as its list.
func (s *subject) sliceIn(in *ast.InExpr) string {
	for _, item := range in.List {
		for _, p := range s.emitted.params() {
			if p.start == item.Pos() && p.item.Param.Kind == query.Slice {
				return p.item.Param.Name
			}
		}
	}
	return ""
}
