package nativesql

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/policy"
)

// wrapper is the fact that a function passes one of its parameters on as SQL. What
// its callers put together becomes an injection there, also in other packages of
// the module.
type wrapper struct {
	Arg    int
	Reason bool // its query has one
}

func (*wrapper) AFact() {}

func (w *wrapper) String() string { return fmt.Sprintf("takes SQL as argument %d", w.Arg) }

type wrapped struct {
	pass *analysis.Pass
	own  map[*types.Func]wrapper
}

// wrappers finds the functions of the package that pass a parameter on as SQL, also
// through one another.
func wrappers(pass *analysis.Pass, values *dataflow.Values, calls []checker) wrapped {
	w := wrapped{pass, map[*types.Func]wrapper{}}
	byCall := map[*ast.CallExpr]*checker{}
	var found []*types.Func
	add := func(c *checker, arg int, reason bool) {
		if arg >= len(c.call.Args) {
			return
		}
		query := c.call.Args[arg]
		fn, at := values.Parameter(query)
		if c.under(policy.Dynamic, query) {
			return
		}
		w.asValue(c, values, query, fn)
		if fn == nil {
			return
		}
		if _, known := w.own[fn]; !known {
			w.own[fn] = wrapper{at, reason || c.under(policy.Native, query)}
			found = append(found, fn)
			if fn.Signature().Recv() != nil && !c.generated && !c.handsOn(query) && !ofLibrary(fn, at) {
				values.Invoked(fn, at, c.diagnostic(query, policy.Dynamic, "calls of "+fn.Name()+" through an interface hand in SQL built from strings that are not constant, which can be injected into; bind values as arguments, or say why it is safe in // "+policy.Dynamic+" <why> on the line above"), pass.Analyzer.Name)
			}
		}
	}
	for i := range calls {
		c := &calls[i]
		byCall[c.call] = c
		if c.arg >= 0 {
			add(c, c.arg, false)
		} else if fact, ok := w.of(c.fn); ok && c.fn.Pkg() != pass.Pkg {
			add(c, fact.Arg+c.before, fact.Reason)
		}
	}
	for len(found) > 0 {
		fn := found[0]
		found = found[1:]
		for _, call := range values.Calls(fn) {
			if c := byCall[call]; c != nil && c.arg < 0 {
				add(c, w.own[fn].Arg+c.before, w.own[fn].Reason)
			}
		}
	}
	for fn, fact := range w.own {
		pass.ExportObjectFact(fn, &fact)
	}
	return w
}

// asValue reports a function that passes a parameter on as SQL, if it is called as a value
// with text that is put together. fn is nil for a function literal, of which a call in this
// package is reported anyway.
func (w wrapped) asValue(c *checker, values *dataflow.Values, query ast.Expr, fn *types.Func) {
	if c.generated || c.handsOn(query) || fn == nil && values.Built(query) {
		return
	}
	name := "this function"
	if fn != nil {
		name = fn.Name()
	}
	d := c.diagnostic(query, policy.Dynamic, "calls of "+name+" as a value hand in SQL built from strings that are not constant, which can be injected into; bind values as arguments, or say why it is safe in // "+policy.Dynamic+" <why> on the line above")
	if values.BuiltAsValue(query) {
		w.pass.Report(d)
	}
	values.CalledAsValue(query, d, w.pass.Analyzer.Name)
}

// ofLibrary reports whether a method is like one of a library that takes SQL there: calls of
// it are looked at, through an interface as well.
func ofLibrary(fn *types.Func, arg int) bool {
	for _, args := range libraryArg {
		if x, ok := args[fn.Name()]; ok && x == arg {
			return true
		}
	}
	return false
}

// mayWrap reports whether a function may turn out to be a wrapper: it belongs to
// the package, or is known to be one. Most calls of a package are neither.
func mayWrap(pass *analysis.Pass, fn *types.Func) bool {
	return fn.Pkg() == pass.Pkg || fn.Pkg() != nil && pass.ImportObjectFact(fn.Origin(), new(wrapper))
}

func (w wrapped) of(fn *types.Func) (wrapper, bool) {
	if fn == nil {
		return wrapper{}, false
	}
	fn = fn.Origin()
	if own, ok := w.own[fn]; ok {
		return own, true
	}
	var fact wrapper
	if fn.Pkg() != w.pass.Pkg && w.pass.ImportObjectFact(fn, &fact) {
		return fact, true
	}
	return wrapper{}, false
}
