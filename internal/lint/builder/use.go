package builder

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/dataflow"
)

// statement reads the calls that lead to e. It returns nil if e is only a step to
// another statement.
func (c *Chains) statement(e ast.Expr) *Statement { return c.bound(e, nil) }

// bound is [Chains.statement] with these parameters bound.
func (c *Chains) bound(e ast.Expr, bound dataflow.Bound) *Statement {
	s := &Statement{Node: e}
	use, step := c.use(e)
	if step && !c.branch(e) {
		return nil
	}
	b := c.builder()
	b.bind(bound)
	s.read(b, e)
	if len(s.Calls) > 0 {
		last := s.Calls[len(s.Calls)-1]
		if u, ok := ends[last.Name]; ok && last.CallExpr == e {
			use = u
			s.Calls = s.Calls[:len(s.Calls)-1]
		}
	}
	s.Use, s.Closed = use, use == Run || (use == Final || use == Escapes) && c.isBuilder(e) && c.kept(e)
	if s.Kind == "" {
		return nil
	}
	return s
}

// read takes over what the builder finds in an expression.
func (s *Statement) read(b *builder, e ast.Expr) {
	s.Calls, s.Named = b.calls(e)
	s.Known = s.Named && !b.common
	s.Kind, s.OtherDialect, s.Foreign, s.Bound = b.kind, b.other, b.foreign, b.all
	s.Partly = !s.Known && b.partly && begin(s.Calls)
}

// branch reports whether e is one of several values that a variable begins with.
// The calls on the variable are not read, so each value is a statement to which
// more may be added.
func (c *Chains) branch(e ast.Expr) bool {
	p, ok := c.parents[e].(*ast.AssignStmt)
	if !ok || !c.isBuilder(e) {
		return false
	}
	i := slices.Index(p.Rhs, e)
	if i < 0 || i >= len(p.Lhs) {
		return false
	}
	b := c.builder()
	b.calls(p.Lhs[i])
	return b.several
}

// Read returns the statement that an expression builds inside another one, with
// these parameters bound. It returns nil if the expression is not a builder.
func (c *Chains) Read(e ast.Expr, bound dataflow.Bound) *Statement {
	if kinds[Named(c.info.TypeOf(e))] == "" {
		return nil
	}
	b := c.builder()
	b.bind(bound)
	s := &Statement{Node: e, Use: Nested}
	s.read(b, e)
	for n := c.parents[e]; n != nil; n = c.parents[n] {
		if f, ok := n.(*ast.File); ok {
			s.File = f
		}
	}
	return s
}

// runs are the functions of squirrel that run or render what they are given.
var runs = map[string]bool{
	"ExecWith": true, "QueryWith": true, "QueryRowWith": true,
	"ExecContextWith": true, "QueryContextWith": true, "QueryRowContextWith": true, "DebugSqlizer": true,
}

// use tells what is done with an expression, or that it is only assigned.
func (c *Chains) use(e ast.Expr) (use Use, step bool) {
	switch p := c.parents[e].(type) {
	case *ast.AssignStmt:
		for i, r := range p.Rhs {
			if r == e && i < len(p.Lhs) {
				if call, ok := e.(*ast.CallExpr); ok && ends[c.step(call)] != "" {
					return Escapes, false
				}
				if t := c.info.TypeOf(p.Lhs[i]); t != nil && types.IsInterface(t) && c.isBuilder(e) {
					return Final, false
				}
				if id, ok := p.Lhs[i].(*ast.Ident); ok && dataflow.Local(c.Flow.Object(id)) {
					return "", true
				}
				return Escapes, false
			}
		}
		return "", true // the left side
	case *ast.ValueSpec:
		if p.Type != nil && types.IsInterface(c.info.TypeOf(p.Type)) && c.isBuilder(e) {
			return Final, false
		}
		i := slices.Index(p.Values, e)
		return "", i >= 0 && i < len(p.Names) && c.isBuilder(e) && c.Flow.Private(c.Flow.Object(p.Names[i]))
	case *ast.CallExpr:
		i := slices.Index(p.Args, e)
		if i < 0 {
			break
		}
		if fn := c.callee(p); fn != nil {
			if runs[fn.Name()] {
				return Run, false
			}
			return Nested, false
		}
		if tv := c.info.Types[p.Fun]; tv.IsType() {
			return Escapes, false
		}
		sig, ok := c.info.TypeOf(p.Fun).Underlying().(*types.Signature)
		if !ok {
			break
		}
		if i >= sig.Params().Len()-1 && sig.Variadic() {
			i = sig.Params().Len() - 1
		}
		if i >= sig.Params().Len() {
			break
		}
		t := sig.Params().At(i).Type()
		if slice, ok := t.(*types.Slice); ok && sig.Variadic() {
			t = slice.Elem()
		}
		if types.IsInterface(t) {
			return Final, false
		}
		if c.runs(p, i) {
			return Run, false
		}
	case *ast.KeyValueExpr, *ast.CompositeLit:
		t := c.literal(p)
		if Named(t) != "" {
			return Nested, false
		}
		if t != nil {
			if list, ok := t.Underlying().(*types.Slice); ok && types.IsInterface(list.Elem()) {
				return Final, false
			}
		}
	case *ast.ReturnStmt:
		if i := slices.Index(p.Results, e); i >= 0 && c.returns(p, i) {
			return Final, false
		}
	}
	return Escapes, false
}

