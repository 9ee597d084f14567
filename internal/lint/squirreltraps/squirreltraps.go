// Package squirreltraps finds squirrel statements that do not mean what they seem
// to mean.
//
// # What it reports
//
//   - A constant string with an OR outside of parentheses in Where or Having, or
//     in an Expr that is their argument or a part of an And. Squirrel joins
//     conditions by AND and puts no parentheses around strings, so that
//     Where("a OR b").Where("tenant = 1") finds every row of a.
//   - An And, Or, Eq, NotEq or other map of conditions that is empty, or a NotEq
//     with an empty list, as the condition of an Update or Delete. It renders as
//     (1=1), and everything is changed.
//   - An empty condition or a nil inside an Or. An empty condition makes all of it
//     true, a nil panics.
//   - An Update or Delete that is run, rendered or passed on as an interface, and
//     that never got a Where.
//   - A string that is not made of constants where squirrel takes names unchanged:
//     Select, Columns, From, Join, GroupBy, OrderBy, Prefix, Suffix, Options, Into,
//     Table, Set, Alias, the table of Insert, Update and Delete, and the visible
//     keys of Eq and the like and of SetMap. "// @native-sql-dynamic <why>" above
//     the line or the statement silences this, or in the package comment for the
//     package. nativesql reports strings in Where, Having, Column and Expr.
//   - A text that does not have as many ? as arguments. Where("id", 1) renders as
//     WHERE id, with an argument too many.
//   - An Offset without a Limit, which SQLite refuses.
//   - Values that differ in number from those before, or from the Columns.
//
// # What it does not report
//
// Generated files and tests. An OR in a Join, because nothing is added to it.
// Builders that are returned or passed on as builders, since a Where can still be
// added. A condition that is empty only if a branch is not taken. A ? without
// arguments: they may be given to the driver. A string is made of constants if
// all that gets into it is. Variables, unexported fields, elements of maps and slices,
// parameters of unexported functions and results of functions of the package are
// followed. Numbers, names that reflect gives, and functions of other packages with
// "quote" and "ident" or "sanitize" in their name do not count as injections; one of
// this package has to replace something. Neither does a value that is checked on every
// way to its use by a condition, which compares it with constants, looks it up in a
// map or with slices.Contains, parses it as a number, or matches it with a constant
// regular expression for whole texts without quotes, itself or in a function of the
// package. A method of a type that fails unless a field is one of the list may have
// checked the field.
//
// Builders in fields, lists and types that embed them, methods of builders that
// are called as values, methods of type parameters, and a condition of the
// StatementBuilder are not followed.
//
// # How to fix it
//
// Put the OR into parentheses, which is a suggested fix, or write an Or. Give an
// Update or Delete that should change everything Where("1 = 1"). Choose a name with
// a switch or a map of constants.
package squirreltraps

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// New makes the squirreltraps analyzer, for packages of these projects.
func New(projects *project.Projects) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:     "squirreltraps",
		Doc:      "find statements of squirrel that mean something else than they seem to",
		Requires: []*analysis.Analyzer{builder.Analyzer},
		Run:      func(pass *analysis.Pass) (any, error) { return run(pass, policy.Of(projects, pass)) },
	}
}

type checker struct {
	*analysis.Pass
	chains  *builder.Chains
	flow    *dataflow.Values
	reasons policy.Reasons
	causes  *dataflow.Causes
	said    map[ast.Node]bool // texts with an OR, which several statements may have
}

func run(pass *analysis.Pass, project policy.Project) (any, error) {
	chains := pass.ResultOf[builder.Analyzer].(*builder.Chains)
	if !chains.Imported {
		return nil, nil
	}
	reasons := policy.ReadPackage(pass.Fset, pass.Files)
	causes := &dataflow.Causes{Pass: pass, Flow: chains.Flow, Project: project, Reasons: reasons}
	skipped, said := map[*ast.File]bool{}, map[ast.Node]bool{}
	for _, f := range pass.Files {
		if skipped[f] = project.Skips(f, pass.Fset.Position(f.FileStart).Filename); skipped[f] {
			continue
		}
		c := checker{pass, chains, chains.Flow, reasons[f], causes, said}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				c.call(n)
			case *ast.CompositeLit:
				c.literal(n)
			case *ast.AssignStmt:
				c.element(n)
			}
			return true
		})
	}
	causes.Report()
	c := statements{Pass: pass, chains: chains, flow: chains.Flow, seen: map[ast.Node]bool{}}
	for _, s := range chains.Statements {
		if !skipped[s.File] {
			c.check(s)
		}
	}
	return nil, nil
}

