// Package dataflow finds where the strings of a Go package come from: whether anything
// but constants gets into a text, and which constants a variable can have.
//
// The first is asked of the package in SSA form, see [Values.Outside]. It follows the
// order of statements: a value is known to be checked only if there is a condition on
// every way to its use, see ways.go and condition.go. Variables, fields, elements of maps, slices and
// channels, pointers, closures, and functions of the package are followed, each call
// with its own arguments. A variable of another package is not trusted, a function of
// another package if it is known to pass its arguments on, or to return constants. What
// the rest of the answer depends on in other packages is noted, see depend.go, for a run
// that looks at all of them.
//
// The second is asked in two ways. [Values.Sources] asks the SSA form for constants that
// get to a place, and finds the literal of each by its value, since a constant there does
// not have a position. [Values.Constants] asks the syntax for all constants of an
// expression, with the parameters of one call bound. It does not follow the order of
// statements: a variable has every value that is ever assigned to it.
//
// Constants stays on the syntax: it takes expressions that have no SSA value, such as
// the arguments of a variadic call; sums and formats, with the literal that each part is
// from, are folded or lost in SSA form; and most packages are asked without building it.
//
// To build the SSA form of all packages of a module of 1,600 files, which the facts
// about its functions need, takes 0.8 s of CPU beside the 4.2 s of the rest.
package dataflow

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/whole"
)

// Analyzer gives other analyzers the [*Values] of a package.
var Analyzer = &analysis.Analyzer{
	Name:       "flow",
	Doc:        "find where the strings of a package come from",
	ResultType: reflect.TypeFor[*Values](),
	FactTypes:  []analysis.Fact{new(passes)},
	Run: func(pass *analysis.Pass) (any, error) {
		v := &Values{Info: pass.TypesInfo, pkg: pass.Pkg, fset: pass.Fset, fact: func(fn *types.Func) *passes {
			fact := new(passes)
			if !pass.ImportObjectFact(fn, fact) {
				return nil
			}
			return fact
		}}
		if pass.Module != nil {
			v.module = pass.Module.Path
		}
		v.read = sync.OnceFunc(func() { v.collect(pass.Files) })
		v.program = sync.OnceValue(func() *program { v.read(); return v.build(pass.Files, ssa.GlobalDebug) })
		v.literals = sync.OnceValue(func() map[string][]ast.Expr { return v.constants(pass.Files) })
		v.export(pass)
		return v, nil
	},
}

// Values knows what is assigned to the variables of one package. Several goroutines
// may use it. It reads the package when it is first asked.
type Values struct {
	fact    func(*types.Func) *passes // what a function of another package does to text, or nil
	Info    *types.Info
	pkg     *types.Package
	fset    *token.FileSet
	read    func()
	program func() *program
	// literals are the constant strings of the package by their text
	literals func() map[string][]ast.Expr

	assigned map[types.Object][]Assignment
	held     held
	bodies   map[types.Object]*ast.FuncDecl
	calls    map[types.Object][]*ast.CallExpr
	values   map[types.Object]bool // functions that are used without being called
	params   map[types.Object]param
	writes   map[types.Object][]*ast.CallExpr // calls that write to a strings.Builder
	handed   map[types.Object][]*types.Func
	private  map[types.Object]bool                   // exported fields without a tag, of unexported types
	readers  map[types.Object]map[*ast.FuncDecl]bool // the functions that index a variable

	outside    sync.Map // answers of Outside by their expression
	module     string   // the path of the package's module
	conditions struct { // what reports depend on
		sync.Mutex
		list []whole.Condition
	}

	methods map[types.Object][]*ast.CallExpr // calls of the methods of a variable
}

// Assignment is one place where a variable gets a value.
type Assignment struct {
	Expr    ast.Expr // nil where the value is not known
	Zero    bool     // the zero value of its type
	Append  bool     // += to a string, or an element of a map or slice
	Element bool     // of Append: an element
	Index   ast.Expr // of Element: its key
	Each    bool     // an element of Expr, by range
	Key     bool     // of Each: a key
	Result  int      // of a call with several results: which one, counted from 1
	Field   bool     // of a struct, where a value of it is written
	Pos     token.Pos
}