// isBuilder reports whether e is still a builder.
func (c *Chains) isBuilder(e ast.Expr) bool { return kinds[Named(c.info.TypeOf(e))] != "" }

// literal is the type of the composite literal around n.
func (c *Chains) literal(n ast.Node) types.Type {
	for n != nil {
		if lit, ok := n.(*ast.CompositeLit); ok {
			return c.info.TypeOf(lit)
		}
		n = c.parents[n]
	}
	return nil
}

// returns reports whether a result of the surrounding function is an interface.
func (c *Chains) returns(n ast.Node, i int) bool {
	for n = c.parents[n]; n != nil; n = c.parents[n] {
		var t types.Type
		switch f := n.(type) {
		case *ast.FuncLit:
			t = c.info.TypeOf(f)
		case *ast.FuncDecl:
			t = c.info.TypeOf(f.Name)
		default:
			continue
		}
		sig, ok := t.(*types.Signature)
		return ok && i < sig.Results().Len() && types.IsInterface(sig.Results().At(i).Type())
	}
	return false
}

// runs reports whether a function of this package does nothing but run the
// builder that it is given.
func (c *Chains) runs(call *ast.CallExpr, arg int) bool {
	fn, ok := typeutil.Callee(c.info, call).(*types.Func)
	if !ok {
		return false
	}
	decl, params := c.Flow.Body(fn.Origin()), fn.Origin().Signature().Params()
	if decl == nil || decl.Body == nil || arg >= params.Len() || fn.Signature().Variadic() && arg >= params.Len()-1 {
		return false
	}
	obj := params.At(arg)
	if run, known := c.running[obj]; known {
		return run
	}
	c.running[obj] = false // while it is being read
	run, used := true, false
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && c.info.Uses[id] == obj {
			used = true
			run = run && c.only(id)
		}
		return true
	})
	c.running[obj] = run && used
	return run && used
}

// only reports whether a builder is run and gets no names before that.
func (c *Chains) only(e ast.Expr) bool {
	for {
		sel, ok := c.parents[e].(*ast.SelectorExpr)
		if !ok {
			break
		}
		call, ok := c.parents[sel].(*ast.CallExpr)
		if !ok {
			return false
		}
		switch name := c.step(call); {
		case ends[name] == Run:
			return true
		case name != "RunWith" && name != "Limit" && name != "Offset":
			return false
		}
		e = call
	}
	if call, ok := c.parents[e].(*ast.CallExpr); ok && slices.Contains(call.Args, e) {
		use, _ := c.use(e)
		return use == Run
	}
	return false
}

// Embedded reports whether the text of a statement is put into another text.
func (c *Chains) Embedded(s *Statement) bool {
	assign, ok := c.Parent(s.Node).(*ast.AssignStmt)
	if !ok {
		return true
	}
	obj := c.Flow.Object(assign.Lhs[0])
	found := false
	ast.Inspect(s.File, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || c.info.Uses[id] != obj || obj == nil {
			return !found
		}
		switch p := c.Parent(id).(type) {
		case *ast.BinaryExpr:
			found = true
		case *ast.AssignStmt:
			for _, r := range p.Rhs {
				found = found || r == id
			}
		case *ast.CallExpr:
			if tv := c.info.Types[p.Fun]; tv.IsType() || c.Callee(p) != "" {
				found = true
			} else if sel, ok := p.Fun.(*ast.SelectorExpr); ok {
				if pkg, ok := sel.X.(*ast.Ident); ok {
					if name, ok := c.info.Uses[pkg].(*types.PkgName); ok {
						path := name.Imported().Path()
						found = found || path == "fmt" || path == "strings"
					}
				}
			}
		}
		return !found
	})
	return found
}
