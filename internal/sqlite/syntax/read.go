package syntax

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Column is what a reference to a column, or to an alias of the result, says.
type Column struct {
	Schema, Table string // "" if left out
	Name          string
	Quoted        bool // "name" alone: SQLite reads it as a string if such a column does not exist
}

// ColumnOf reads a reference to a column; ok is false for any other expression.
func ColumnOf(x ast.Expr) (c Column, ok bool) {
	ref, ok := x.(*ast.QualifiedRef)
	if !ok {
		return c, false
	}
	n := len(ref.Parts)
	c.Name = ref.Parts[n-1].Name
	c.Quoted = n == 1 && ref.Parts[0].Quote != ast.QuoteNone
	if n > 1 {
		c.Table = ref.Parts[n-2].Name
	}
	if n > 2 {
		c.Schema = ref.Parts[n-3].Name
	}
	return c, true
}

// Bool reads TRUE and FALSE. To SQLite they are columns if there are columns with
// that name, and the integers 1 and 0 otherwise.
func (c Column) Bool() (value, ok bool) {
	if c.Quoted || c.Table != "" {
		return false, false
	}
	name := sqltext.Fold(c.Name)
	return name == "true", name == "true" || name == "false"
}

// Bool is [Column.Bool] for an expression.
func Bool(x ast.Expr) (value, ok bool) {
	c, ok := ColumnOf(x)
	if !ok {
		return false, false
	}
	return c.Bool()
}

// Type returns a declared type or that of a CAST, with one space between its words, as
// in "DECIMAL(10,2)". A type that begins with a quote ends with it, as in SQLite.
func Type(t *ast.TypeName) string {
	if t == nil {
		return ""
	}
	var words []string
	for i, tok := range sqltext.Significant(t.Name) {
		if i == 0 && tok.Kind != sqltext.Word {
			return tok.Name()
		}
		words = append(words, tok.Text)
	}
	name := strings.Join(words, " ")
	if t.Args != nil {
		name += "(" + strings.Join(t.Args, ",") + ")"
	}
	return name
}

// Same reports whether x is IS or IS NOT DISTINCT FROM: the operator that is true
// for equal values, also for NULL.
func Same(x *ast.IsExpr) bool { return x.Not == x.Distinct }

// Name returns the name of an identifier, "" for nil.
func Name(id *ast.Ident) string {
	if id == nil {
		return ""
	}
	return id.Name
}

// Names returns the names of identifiers, nil for none.
func Names(ids []*ast.Ident) []string {
	var names []string
	for _, id := range ids {
		names = append(names, id.Name)
	}
	return names
}

// Star returns the star of a result column, nil if it is an expression.
func Star(c *ast.ResultColumn) *ast.Star {
	star, _ := c.Expr.(*ast.Star)
	return star
}

// Query returns the SELECT that a select is, nil if it is a compound one or VALUES.
func Query(s *ast.SelectStmt) *ast.SelectQuery {
	if len(s.Cores) > 1 {
		return nil
	}
	core, _ := s.Cores[0].(*ast.SelectQuery)
	return core
}

// IsValues reports whether a select begins with VALUES.
func IsValues(s *ast.SelectStmt) bool {
	_, ok := s.Cores[0].(*ast.ValuesClause)
	return ok
}

// Tail returns the ORDER BY and the LIMIT of a select, which the tree has in the
// last part of a compound one.
func Tail(s *ast.SelectStmt) ([]ast.Expr, *ast.Limit) {
	core, ok := s.Cores[len(s.Cores)-1].(*ast.SelectQuery)
	if !ok {
		return nil, nil
	}
	return Ordered(core.OrderBy), core.Limit
}

// Ordered returns the expressions of ordering terms.
func Ordered(terms []*ast.OrderingTerm) []ast.Expr {
	var list []ast.Expr
	for _, t := range terms {
		list = append(list, t.Expr)
	}
	return list
}

// WindowExprs returns the expressions of a window, those of its frame's bounds
// included.
func WindowExprs(w *ast.WindowDef) []ast.Expr {
	list := append(append([]ast.Expr{}, w.Partition...), Ordered(w.OrderBy)...)
	for _, b := range []*ast.FrameBound{w.StartBound, w.EndBound} {
		if b != nil && b.Expr != nil {
			list = append(list, b.Expr)
		}
	}
	return list
}
