package check

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// condition is an expression in the text of a statement on one table.
type condition struct {
	text  string
	expr  ast.Expr
	names map[string]string // other names of columns, folded
}

// canonical is the text of the condition without what does not make a difference, and
// without the name of the table.
func (c condition) canonical() string {
	start, end := syntax.Span(c.expr)
	var refs []*ast.QualifiedRef
	ast.Walk(c.expr, func(n ast.Node) bool {
		if ref, ok := n.(*ast.QualifiedRef); ok {
			refs = append(refs, ref)
		}
		return true
	})
	slices.SortFunc(refs, func(a, b *ast.QualifiedRef) int { return b.Start - a.Start })
	text := c.text[:end]
	for _, ref := range refs {
		last := ref.Parts[len(ref.Parts)-1]
		name := text[last.Start:last.Stop]
		if other, ok := c.names[sqltext.Fold(last.Name)]; ok {
			name = sqltext.Quote(other)
		}
		text = text[:ref.Start] + name + text[last.Stop:]
	}
	var words []string
	for _, t := range sqltext.Significant(text[start:]) {
		if t.Ident() {
			words = append(words, sqltext.Fold(t.Name()))
		} else {
			words = append(words, t.Text)
		}
	}
	return strings.Join(words, " ")
}

// operands are the conditions that an operator joins.
func (c condition) operands(op ast.Operator) []condition {
	if b, ok := c.expr.(*ast.BinaryExpr); ok && b.Op == op {
		return append(condition{c.text, b.X, c.names}.operands(op), condition{c.text, b.Y, c.names}.operands(op)...)
	}
	return []condition{c}
}

// follows reports whether a condition cannot be false where none of the others is: each
// of its parts is one of their parts, or a weaker comparison, or one of the two joined
// by OR with something else. SQLite knows more that follows.
func (c condition) follows(from []condition) bool {
	var facts []condition
	for _, f := range from {
		facts = append(facts, f.operands(ast.OpAnd)...)
	}
	return !slices.ContainsFunc(c.operands(ast.OpAnd), func(part condition) bool {
		return !slices.ContainsFunc(part.operands(ast.OpOr), func(d condition) bool {
			return slices.ContainsFunc(facts, d.weaker)
		})
	})
}

// weaker reports whether a condition is the fact, or compares the same with a limit that
// lies further out.
func (c condition) weaker(fact condition) bool {
	if c.canonical() == fact.canonical() {
		return true
	}
	x, ok1 := c.expr.(*ast.BinaryExpr)
	y, ok2 := fact.expr.(*ast.BinaryExpr)
	if !ok1 || !ok2 || (condition{c.text, x.X, c.names}).canonical() != (condition{fact.text, y.X, fact.names}).canonical() {
		return false
	}
	limit, ok1 := number(x.Y)
	was, ok2 := number(y.Y)
	if !ok1 || !ok2 {
		return false
	}
	above := func(op ast.Operator) bool { return op == ast.OpGt || op == ast.OpGe }
	below := func(op ast.Operator) bool { return op == ast.OpLt || op == ast.OpLe }
	switch {
	case above(x.Op) && above(y.Op):
		return limit < was || limit == was && (x.Op == ast.OpGe || y.Op == ast.OpGt)
	case below(x.Op) && below(y.Op):
		return limit > was || limit == was && (x.Op == ast.OpLe || y.Op == ast.OpLt)
	}
	return false
}

// number is the value of a number with or without a minus.
func number(x ast.Expr) (float64, bool) {
	if u, ok := x.(*ast.UnaryExpr); ok && u.Op == ast.OpMinus {
		n, ok := number(u.X)
		return -n, ok
	}
	l, ok := x.(*ast.Literal)
	if !ok || l.Kind != ast.LitInteger && l.Kind != ast.LitFloat {
		return 0, false
	}
	n, err := strconv.ParseFloat(l.Value, 64)
	return n, err == nil
}
