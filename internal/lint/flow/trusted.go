package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"

	"golang.org/x/tools/go/types/typeutil"
)

// passing are functions whose result has no other text than their arguments.
var passing = map[string]bool{
	"fmt.Sprint": true, "fmt.Sprintf": true, "fmt.Sprintln": true,
	"strings.Join": true, "strings.Repeat": true, "strings.Replace": true, "strings.ReplaceAll": true,
	"strings.ToLower": true, "strings.ToUpper": true, "strings.Title": true,
	"strings.Trim": true, "strings.TrimLeft": true, "strings.TrimRight": true, "strings.TrimSpace": true,
	"strings.TrimPrefix": true, "strings.TrimSuffix": true, "strings.Split": true, "strings.Fields": true,
	"slices.Clone": true, "slices.Concat": true, "slices.Sorted": true, "slices.Compact": true,
	"(*regexp.Regexp).ReplaceAllString": true, "(*regexp.Regexp).ReplaceAllLiteralString": true,
	"slices.Collect": true, "maps.Values": true, "maps.Keys": true, "cmp.Or": true,
}

// quoting are the names of functions that make an identifier of any text.
var quoting = regexp.MustCompile(`(?i)quote.*ident|ident.*quote|sanitize|^placeholders$|^quote$`)

// deepest is how many functions are followed into one another, and longest how
// many expressions are looked at for one answer. What takes more is not trusted.
const deepest, longest = 8, 20_000

type trust struct {
	*Values
	open  map[types.Object]bool     // being judged: a cycle adds nothing
	bound map[types.Object]ast.Expr // arguments of the calls that are followed
	depth int
	steps int
}

// Trusted reports whether the text of an expression, or of the elements of a
// slice, an array or a map, is made of constants and numbers only, is quoted as
// an identifier, or is checked against a list of constants.
func (v *Values) Trusted(e ast.Expr) bool {
	v.read()
	t := trust{Values: v, open: map[types.Object]bool{}, bound: map[types.Object]ast.Expr{}}
	return t.expr(e)
}

func (t *trust) expr(e ast.Expr) bool {
	e = ast.Unparen(e)
	if e == constantText {
		return true
	}
	if t.steps++; t.steps > longest {
		return false
	}
	tv, ok := t.Info.Types[e]
	if ok && (tv.Value != nil || tv.IsNil()) {
		return true
	}
	if ok && harmless(tv.Type) {
		return true
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return t.expr(e.X) && t.expr(e.Y)
	case *ast.Ident:
		return t.object(t.Object(e))
	case *ast.SelectorExpr:
		return t.object(t.Object(e))
	case *ast.IndexExpr:
		return t.expr(e.X)
	case *ast.SliceExpr:
		return t.expr(e.X)
	case *ast.StarExpr:
		return false
	case *ast.CompositeLit:
		return t.literal(e, false)
	case *ast.CallExpr:
		return t.call(e, 1)
	}
	return false
}

// harmless reports whether values of a type hold no text of their own choice.
func harmless(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsNumeric|types.IsBoolean) != 0
}

func (t *trust) literal(e *ast.CompositeLit, keys bool) bool {
	if _, ok := t.Info.TypeOf(e).Underlying().(*types.Struct); ok {
		return false
	}
	for _, x := range e.Elts {
		if kv, ok := x.(*ast.KeyValueExpr); ok {
			if x = kv.Value; keys {
				x = kv.Key
			}
		}
		if !t.expr(x) {
			return false
		}
	}
	return true
}

func (t *trust) object(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	if !ok {
		return false
	}
	if t.open[obj] || t.checked[obj] {
		return true
	}
	if arg, ok := t.bound[obj]; ok {
		return t.expr(arg)
	}
	t.open[obj] = true
	defer delete(t.open, obj)
	if p, ok := t.params[obj]; ok {
		return t.assignments(obj) && t.arguments(p, (*trust).expr)
	}
	if v.Pkg() != t.pkg {
		return !v.IsField() // another package's variable is not a user's text
	}
	if v.IsField() && v.Exported() && !t.private[obj] {
		return false
	}
	return len(t.assigned[obj]) > 0 && t.assignments(obj)
}

func (t *trust) assignments(obj types.Object) bool {
	for _, a := range t.assigned[obj] {
		switch {
		case a.Zero:
		case a.Expr == nil:
			return false
		case a.Result > 0:
			if !t.call(a.Expr.(*ast.CallExpr), a.Result) {
				return false
			}
		case a.Key:
			if !t.keys(a.Expr) {
				return false
			}
		case !t.expr(a.Expr):
			return false
		}
	}
	return true
}

// keys reports whether the keys of a map are constants.
func (t *trust) keys(e ast.Expr) bool {
	typ := t.Info.TypeOf(e)
	if typ == nil {
		return false
	}
	if _, ok := typ.Underlying().(*types.Map); !ok {
		return true // the index of a slice
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return t.literal(e, true)
	case *ast.Ident, *ast.SelectorExpr:
		obj := t.Object(e)
		if obj == nil || obj.Pkg() != t.pkg {
			return false
		}
		p, isParam := t.params[obj]
		if !isParam && len(t.assigned[obj]) == 0 {
			return false
		}
		for _, a := range t.assigned[obj] {
			switch {
			case a.Zero:
			case a.Element:
				if !t.expr(a.Index) {
					return false
				}
			case a.Expr == nil || a.Each || a.Result > 0 || !t.keys(a.Expr):
				return false
			}
		}
		return !isParam || t.arguments(p, (*trust).keys)
	case *ast.CallExpr:
		id, ok := e.Fun.(*ast.Ident)
		return ok && id.Name == "make"
	}
	return false
}

