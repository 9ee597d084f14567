package dataflow

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

// span is a part of a file.
type span struct{ from, to token.Pos }

// checks notes where in a file a text is known to be one of a list: after a
// condition that compares it with constants, looks it up in a map or with
// slices.Contains, or matches it with a regular expression.
type checks struct {
	*Values
	flags map[types.Object]ast.Expr // ok := slices.Contains(list, x), or _, ok := m[x]
	stack []ast.Node
	open  map[types.Object]bool // functions that are being examined
}

// readChecks goes over the package twice, because a function that checks may come
// after its callers.
func (v *Values) readChecks(files []*ast.File) {
	for range 2 {
		c := checks{Values: v, flags: map[types.Object]ast.Expr{}, open: map[types.Object]bool{}}
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				c.visit(n)
				return true
			})
		}
	}
}

// visit is called for every node of a file, and with nil after the node.
func (c *checks) visit(n ast.Node) {
	if n == nil {
		c.stack = c.stack[:len(c.stack)-1]
		return
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		c.flag(n)
	case *ast.IfStmt:
		if init, ok := n.Init.(*ast.AssignStmt); ok {
			c.flag(init)
		}
		c.branch(n)
	case *ast.SwitchStmt:
		c.choice(n)
	}
	c.stack = append(c.stack, n)
}

// flag notes the variable that holds the outcome of a check.
func (c *checks) flag(n *ast.AssignStmt) {
	if len(n.Rhs) != 1 {
		return
	}
	if obj := c.Object(n.Lhs[len(n.Lhs)-1]); obj != nil {
		if _, index := ast.Unparen(n.Rhs[0]).(*ast.IndexExpr); index == (len(n.Lhs) == 2) {
			c.flags[obj] = n.Rhs[0]
		}
	}
}

func (c *checks) branch(n *ast.IfStmt) {
	whole := c.rest(n)
	for obj := range c.sure(n.Cond, true) {
		c.note(obj, span{n.Body.Pos(), n.Body.End()})
		if n.Else != nil && c.leaves(n.Else, obj) {
			c.note(obj, whole)
		}
		c.validated(obj, n.Body)
	}
	for obj := range c.sure(n.Cond, false) {
		if n.Else != nil {
			c.note(obj, span{n.Else.Pos(), n.Else.End()})
		}
		if c.leaves(n.Body, obj) {
			c.note(obj, whole)
		}
		c.validated(obj, n.Body)
	}
}

// choice reads a switch over a text, or over conditions.
func (c *checks) choice(n *ast.SwitchStmt) {
	tag := c.Object(n.Tag)
	if n.Tag != nil && tag == nil {
		return
	}
	constants := n.Tag != nil
	var otherwise *ast.CaseClause
	for _, s := range n.Body.List {
		clause := s.(*ast.CaseClause)
		if clause.List == nil {
			otherwise = clause
			continue
		}
		here := span{clause.Colon, clause.End()}
		if n.Tag == nil {
			for obj := range c.any(clause.List) {
				c.note(obj, here)
			}
			continue
		}
		all := true
		for _, e := range clause.List {
			all = all && c.Info.Types[e].Value != nil
		}
		if all {
			c.note(tag, here)
		}
		constants = constants && all
	}
	if constants && otherwise != nil && c.leaves(otherwise, tag) {
		c.note(tag, c.rest(n))
		c.validated(tag, otherwise)
	}
}

// rest is the part of the surrounding block after a statement.
func (c *checks) rest(n ast.Node) span {
	for i := len(c.stack) - 1; i >= 0; i-- {
		switch b := c.stack[i].(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return span{n.End(), b.End()}
		}
	}
	return span{n.End(), n.End()}
}

// validated notes a field whose check makes a function return. Another function may
// rely on that check, and it is not known whether the first was called before.
func (c *checks) validated(obj types.Object, body ast.Node) {
	v, ok := obj.(*types.Var)
	if !ok || !v.IsField() || !c.leaves(body, nil) {
		return
	}
	for _, n := range c.stack {
		if decl, ok := n.(*ast.FuncDecl); ok && decl.Body != nil {
			c.elsewhere[obj] = append(c.elsewhere[obj], span{decl.Pos(), decl.End()})
		}
	}
}

func (c *checks) note(obj types.Object, s span) {
	if obj != nil {
		c.checked[obj] = append(c.checked[obj], s)
	}
}

// leaves reports whether a branch ends the function or the loop, or gives the
// variable another value.
func (c *checks) leaves(n ast.Node, obj types.Object) bool {
	var list []ast.Stmt
	switch n := n.(type) {
	case *ast.BlockStmt:
		list = n.List
	case *ast.CaseClause:
		list = n.Body
	}
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ReturnStmt, *ast.BranchStmt:
			return true
		case *ast.AssignStmt:
			if obj != nil && c.Object(s.Lhs[0]) == obj {
				return true
			}
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok && c.stops(call) {
				return true
			}
		}
	}
	return false
}

// stops reports whether a call does not return.
func (c *checks) stops(call *ast.CallExpr) bool {
	switch fn := typeutil.Callee(c.Info, call).(type) {
	case *types.Builtin:
		return fn.Name() == "panic"
	case *types.Func:
		switch fn.FullName() {
		case "os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "runtime.Goexit",
			"(*testing.common).Fatal", "(*testing.common).Fatalf":
			return true
		}
	}
	return false
}