// names maps each function and method that takes names as text to the index of the
// first name, and says whether all arguments after it are names too.
var names = map[string]struct {
	first int
	all   bool
}{
	"Select": {0, true}, "Columns": {0, true}, "GroupBy": {0, true}, "OrderBy": {0, true}, "Options": {0, true},
	"Insert": {}, "Replace": {}, "Update": {}, "Delete": {}, "From": {}, "Into": {}, "Table": {},
	"Join": {}, "LeftJoin": {}, "RightJoin": {}, "InnerJoin": {}, "CrossJoin": {},
	"Prefix": {}, "Suffix": {}, "Set": {}, "Alias": {first: 1}, "FromSelect": {first: 1},
}

func (c checker) call(call *ast.CallExpr) {
	name := c.chains.Callee(call)
	if name == "" {
		c.appended(call)
		return
	}
	method := name[strings.LastIndex(name, ".")+1:]
	if n, ok := names[method]; ok {
		for i := n.first; i < len(call.Args) && (n.all || i == n.first); i++ {
			c.constant(call.Args[i], "a text that is not constant in "+method+" can be injected into; choose it by a switch or a map of constants")
		}
	}
	if binding[method] {
		c.arguments(call)
	}
	switch method {
	case "Where", "Having":
		if len(call.Args) > 0 {
			c.or(call.Args[0])
			c.mapped(call.Args[0])
		}
	case "SetMap":
		if len(call.Args) == 1 {
			c.mapped(call.Args[0])
		}
	}
}

// appended checks the conditions that are appended to an And.
func (c checker) appended(call *ast.CallExpr) {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && id.Name == "append" && builder.Named(c.TypesInfo.TypeOf(call)) == "And" {
		for _, a := range call.Args[1:] {
			c.or(a)
		}
	}
}

// element checks the key under which something is put into an Eq and the like.
func (c checker) element(n *ast.AssignStmt) {
	for _, left := range n.Lhs {
		if x, ok := ast.Unparen(left).(*ast.IndexExpr); ok {
			if name := builder.Named(c.TypesInfo.TypeOf(x.X)); conditions[name] {
				c.key(x.Index, name)
			}
		}
	}
}

// mapped checks the visible keys of a map that is not an Eq.
func (c checker) mapped(e ast.Expr) {
	t := c.TypesInfo.TypeOf(e)
	if t == nil || !anyMap(t) {
		return
	}
	for _, k := range c.flow.Keys(e) {
		if !c.flow.Trusted(k) {
			c.notConstant(e, c.flow.Outside(k), "a key of the map that is not constant can be injected into; choose it by a switch or a map of constants")
			return
		}
	}
}

// binding are the functions and methods that take a text and its arguments.
var binding = map[string]bool{
	"Where": true, "Having": true, "Column": true, "Expr": true, "Prefix": true, "Suffix": true,
	"Join": true, "LeftJoin": true, "RightJoin": true, "InnerJoin": true, "CrossJoin": true,
	"JoinClause": true, "OrderByClause": true,
}

// arguments reports a text that does not have as many placeholders as arguments.
func (c checker) arguments(call *ast.CallExpr) {
	given := len(call.Args) - 1
	if call.Ellipsis.IsValid() && given > 0 {
		list, ok := c.flow.List(call.Args[given])
		if !ok {
			return
		}
		given += len(list) - 1
	}
	if given < 1 {
		return
	}
	text, ok := c.flow.Text(call.Args[0])
	if !ok || strings.Contains(text, "??") {
		return
	}
	n := 0
	for _, t := range sqltext.Significant(text) {
		if t.Kind == sqltext.Variable {
			if t.Text != "?" {
				return
			}
			n++
		}
	}
	if n != given {
		c.Reportf(call.Args[0].Pos(), "the text has %d placeholders, and %d arguments are given", n, given)
	}
}

