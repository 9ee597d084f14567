package seed

import (
	"math"
	"strconv"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// domain is what the CHECKs of a table plainly say about one of its columns.
type domain struct {
	column           *schema.Column
	values           []any // nil if no CHECK lists them
	min, max         float64
	minLen, maxLen   int // of text in characters, of a blob in bytes
	like, glob       string
	without          string // the set of a NOT GLOB '*[set]*': characters that are not in the text
	json, constraint bool   // a CHECK says something at all
}

// noLimit is the length of a text of which nothing says how long it may be. One that has to
// be longer than longest is not made.
const (
	noLimit = math.MaxInt32
	longest = 100_000
)

func domainOf(t *schema.Table, c *schema.Column) *domain {
	d := &domain{column: c, min: math.Inf(-1), max: math.Inf(1), maxLen: noLimit}
	all := checks.Of(t)
	if list, ok := all.Values(c); ok {
		d.values = []any{}
		for _, v := range list {
			if n, err := strconv.ParseInt(v.Text, 10, 64); v.Int && err == nil {
				d.values = append(d.values, n)
			} else {
				d.values = append(d.values, v.Text)
			}
		}
	}
	for _, check := range all.List {
		d.read(check.Expr)
	}
	d.minLen = min(d.minLen, longest)
	// VARCHAR(20) is not a limit to SQLite, but it is meant as one.
	if open := strings.IndexByte(c.Type, '('); open > 0 && strings.Contains(strings.ToUpper(c.Type[:open]), "CHAR") {
		if n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(c.Type[open+1:]), ")"))); err == nil && n > 0 {
			d.maxLen = min(d.maxLen, n)
		}
	}
	return d
}

// ends reports whether the column takes numbers up to some number, or a list of values.
func (d *domain) ends() bool { return d.values != nil || d.max < math.MaxInt64 }

// is reports whether an expression is the column.
func (d *domain) is(x ast.Expr) bool {
	if c, ok := x.(*ast.CollateExpr); ok {
		x = c.X
	}
	c, ok := syntax.ColumnOf(x)
	return ok && sqltext.EqualFold(c.Name, d.column.Name)
}

// call returns the name of a function of the column alone, in small letters.
func (d *domain) call(x ast.Expr) string {
	if f, ok := x.(*ast.FuncCall); ok && len(f.Args) > 0 && d.is(f.Args[0]) {
		return strings.ToLower(f.Name.Name)
	}
	return ""
}

// about reports whether the column is in an expression.
func (d *domain) about(x ast.Expr) (found bool) {
	syntax.Walk(x, func(x ast.Expr) bool {
		found = found || d.is(x)
		return !found
	})
	return found
}

// read reads a condition that is not false.
func (d *domain) read(x ast.Expr) {
	d.constraint = d.constraint || d.about(x)
	switch x := x.(type) {
	case *ast.BinaryExpr:
		switch x.Op {
		case ast.OpAnd:
			d.read(x.X)
			d.read(x.Y)
		case ast.OpOr: // either will do
			left, right := d.about(x.X), d.about(x.Y)
			if n, ok := x.X.(*ast.NullCheckExpr); ok && d.is(n.X) {
				left = false
			}
			switch {
			case left && right, left && !d.others(x.Y):
				d.read(x.X)
			case right && !d.others(x.X):
				d.read(x.Y)
			}
		default:
			d.compare(x.Op, x.X, x.Y)
		}
	case *ast.BetweenExpr:
		if !x.Not {
			d.compare(ast.OpGe, x.X, x.Lo)
			d.compare(ast.OpLe, x.X, x.Hi)
		}
	case *ast.LikeExpr:
		d.pattern(x)
	case *ast.FuncCall:
		d.json = d.json || d.call(x) == "json_valid"
	case *ast.IsExpr:
		if syntax.Same(x) {
			d.compare(ast.OpEq, x.X, x.Y)
		}
	}
}

// alone reports whether an expression does not read other columns of the table. What is
// in double quotes is a string if the table does not have such a column.
func (d *domain) alone(t *schema.Table, x ast.Expr) bool {
	alone := true
	syntax.Walk(x, func(x ast.Expr) bool {
		c, ok := syntax.ColumnOf(x)
		alone = alone && (!ok || d.is(x) || t.Column(c.Name) == nil)
		return alone
	})
	return alone
}

// others reports whether an expression says something of other columns.
func (d *domain) others(x ast.Expr) (found bool) {
	syntax.Walk(x, func(x ast.Expr) bool {
		if _, ok := syntax.ColumnOf(x); ok && !d.is(x) {
			_, isBool := syntax.Bool(x)
			found = found || !isBool
		}
		return !found
	})
	return found
}

var mirrored = map[ast.Operator]ast.Operator{ast.OpLt: ast.OpGt, ast.OpLe: ast.OpGe, ast.OpGt: ast.OpLt, ast.OpGe: ast.OpLe, ast.OpEq: ast.OpEq}

// compare reads a comparison of the column, or of its length, with a number.
func (d *domain) compare(op ast.Operator, x, y ast.Expr) {
	n, ok := number(y)
	if !ok {
		if n, ok = number(x); !ok {
			return
		}
		x, op = y, mirrored[op]
	}
	lo, hi := math.Inf(-1), math.Inf(1)
	switch op {
	case ast.OpEq:
		lo, hi = n, n
	case ast.OpGe:
		lo = n
	case ast.OpGt:
		lo = math.Nextafter(n, hi)
	case ast.OpLe:
		hi = n
	case ast.OpLt:
		hi = math.Nextafter(n, lo)
	default:
		return
	}
	switch {
	case d.is(x):
		d.min, d.max = max(d.min, lo), min(d.max, hi)
	case d.call(x) == "length" || d.call(x) == "octet_length":
		d.minLen = max(d.minLen, int(math.Ceil(min(max(lo, 0), noLimit))))
		d.maxLen = min(d.maxLen, int(math.Floor(min(max(hi, 0), noLimit))))
	case d.call(x) == "json_valid":
		d.json = true
	}
}

// number returns the value of a number that may have a sign.
func number(x ast.Expr) (float64, bool) {
	switch x := x.(type) {
	case *ast.UnaryExpr:
		n, ok := number(x.X)
		if x.Op == ast.OpMinus {
			n = -n
		}
		return n, ok && (x.Op == ast.OpMinus || x.Op == ast.OpPlus)
	case *ast.Literal:
		if x.Kind == ast.LitInteger || x.Kind == ast.LitFloat {
			n, err := strconv.ParseFloat(x.Value, 64)
			return n, err == nil
		}
	}
	return 0, false
}

func (d *domain) pattern(x *ast.LikeExpr) {
	text, ok := x.Y.(*ast.Literal)
	if !ok || text.Kind != ast.LitString || !d.is(x.X) || x.Escape != nil {
		return
	}
	switch op := strings.ToUpper(x.Op.Name); {
	case op == "LIKE" && !x.Not && d.like == "":
		d.like = text.Value
	case op == "GLOB" && !x.Not && d.glob == "":
		d.glob = text.Value
	case op == "GLOB" && x.Not && strings.HasPrefix(text.Value, "*[") && strings.HasSuffix(text.Value, "]*"):
		d.without = text.Value[1 : len(text.Value)-1]
	}
}
