package infer

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// side is one side of a comparison, part by part: a value has one part, a row value
// has more.
type side struct {
	exprs []ast.Expr
	types []Type
}

func (w *walker) side(x ast.Expr, s *scope) side {
	exprs := []ast.Expr{x}
	if row, ok := x.(*ast.VectorExpr); ok {
		exprs = row.List
	}
	types := make([]Type, len(exprs))
	for i, x := range exprs {
		types[i] = w.expr(x, s, nil)
	}
	return side{exprs, types}
}

// compare notes that the parameters on either side are compared with the other, and
// returns the type of the result: it is NULL if a side is NULL.
func (w *walker) compare(op string, l, r side) Type {
	if len(l.types) != len(r.types) {
		return strict(Integer, Type{})
	}
	for i := range l.types {
		w.comparison(op, operand(l.exprs[i], l.types[i]), operand(r.exprs[i], r.types[i]))
		w.again(l.exprs[i], compared(op, r.types[i]))
		w.again(r.exprs[i], compared(op, l.types[i]))
	}
	if len(l.types) > 1 {
		return strict(Integer, Type{}) // the first parts that differ decide
	}
	return strict(Integer, l.types[0], r.types[0])
}

// Comparison is a comparison of two values, by = < IN BETWEEN and the like.
type Comparison struct {
	Op   string
	L, R Operand
}

// Operand is a side of a comparison.
type Operand struct {
	Expr     ast.Expr // nil for a column of a SELECT
	Type     Type
	Pos, End int // byte offsets of its text
}

func operand(x ast.Expr, t Type) Operand {
	start, end := syntax.Span(x)
	return Operand{x, t, start, end}
}

// comparison keeps a comparison, only once if it is seen again.
func (w *walker) comparison(op string, l, r Operand) {
	for _, c := range w.comparisons {
		if c.L.Pos == l.Pos && c.R.Pos == r.Pos {
			return
		}
	}
	w.comparisons = append(w.comparisons, Comparison{op, l, r})
}

// again notes what a value is used for, when that is known, for the parameters that
// are the value or can become it.
func (w *walker) again(x ast.Expr, want *Use) {
	switch x := x.(type) {
	case *ast.BindParam:
		w.note(x, want)
	case *ast.CollateExpr:
		w.again(x.X, want)
	case *ast.UnaryExpr:
		if x.Op == ast.OpPlus {
			w.again(x.X, want)
		}
	case *ast.CaseExpr:
		for _, when := range x.Whens {
			w.again(when.Then, want)
		}
		w.again(x.Else, want)
	case *ast.FuncCall:
		if picked, ok := picks[fold(x.Name.Name)]; ok && x.Over == nil {
			for _, arg := range picked.results(x.Args) {
				w.again(arg, want)
			}
		}
	}
}

func (w *walker) between(x *ast.BetweenExpr, s *scope) Type {
	value := w.side(x.X, s)
	t := strict(Integer, w.compare("BETWEEN", value, w.side(x.Lo, s)), w.compare("BETWEEN", value, w.side(x.Hi, s)))
	t.Bool = true
	return t
}

func (w *walker) in(x *ast.InExpr, s *scope) Type {
	value := w.side(x.X, s)
	t := truth
	switch {
	case x.Select != nil:
		columns, _ := w.selectStmt(x.Select, s)
		w.inColumns(value, x.Select, columns)
		return t.unsure()
	case x.Table != nil:
		w.table(s, &ast.TableRef{Name: x.Table, Args: x.Args, HasArgs: x.HasArgs})
		return t.unsure()
	}
	for _, item := range x.List {
		t = strict(Integer, t, w.compare("IN", value, w.side(item, s)))
	}
	t.Bool = true
	return t
}

// inColumns compares with the columns of a select, or with the rows of VALUES
// one by one, so that parameters meet what they are compared with.
func (w *walker) inColumns(value side, sel *ast.SelectStmt, columns []Column) {
	for i, x := range value.exprs {
		if len(columns) == len(value.exprs) {
			w.comparison("IN", operand(x, value.types[i]), Operand{nil, columns[i].Type, columns[i].Pos, columns[i].End})
			w.again(x, compared("IN", columns[i].Type))
		}
		for _, core := range sel.Cores {
			values, ok := core.(*ast.ValuesClause)
			if !ok {
				continue
			}
			for _, row := range values.Rows {
				if len(row) == len(value.exprs) {
					w.again(row[i], compared("IN", value.types[i]))
				}
			}
		}
	}
}