func (c checker) constant(e ast.Expr, message string) {
	if t := c.TypesInfo.TypeOf(e); t != nil && textual(t) && !c.flow.Trusted(e) {
		c.notConstant(e, c.flow.Outside(e), message)
	}
}

// notConstant reports a text that comes from an origin, unless a directive allows it.
func (c checker) notConstant(at ast.Expr, from *dataflow.Origin, message string) {
	if c.reasons.Over(c.Fset, policy.Dynamic, at, c.chains.Parent) {
		return
	}
	var in *ast.FuncDecl
	for n := ast.Node(at); n != nil && in == nil; n = c.chains.Parent(n) {
		in, _ = n.(*ast.FuncDecl)
	}
	c.causes.Add(from, in, analysis.Diagnostic{Pos: at.Pos(), Message: fmt.Sprintf("%s, or say why it is safe in // %s <why> on the line above", message, policy.Dynamic)})
}

// textual reports whether a type is a string, or a list of strings.
func textual(t types.Type) bool {
	if s, ok := t.Underlying().(*types.Slice); ok {
		t = s.Elem()
	}
	return isString(t)
}

// or reports an OR outside of parentheses in a condition that is joined by AND.
func (c checker) or(e ast.Expr) { c.joined(e, map[types.Object]bool{}) }

func (c checker) joined(e ast.Expr, open map[types.Object]bool) {
	switch x := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		if c.chains.Callee(x) == "Expr" && len(x.Args) > 0 {
			c.joined(x.Args[0], open)
			return
		}
	case *ast.CompositeLit:
		if builder.Named(c.TypesInfo.TypeOf(x)) == "And" {
			for _, part := range x.Elts {
				c.joined(part, open)
			}
		}
		return
	case *ast.Ident:
		// A condition in a variable; a text is read below.
		if obj := c.flow.Object(x); dataflow.Local(obj) && !isString(obj.Type()) && !open[obj] {
			open[obj] = true
			for _, a := range c.flow.Assignments(obj) {
				if a.Expr != nil && !a.Append && !a.Each && a.Result == 0 {
					c.joined(a.Expr, open)
				}
			}
			return
		}
	}
	if slices.ContainsFunc(c.flow.Begins(e), bareOr) && !c.said[e] {
		c.said[e] = true
		c.bare(e)
	}
}

func (c checker) bare(e ast.Expr) {
	d := analysis.Diagnostic{
		Pos: e.Pos(), End: e.End(),
		Message: "an OR without parentheses takes in the conditions that are joined to it by AND; put it into parentheses",
	}
	if lit, ok := ast.Unparen(e).(*ast.BasicLit); ok {
		d.SuggestedFixes = []analysis.SuggestedFix{{
			Message: "Put the condition into parentheses",
			TextEdits: []analysis.TextEdit{
				{Pos: lit.Pos() + 1, End: lit.Pos() + 1, NewText: []byte("(")},
				{Pos: lit.End() - 1, End: lit.End() - 1, NewText: []byte(")")},
			},
		}}
	}
	c.Report(d)
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// conditions are the types of squirrel that are maps of names to values.
var conditions = map[string]bool{
	"Eq": true, "NotEq": true, "Like": true, "NotLike": true, "ILike": true, "NotILike": true,
	"Lt": true, "LtOrEq": true, "Gt": true, "GtOrEq": true,
}

func (c checker) key(e ast.Expr, of string) {
	c.constant(e, "a key of "+of+" that is not constant can be injected into; choose it by a switch or a map of constants")
}

// literal checks the keys of a condition, and the parts of an Or.
func (c checker) literal(lit *ast.CompositeLit) {
	name := builder.Named(c.TypesInfo.TypeOf(lit))
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		switch {
		case ok && conditions[name]:
			c.key(kv.Key, name)
		case !ok && name == "Or":
			if c.TypesInfo.Types[e].IsNil() {
				c.Reportf(e.Pos(), "a nil in an Or panics when the statement is rendered")
			} else if what := empty(c.flow, e); what != "" && what != "Or" {
				c.Reportf(e.Pos(), "an empty %s in an Or is always true, and so is the Or", what)
			}
		}
	}
}