type param struct {
	fn    types.Object
	index int
	rest  bool // the variadic one
}

func (v *Values) collect(files []*ast.File) {
	v.assigned = map[types.Object][]Assignment{}
	v.held = held{}
	v.bodies = map[types.Object]*ast.FuncDecl{}
	v.calls = map[types.Object][]*ast.CallExpr{}
	v.values = map[types.Object]bool{}
	v.params = map[types.Object]param{}
	v.writes = map[types.Object][]*ast.CallExpr{}
	v.methods = map[types.Object][]*ast.CallExpr{}
	v.handed = map[types.Object][]*types.Func{}
	v.private = map[types.Object]bool{}
	v.readers = map[types.Object]map[*ast.FuncDecl]bool{}
	var around *ast.FuncDecl
	called := map[*ast.Ident]bool{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				around = n
				v.function(n)
			case *ast.IndexExpr:
				v.indexed(n, around)
			case *ast.AssignStmt:
				v.assign(n)
			case *ast.ValueSpec:
				v.declare(n)
				v.unnamed(n)
			case *ast.TypeSpec:
				v.structure(n)
			case *ast.RangeStmt:
				v.ranged(n)
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					v.lose(n.X)
				}
			case *ast.CompositeLit:
				v.fields(n)
			case *ast.CallExpr:
				v.call(n, called)
			case *ast.Ident:
				switch obj := v.Info.Uses[n].(type) {
				case *types.Func:
					if !called[n] {
						v.values[obj.Origin()] = true
					}
				case *types.Var:
					if _, isFunc := obj.Type().Underlying().(*types.Signature); isFunc && !called[n] {
						v.values[obj] = true
					}
				}
			}
			return true
		})
	}
}

func (v *Values) function(n *ast.FuncDecl) {
	fn := v.Info.Defs[n.Name]
	if fn == nil {
		return
	}
	v.bodies[fn] = n
	v.signature(fn, n.Type)
}

func (v *Values) signature(fn types.Object, n *ast.FuncType) {
	i := 0
	for _, field := range n.Params.List {
		_, rest := field.Type.(*ast.Ellipsis)
		for _, name := range field.Names {
			if obj := v.Info.Defs[name]; obj != nil {
				v.params[obj] = param{fn, i, rest}
			}
			i++
		}
		if len(field.Names) == 0 {
			i++
		}
	}
	if n.Results != nil {
		for _, field := range n.Results.List {
			for _, name := range field.Names {
				v.add(v.Info.Defs[name], Assignment{Zero: true, Pos: name.Pos()})
			}
		}
	}
}

// structure notes the exported fields of a type that no other package can name.
func (v *Values) structure(n *ast.TypeSpec) {
	s, ok := n.Type.(*ast.StructType)
	if !ok || n.Name.IsExported() {
		return
	}
	for _, f := range s.Fields.List {
		for _, name := range f.Names {
			v.private[v.Info.Defs[name]] = f.Tag == nil
		}
	}
}

// unnamed notes the fields of a variable of an unnamed type.
func (v *Values) unnamed(n *ast.ValueSpec) {
	for _, name := range n.Names {
		if obj := v.Info.Defs[name]; obj != nil && !obj.Exported() {
			if s, ok := obj.Type().(*types.Struct); ok {
				for f := range s.Fields() {
					v.private[f] = true
				}
			}
		}
	}
}

func (v *Values) indexed(n *ast.IndexExpr, around *ast.FuncDecl) {
	if obj := v.Object(n.X); obj != nil {
		if v.readers[obj] == nil {
			v.readers[obj] = map[*ast.FuncDecl]bool{}
		}
		v.readers[obj][around] = true
	}
}