// sure returns the variables that are checked wherever a condition has this truth.
func (c *checks) sure(e ast.Expr, truth bool) map[types.Object]bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return c.sure(e.X, !truth)
		}
	case *ast.BinaryExpr:
		switch {
		case e.Op == token.LAND && truth, e.Op == token.LOR && !truth:
			return union(c.sure(e.X, truth), c.sure(e.Y, truth))
		case e.Op == token.LAND, e.Op == token.LOR:
			return both(c.sure(e.X, truth), c.sure(e.Y, truth))
		case e.Op == token.EQL && truth, e.Op == token.NEQ && !truth:
			if c.isText(e.Y) {
				return c.one(e.X)
			} else if c.isText(e.X) {
				return c.one(e.Y)
			} else if c.Info.Types[e.Y].IsNil() { // an error
				return c.sure(e.X, true)
			}
		case e.Op == token.NEQ: // m[x] != ""
			return union(c.looked(e.X), c.looked(e.Y))
		case e.Op == token.EQL:
			return union(c.looked(e.X), c.looked(e.Y))
		}
	case *ast.Ident:
		if from, ok := c.flags[c.Object(e)]; ok && truth {
			delete(c.flags, c.Object(e)) // a flag that is made of itself ends here
			defer func() { c.flags[c.Object(e)] = from }()
			return c.sure(from, true)
		}
	case *ast.IndexExpr:
		if truth {
			return c.looked(e)
		}
	case *ast.CallExpr:
		fn, ok := typeutil.Callee(c.Info, e).(*types.Func)
		if !ok || !truth || len(e.Args) == 0 {
			return nil
		}
		switch fn.FullName() {
		case "slices.Contains", "(*regexp.Regexp).MatchString":
			return c.one(e.Args[len(e.Args)-1])
		case "strings.EqualFold":
			if c.isText(e.Args[1]) {
				return c.one(e.Args[0])
			} else if c.isText(e.Args[0]) {
				return c.one(e.Args[1])
			}
		}
		return c.outcome(fn.Origin(), e)
	}
	return nil
}

// outcome returns the arguments that a function of the package has checked when it
// returns true, or no error.
func (c *checks) outcome(fn *types.Func, call *ast.CallExpr) map[types.Object]bool {
	decl := c.bodies[fn]
	if decl == nil || decl.Body == nil || c.open[fn] {
		return nil
	}
	c.open[fn] = true
	defer delete(c.open, fn)
	found := map[types.Object]bool{}
	params := fn.Signature().Params()
	for i := 0; i < params.Len() && i < len(call.Args); i++ {
		if obj := c.Object(call.Args[i]); obj != nil && c.passes(decl, params.At(i)) {
			found[obj] = true
		}
	}
	return found
}

// passes reports whether a function has checked a parameter whenever it returns
// true, or no error.
func (c *checks) passes(decl *ast.FuncDecl, param types.Object) bool {
	some, all := false, true
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(n.Results) == 0 {
				all = false
				break
			}
			last := n.Results[len(n.Results)-1]
			tv := c.Info.Types[last]
			isFalse := tv.Value != nil && tv.Value.Kind() == constant.Bool && !constant.BoolVal(tv.Value)
			if isFalse || !tv.IsNil() && !isBool(tv.Type) {
				break
			}
			some = true
			all = all && (c.isChecked(param, n.Pos()) || c.sure(last, true)[param])
		}
		return true
	})
	return some && all
}

func isBool(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}

// any returns the variables that each of a case's conditions checks.
func (c *checks) any(list []ast.Expr) map[types.Object]bool {
	found := c.sure(list[0], true)
	for _, e := range list[1:] {
		found = both(found, c.sure(e, true))
	}
	return found
}

// looked returns the variable that is used as the key of a map.
func (c *checks) looked(e ast.Expr) map[types.Object]bool {
	x, ok := ast.Unparen(e).(*ast.IndexExpr)
	if !ok {
		return nil
	}
	if t := c.Info.TypeOf(x.X); t != nil {
		if _, ok := t.Underlying().(*types.Map); ok {
			return c.one(x.Index)
		}
	}
	return nil
}

func (c *checks) one(e ast.Expr) map[types.Object]bool {
	if obj := c.Object(e); obj != nil {
		return map[types.Object]bool{obj: true}
	}
	return nil
}

func (c *checks) isText(e ast.Expr) bool {
	tv := c.Info.Types[e]
	return tv.Value != nil && tv.Value.Kind() == constant.String
}

func union(a, b map[types.Object]bool) map[types.Object]bool {
	if len(a) == 0 {
		return b
	}
	for obj := range b {
		a[obj] = true
	}
	return a
}

func both(a, b map[types.Object]bool) map[types.Object]bool {
	for obj := range a {
		if !b[obj] {
			delete(a, obj)
		}
	}
	return a
}

// isChecked reports whether a variable is known at this place to be one of a list.
func (v *Values) isChecked(obj types.Object, at token.Pos) bool {
	for _, s := range v.checked[obj] {
		if s.from <= at && at < s.to {
			return true
		}
	}
	for _, s := range v.elsewhere[obj] {
		if at < s.from || s.to <= at {
			return true
		}
	}
	return false
}