// arguments reports whether every caller in the package hands over constants,
// and no other package can call.
func (t *trust) arguments(p param, judge func(*trust, ast.Expr) bool) bool {
	fn, ok := p.fn.(*types.Func)
	if !ok || fn.Exported() || t.values[fn] || len(t.calls[fn]) == 0 || t.depth >= deepest {
		return false
	}
	t.depth++
	defer func() { t.depth-- }()
	bound := t.bound
	t.bound = map[types.Object]ast.Expr{}
	defer func() { t.bound = bound }()
	for _, call := range t.calls[fn] {
		args := call.Args
		switch {
		case p.index > len(args) || !p.rest && p.index >= len(args):
			return false
		case p.rest:
			args = args[p.index:]
		default:
			args = args[p.index : p.index+1]
		}
		for _, a := range args {
			if !judge(t, a) {
				return false
			}
		}
	}
	return true
}

// call judges one result of a call.
func (t *trust) call(e *ast.CallExpr, result int) bool {
	if tv := t.Info.Types[e.Fun]; tv.IsType() {
		return len(e.Args) == 1 && t.expr(e.Args[0])
	}
	all := func() bool {
		for _, a := range e.Args {
			if !t.expr(a) {
				return false
			}
		}
		return true
	}
	switch callee := typeutil.Callee(t.Info, e).(type) {
	case *types.Builtin:
		return callee.Name() == "make" || all()
	case *types.Func:
		callee = callee.Origin()
		name := callee.FullName()
		if sql := callee.Name(); sql == "ToSql" || sql == "MustSql" {
			return true // judged where the statement is built
		}
		if quoting.MatchString(callee.Name()) && name != "strconv.Quote" {
			return true
		}
		if passing[name] {
			return all()
		}
		if path := callee.Pkg(); path != nil && (path.Path() == "strconv" && callee.Name() != "Quote" || path.Path() == "reflect") {
			return true // numbers, and names of the program
		}
		if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok && callee.Name() == "String" {
			if obj := t.Object(sel.X); obj != nil && isBuilder(obj.Type()) {
				return t.built(obj)
			}
		}
		return t.results(callee, e, result-1)
	}
	return false
}

// built reports whether only constants are written to a strings.Builder.
func (t *trust) built(obj types.Object) bool {
	if _, ok := t.params[obj]; ok || t.open[obj] || !Local(obj) {
		return t.open[obj]
	}
	t.open[obj] = true
	defer delete(t.open, obj)
	for _, w := range t.written[obj] {
		if w == nil || !t.expr(w) {
			return false
		}
	}
	return true
}

// results reports whether a function of this package returns constants, given
// the arguments of the call.
func (t *trust) results(fn *types.Func, call *ast.CallExpr, result int) bool {
	decl := t.bodies[fn]
	if decl == nil {
		// A function of another package that is given nothing has nothing of a
		// user's, and one that returns arguments beside its text has bound them.
		sig := fn.Signature()
		return fn.Pkg() != t.pkg && (sig.Recv() == nil && sig.Params().Len() == 0 || bindsArguments(sig, result))
	}
	if decl.Body == nil || t.depth >= deepest {
		return false
	}
	if t.open[fn] {
		return true
	}
	t.open[fn] = true
	t.depth++
	before := t.bound
	defer func() { delete(t.open, fn); t.depth--; t.bound = before }()
	// The arguments are judged where they stand, under the bindings of there.
	bound := map[types.Object]ast.Expr{}
	i := 0
	for _, field := range decl.Type.Params.List {
		for _, name := range field.Names {
			if obj := t.Info.Defs[name]; obj != nil && i < len(call.Args) {
				if t.expr(call.Args[i]) {
					bound[obj] = constantText
				}
			}
			i++
		}
		if len(field.Names) == 0 {
			i++
		}
	}
	t.bound = bound
	ok := true
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			switch results := fn.Signature().Results(); {
			case len(n.Results) == 0:
				ok = ok && t.object(results.At(result))
			case len(n.Results) == results.Len():
				ok = ok && t.expr(n.Results[result])
			default: // return f()
				call, is := ast.Unparen(n.Results[0]).(*ast.CallExpr)
				ok = ok && is && t.call(call, result+1)
			}
		}
		return ok
	})
	return ok
}

// bindsArguments reports whether the result behind one is a []any.
func bindsArguments(sig *types.Signature, result int) bool {
	if result+1 >= sig.Results().Len() {
		return false
	}
	s, ok := sig.Results().At(result + 1).Type().(*types.Slice)
	return ok && types.IsInterface(s.Elem())
}

// constantText stands for an argument that is found to be trusted.
var constantText ast.Expr = &ast.BasicLit{Kind: token.STRING, Value: `""`}