func (v *Values) add(obj types.Object, a Assignment) {
	if obj != nil {
		v.assigned[obj] = append(v.assigned[obj], a)
	}
}

// Object returns the variable or field that an expression names, or nil.
func (v *Values) Object(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if obj := v.Info.Defs[e]; obj != nil {
			return obj
		}
		if obj, ok := v.Info.Uses[e].(*types.Var); ok {
			return obj
		}
	case *ast.SelectorExpr:
		if obj, ok := v.Info.Uses[e.Sel].(*types.Var); ok {
			return obj.Origin()
		}
	}
	return nil
}

func (v *Values) assign(n *ast.AssignStmt) {
	for i, left := range n.Lhs {
		a := Assignment{Pos: n.Pos()}
		if len(n.Lhs) == len(n.Rhs) {
			a.Expr = n.Rhs[i]
		} else {
			switch x := ast.Unparen(n.Rhs[0]).(type) {
			case *ast.IndexExpr: // v, ok := m[k]
				a.Expr = x
			case *ast.CallExpr:
				a.Expr, a.Result = x, i+1
			}
		}
		if n.Tok != token.ASSIGN && n.Tok != token.DEFINE {
			a.Append = true
		}
		if x, ok := ast.Unparen(left).(*ast.IndexExpr); ok {
			a.Append, a.Element, a.Index = true, true, x.Index
			left = x.X
		}
		if star, ok := ast.Unparen(left).(*ast.StarExpr); ok {
			left, a.Expr = star.X, nil
		}
		v.add(v.Object(left), a)
		if a.Append || a.Result > 0 {
			v.hold(left, nil)
		} else {
			v.hold(left, a.Expr)
		}
	}
}

func (v *Values) declare(n *ast.ValueSpec) {
	for i, name := range n.Names {
		a := Assignment{Pos: n.Pos()}
		switch {
		case len(n.Values) == len(n.Names):
			a.Expr = n.Values[i]
		case len(n.Values) == 0:
			a.Zero = true
		}
		v.add(v.Info.Defs[name], a)
	}
}

func (v *Values) ranged(n *ast.RangeStmt) {
	if n.Key != nil {
		v.add(v.Object(n.Key), Assignment{Expr: n.X, Each: true, Key: true, Pos: n.Pos()})
	}
	if n.Value != nil {
		v.add(v.Object(n.Value), Assignment{Expr: n.X, Each: true, Pos: n.Pos()})
	}
}

// lose notes that anybody may write to a variable. If the address goes to the
// functions of fmt, it is known what they write: see call.
func (v *Values) lose(e ast.Expr) {
	obj := v.Object(e)
	if obj == nil || isBuilder(obj.Type()) {
		return
	}
	v.add(obj, Assignment{Pos: e.Pos()})
}

func (v *Values) fields(n *ast.CompositeLit) {
	t := v.Info.TypeOf(n)
	if t == nil {
		return
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for i, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok {
				if obj, ok := v.Info.Uses[key].(*types.Var); ok {
					v.add(obj.Origin(), Assignment{Expr: kv.Value, Field: true, Pos: kv.Pos()})
				}
			}
		} else if i < s.NumFields() {
			v.add(s.Field(i).Origin(), Assignment{Expr: e, Field: true, Pos: e.Pos()})
		}
	}
}

func (v *Values) call(n *ast.CallExpr, called map[*ast.Ident]bool) {
	switch f := ast.Unparen(n.Fun).(type) {
	case *ast.Ident:
		called[f] = true
		if obj, ok := v.Info.Uses[f].(*types.Var); ok {
			v.calls[obj] = append(v.calls[obj], n)
		}
	case *ast.SelectorExpr:
		called[f.Sel] = true
		obj := v.Object(f.X)
		if obj == nil {
			break
		}
		v.methods[obj] = append(v.methods[obj], n)
		if isBuilder(obj.Type()) {
			switch f.Sel.Name {
			case "Write", "WriteString", "WriteRune", "WriteByte":
				v.writes[obj] = append(v.writes[obj], n)
			}
		}
	}
	fn, ok := typeutil.Callee(v.Info, n).(*types.Func)
	if ok {
		v.calls[fn.Origin()] = append(v.calls[fn.Origin()], n)
	}
	for i, arg := range n.Args {
		if u, ok := ast.Unparen(arg).(*ast.UnaryExpr); ok && i == 0 {
			arg = u.X
		}
		if obj := v.Object(arg); obj != nil {
			v.handed[obj] = append(v.handed[obj], fn)
			if i == 0 && isBuilder(obj.Type()) { // fmt.Fprint and the like
				v.writes[obj] = append(v.writes[obj], n)
			}
		}
	}
}

