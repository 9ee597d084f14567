package chain

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/dreysql/drey/internal/lint/flow"
)

// statement reads the calls behind e, or returns nil where e is only a step to
// another statement.
func (c *Chains) statement(e ast.Expr) *Statement {
	s := &Statement{Node: e}
	use, step := c.use(e)
	if step {
		return nil
	}
	b := builder{Chains: c, open: map[types.Object]bool{}, bound: map[types.Object]ast.Expr{}}
	s.Calls, s.Known = b.calls(e)
	s.OtherDialect = b.other
	if len(s.Calls) > 0 {
		last := s.Calls[len(s.Calls)-1]
		if u, ok := ends[last.Name]; ok && last.CallExpr == e {
			use = u
			s.Calls = s.Calls[:len(s.Calls)-1]
		}
	}
	s.Use, s.Kind = use, b.kind
	if s.Kind == "" {
		return nil
	}
	return s
}

// Read is the statement that an expression builds, or nil where it is no builder.
func (c *Chains) Read(e ast.Expr) *Statement {
	if kinds[Named(c.info.TypeOf(e))] == "" {
		return nil
	}
	b := builder{Chains: c, open: map[types.Object]bool{}, bound: map[types.Object]ast.Expr{}}
	s := &Statement{Node: e, Use: Nested}
	s.Calls, s.Known = b.calls(e)
	s.Kind, s.OtherDialect = b.kind, b.other
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
				if id, ok := p.Lhs[i].(*ast.Ident); ok && flow.Local(c.Flow.Object(id)) {
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
		return "", slices.Contains(p.Values, e) && c.isBuilder(e)
	case *ast.CallExpr:
		i := slices.Index(p.Args, e)
		if i < 0 {
			break
		}
		if fn := c.callee(p); fn != nil {
			if runs[fn.Name()] {
				return Final, false
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

// returns reports whether a result of the function around is an interface.
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
