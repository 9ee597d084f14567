package nativesql

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/dreysql/drey/internal/lint/policy"
)

// wrapper is the fact that a function hands one of its parameters on as SQL. What
// its callers put together is an injection there, in other packages, too.
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

// wrappers finds the functions of the package that hand a parameter on as SQL, also
// through one another.
func wrappers(pass *analysis.Pass, calls []checker) wrapped {
	w := wrapped{pass, map[*types.Func]wrapper{}}
	for more := true; more; {
		more = false
		for _, c := range calls {
			arg, reason := c.arg, false
			if arg < 0 {
				inner, ok := w.of(c.fn)
				if !ok {
					continue
				}
				arg, reason = inner.Arg, inner.Reason
			}
			if arg >= len(c.call.Args) {
				continue
			}
			query := c.call.Args[arg]
			fn, at := c.parameter(query)
			if fn == nil || c.under(policy.Dynamic, query) {
				continue
			}
			if _, known := w.own[fn]; known {
				continue
			}
			w.own[fn] = wrapper{at, reason || c.under(policy.Native, query)}
			more = true
		}
	}
	for fn, fact := range w.own {
		pass.ExportObjectFact(fn, &fact)
	}
	return w
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