// Assignments returns all places where a variable gets a value.
func (v *Values) Assignments(obj types.Object) []Assignment {
	v.read()
	return v.assigned[obj]
}

// HandedOn reports whether a variable is an argument of a function that but does
// not accept.
func (v *Values) HandedOn(obj types.Object, but func(*types.Func) bool) bool {
	v.read()
	for _, fn := range v.handed[obj] {
		if fn == nil || !but(fn) {
			return true
		}
	}
	return false
}

// Callee returns the function or method that is called, also through a variable
// that is assigned nothing else. It returns nil if the receiver is an argument.
func (v *Values) Callee(call *ast.CallExpr) types.Object {
	fn, receiver := v.Called(call)
	if fn == nil || receiver && v.Object(call.Fun) != nil {
		return nil
	}
	return fn
}

// Called is Callee, and says whether the receiver is the first argument.
func (v *Values) Called(call *ast.CallExpr) (fn types.Object, receiver bool) {
	if fn := typeutil.Callee(v.Info, call); fn != nil {
		if _, variable := fn.(*types.Var); !variable {
			return fn, v.methodExpr(call.Fun)
		}
	}
	obj := v.Object(call.Fun)
	if !Local(obj) {
		return nil, false
	}
	as := v.Assignments(obj)
	if len(as) != 1 || as[0].Expr == nil || as[0].Each || as[0].Append || as[0].Result > 0 {
		return nil, false
	}
	var id *ast.Ident
	switch e := ast.Unparen(as[0].Expr).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return nil, false
	}
	if fn, ok := v.Info.Uses[id].(*types.Func); ok {
		return fn, v.methodExpr(as[0].Expr)
	}
	return nil, false
}

// methodExpr reports whether an expression is a method of a type, as (*sql.DB).Query is.
func (v *Values) methodExpr(e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	s := v.Info.Selections[sel]
	return s != nil && s.Kind() == types.MethodExpr
}

// Method lists the calls of the methods of a variable.
func (v *Values) Method(obj types.Object, name string) (list []*ast.CallExpr) {
	v.read()
	for _, call := range v.methods[obj] {
		if ast.Unparen(call.Fun).(*ast.SelectorExpr).Sel.Name == name {
			list = append(list, call)
		}
	}
	return list
}

// Closed reports whether a variable is assigned one function literal and nothing
// else. The body of that literal is then looked at by itself.
func (v *Values) Closed(obj types.Object) bool {
	v.read()
	as := v.assigned[obj]
	if len(as) != 1 || as[0].Expr == nil {
		return false
	}
	_, ok := ast.Unparen(as[0].Expr).(*ast.FuncLit)
	return ok
}

// Body returns the declaration of a function of this package, or nil.
func (v *Values) Body(fn types.Object) *ast.FuncDecl {
	v.read()
	return v.bodies[fn]
}

// Private reports whether no other package can assign to a variable or field.
func (v *Values) Private(obj types.Object) bool {
	v.read()
	return obj != nil && (Local(obj) || !obj.Exported() || v.private[obj])
}

// Local reports whether a variable lives in a function.
func Local(obj types.Object) bool {
	return obj != nil && obj.Parent() != nil && obj.Pkg() != nil && obj.Parent() != obj.Pkg().Scope()
}
