package typedcolumns

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// condition is a condition on a single column.
type condition struct {
	at     [2]ast.Node // from the first node of its source to the last
	column string      // as SQL has it
	op     string      // as SQL has it
	value  ast.Expr    // nil for IS NULL and IS NOT NULL
}

// operators maps squirrel's types to the operators they render.
var operators = map[string]string{
	"Eq": "=", "NotEq": "<>", "Gt": ">", "GtOrEq": ">=", "Lt": "<", "LtOrEq": "<=", "Like": "LIKE",
}

// nulls maps an operator to what squirrel renders with nil.
var nulls = map[string]string{"=": "IS NULL", "<>": "IS NOT NULL"}

// methods maps operators to the handles' methods.
var methods = map[string]string{
	"=": "Eq", "<>": "NotEq", ">": "Gt", ">=": "Gte", "<": "Lt", "<=": "Lte", "LIKE": "Like",
	"IS NULL": "IsNull", "IS NOT NULL": "IsNotNull",
}

// conditions returns the conditions in the arguments of Where.
func (c *checker) conditions(args []ast.Expr) []condition {
	if len(args) == 0 {
		return nil
	}
	if t := c.TypesInfo.TypeOf(args[0]); t != nil && types.Identical(t, types.Typ[types.String]) {
		return c.text(args, [2]ast.Node{args[0], args[len(args)-1]})
	}
	return c.parts(args[0])
}

// parts returns the conditions in a Sqlizer.
func (c *checker) parts(e ast.Expr) (list []condition) {
	switch x := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		if c.chains.Callee(x) == "Expr" && !x.Ellipsis.IsValid() {
			return c.text(x.Args, [2]ast.Node{e, e})
		}
	case *ast.CompositeLit:
		name := builder.Named(c.TypesInfo.TypeOf(x))
		if name == "And" || name == "Or" {
			for _, part := range x.Elts {
				list = append(list, c.parts(part)...)
			}
			return list
		}
		op := operators[name]
		if name == "" && types.Identical(c.TypesInfo.TypeOf(x), anyMap) {
			op = "=" // Where treats it as an Eq
		}
		if op == "" || len(x.Elts) != 1 {
			return nil
		}
		kv, ok := x.Elts[0].(*ast.KeyValueExpr)
		if !ok {
			return nil
		}
		column, ok := c.constant(kv.Key)
		if !ok {
			return nil
		}
		found := condition{[2]ast.Node{e, e}, column, op, kv.Value}
		if c.TypesInfo.Types[kv.Value].IsNil() {
			found.op, found.value = nulls[op], nil
		}
		return []condition{found}
	}
	return nil
}

var anyMap = types.NewMap(types.Typ[types.String], types.NewInterfaceType(nil, nil))

// text reads a condition in a text and its argument.
func (c *checker) text(args []ast.Expr, at [2]ast.Node) []condition {
	text, ok := c.constant(args[0])
	if !ok {
		return nil
	}
	tokens := sqltext.Tokens(text)
	for _, t := range tokens {
		if t.Kind == sqltext.Comment {
			return nil // it may hide what follows
		}
	}
	tokens = sqltext.Significant(text)
	n := 1 // the number of tokens of the column
	if len(tokens) > 3 && tokens[1].Is(".") {
		n = 3
	}
	if len(tokens) <= n {
		return nil
	}
	found := condition{at: at, column: text[:tokens[n-1].End()]}
	var words []string
	for _, t := range tokens[n:] {
		words = append(words, strings.ToUpper(t.Text))
	}
	found.op = strings.Join(words, " ")
	if len(args) == 2 && words[len(words)-1] == "?" {
		found.op = strings.TrimSuffix(found.op, " ?")
		found.value = args[1]
	}
	if same := map[string]string{"==": "=", "!=": "<>", "NOTNULL": "IS NOT NULL", "NOT NULL": "IS NOT NULL", "ISNULL": "IS NULL"}[found.op]; same != "" {
		found.op = same
	}
	if isNull := strings.HasSuffix(found.op, "NULL"); isNull != (found.value == nil) || isNull && len(args) != 1 {
		return nil
	}
	return []condition{found}
}

// constant returns the text of a literal, or of a constant of this package. A
// constant of another package may be the only reason for its import.
func (c *checker) constant(e ast.Expr) (string, bool) {
	switch ast.Unparen(e).(type) {
	case *ast.BasicLit, *ast.Ident:
		if c.TypesInfo.Types[e].Value != nil {
			return c.chains.Flow.Text(e)
		}
	}
	return "", false
}

// bare are words that do not mean a column unless they are quoted.
var bare = map[string]bool{"true": true, "false": true, "null": true, "current_date": true, "current_time": true, "current_timestamp": true}

// plain returns the column that a name in SQL means, in lower case, or "" if
// another table's name stands before it.
func plain(name, table string) string {
	tokens := sqltext.Significant(name)
	if len(tokens) == 3 && tokens[1].Is(".") && tokens[0].Ident() && sqltext.Fold(tokens[0].Name()) == table {
		tokens = tokens[2:]
	}
	if len(tokens) != 1 || !tokens[0].Ident() || tokens[0].Kind == sqltext.Word && bare[sqltext.Fold(tokens[0].Text)] {
		return ""
	}
	return sqltext.Fold(tokens[0].Name())
}
