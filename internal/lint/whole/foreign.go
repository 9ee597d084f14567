package whole

import (
	"go/types"
	"iter"
	"strings"
)

// ForeignMethods yields the methods that give text, of the types of other modules whose
// values a package has. One of these values may be what is in an interface.
func ForeignMethods(info *types.Info, module string) iter.Seq[*types.Func] {
	return func(yield func(*types.Func) bool) {
		seen := map[types.Type]bool{}
		for _, tv := range info.Types {
			t := types.Unalias(tv.Type)
			if p, ok := t.(*types.Pointer); ok {
				t = types.Unalias(p.Elem())
			}
			if seen[t] {
				continue
			}
			seen[t] = true
			n, ok := t.(*types.Named)
			if !ok || n.Obj().Pkg() == nil || InModule(n.Obj().Pkg(), module) {
				continue
			}
			for m := range methods(n) {
				if m.Exported() && givesText(m.Signature()) && !yield(m) {
					return
				}
			}
		}
	}
}

// methods are those that a type declares.
func methods(n *types.Named) iter.Seq[*types.Func] {
	if i, ok := n.Underlying().(*types.Interface); ok {
		return i.Methods()
	}
	return n.Origin().Methods()
}

// givesText reports whether a result is a text, or a list.
func givesText(sig *types.Signature) bool {
	for v := range sig.Results().Variables() {
		switch t := v.Type().Underlying().(type) {
		case *types.Basic:
			if t.Info()&types.IsString != 0 {
				return true
			}
		case *types.Slice, *types.Array, *types.Map:
			return true
		}
	}
	return false
}

// InModule reports whether a package belongs to a module.
func InModule(pkg *types.Package, module string) bool {
	return module != "" && (pkg.Path() == module || strings.HasPrefix(pkg.Path(), module+"/"))
}
