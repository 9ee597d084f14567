package squirrelcols

import (
	"cmp"
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/fragment"
)

// A name may come from another package: as an argument of an exported function, in a
// struct or a list that is one, or in an exported field. The package that makes SQL of it
// says so by a fact, and the packages that hand it in look at their constants.

// handed is the fact that what other packages give to a function, or assign to a field,
// gets into SQL.
type handed struct {
	Places []place
}

// place is where in a statement it gets.
type place struct {
	Index         int    // of the argument
	Path          string // leads from the argument or the field to the text
	Before, After string // the text around it
	Clause        int    // of clauses
}

func (*handed) AFact() {}

func (*handed) String() string { return "makes SQL of what it is given" }

// clauses are those that a fact can name.
var clauses = []clause{inResult, inWhere, inGroup, inHaving, inOrder, behind, inFrom}

// ownNames is the fact that a package with such functions defines these names itself, or
// a package does to which it hands names on.
type ownNames struct {
	Columns, Sources []string // case-folded
}

func (*ownNames) AFact() {}

func (*ownNames) String() string { return "defines names of its own" }

// hand notes what other packages hand in of a text.
func (c *checker) hand(t placed) {
	var list []fragment.Place
	if t.path == "" {
		list = fragment.Places(c.flow, t.Expr, t.opening(), anySource)
	} else {
		_, from := c.flow.Reaching(t.Expr, t.path)
		for _, h := range from {
			list = append(list, fragment.Place{Handed: h})
		}
	}
	for _, p := range list {
		at := place{p.Index, p.Path, t.start + p.Before, p.After + t.end, slices.Index(clauses, t.clause)}
		if !slices.Contains(c.handing[p.Object], at) {
			c.handing[p.Object] = append(c.handing[p.Object], at)
		}
	}
}

// exportHanded says what other packages hand in. Where an interface of the package has a
// method, that holds for the calls of the interface, too.
func (c *checker) exportHanded(v func() *vocabulary) {
	if m := c.Module; len(c.handing) == 0 || m == nil || m.Path == "" || m.Version != "" {
		return
	}
	for obj, places := range maps.Clone(c.handing) {
		if fn, ok := obj.(*types.Func); ok {
			for _, m := range c.interfaces(fn) {
				c.handing[m] = append(c.handing[m], places...)
			}
		}
	}
	for obj, places := range c.handing {
		slices.SortFunc(places, func(a, b place) int {
			return cmp.Or(cmp.Compare(a.Index, b.Index), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Before, b.Before),
				cmp.Compare(a.After, b.After), cmp.Compare(a.Clause, b.Clause))
		})
		c.ExportObjectFact(obj, &handed{slices.Compact(places)})
	}
	var own ownNames
	for name := range v().columns {
		if !v().stored[name] {
			own.Columns = append(own.Columns, name)
		}
	}
	for name := range v().sources {
		if !c.tables.Has(name) {
			own.Sources = append(own.Sources, name)
		}
	}
	slices.Sort(own.Columns)
	slices.Sort(own.Sources)
	c.ExportPackageFact(&own)
}

// interfaces lists the methods of the package's interfaces that a method fulfils.
func (c *checker) interfaces(fn *types.Func) (list []*types.Func) {
	recv := fn.Signature().Recv()
	if recv == nil || fn.Signature().RecvTypeParams().Len() > 0 {
		return nil
	}
	for _, name := range c.Pkg.Scope().Names() {
		obj, ok := c.Pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		i, ok := obj.Type().Underlying().(*types.Interface)
		if ok && types.Implements(recv.Type(), i) {
			if m, _, _ := types.LookupFieldOrMethod(i, false, c.Pkg, fn.Name()); m != nil && m.Exported() && m.Pkg() == c.Pkg {
				list = append(list, m.(*types.Func))
			}
		}
	}
	return list
}

// handsOn reports whether the package uses something of a package that makes SQL of what
// it is given.
func (c *checker) handsOn() bool {
	if c.foreignNames == nil {
		c.foreignNames = map[*types.Package]*ownNames{}
		for _, obj := range c.TypesInfo.Uses {
			if pkg := obj.Pkg(); pkg != nil && pkg != c.Pkg {
				if _, known := c.foreignNames[pkg]; !known {
					c.foreignNames[pkg] = nil
					if fact := new(ownNames); c.ImportPackageFact(pkg, fact) {
						c.foreignNames[pkg] = fact
					}
				}
			}
		}
	}
	for _, fact := range c.foreignNames {
		if fact != nil {
			return true
		}
	}
	return false
}

// handedAt lists the texts that a node gives to another package.
func (c *checker) handedAt(n ast.Node) (list []placed) {
	if !c.handsOn() {
		return nil
	}
	add := func(at place, e ast.Expr, path string) {
		list = append(list, placed{Expr: e, clause: clauses[at.Clause], path: path, given: true, start: at.Before, end: at.After})
	}
	field := func(v types.Object, e ast.Expr) {
		for _, at := range c.places(v) {
			add(at, e, at.Path)
		}
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		fn, ok := typeutil.Callee(c.TypesInfo, n).(*types.Func)
		if !ok {
			return nil
		}
		last := fn.Signature().Params().Len() - 1
		for _, at := range c.places(fn) {
			rest, listed := strings.CutPrefix(at.Path, dataflow.ElementPath)
			switch {
			case fn.Signature().Variadic() && at.Index == last && listed && !n.Ellipsis.IsValid():
				for _, e := range n.Args[min(last, len(n.Args)):] {
					add(at, e, rest)
				}
			case at.Index < len(n.Args):
				add(at, n.Args[at.Index], at.Path)
			}
		}
	case *ast.CompositeLit:
		s, ok := c.TypesInfo.TypeOf(n).Underlying().(*types.Struct)
		if !ok {
			return nil
		}
		for i, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); !ok {
				field(s.Field(i), e)
			} else if key, ok := kv.Key.(*ast.Ident); ok {
				field(c.TypesInfo.Uses[key], kv.Value)
			}
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if sel, ok := left.(*ast.SelectorExpr); ok && len(n.Lhs) == len(n.Rhs) {
				field(c.TypesInfo.Uses[sel.Sel], n.Rhs[i])
			}
		}
	}
	return list
}

// places are those of a function or a field of another package.
func (c *checker) places(obj types.Object) []place {
	switch o := obj.(type) {
	case *types.Func:
		obj = o.Origin()
	case *types.Var:
		obj = o.Origin()
	}
	if obj == nil || obj.Pkg() == nil || c.foreignNames[obj.Pkg()] == nil {
		return nil
	}
	var fact handed
	if !c.ImportObjectFact(obj, &fact) {
		return nil
	}
	return fact.Places
}

// foreign adds the names that other packages define.
func (v *vocabulary) foreign(list map[*types.Package]*ownNames) {
	for _, d := range list {
		if d != nil {
			v.column(d.Columns...)
			for _, name := range d.Sources {
				v.source(name, "")
			}
		}
	}
}
