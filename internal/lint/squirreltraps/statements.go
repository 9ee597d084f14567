package squirreltraps

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/lint/dataflow"
)

// statements checks statements as a whole.
type statements struct {
	*analysis.Pass
	chains *builder.Chains
	flow   *dataflow.Values
	seen   map[ast.Node]bool // what is reported already, since statements share calls
}

func (c *statements) report(n ast.Node, format string, args ...any) {
	if !c.seen[n] {
		c.seen[n] = true
		c.Reportf(n.Pos(), format, args...)
	}
}

func (c *statements) check(s *builder.Statement) {
	if s.Kind == builder.Update || s.Kind == builder.Delete {
		c.everything(s)
	}
	if s.Kind == builder.Insert {
		c.values(s)
	}
	if s.Known && complete(s) {
		c.offset(s)
	}
}

// complete reports whether nothing can be added to a statement any more.
func complete(s *builder.Statement) bool {
	return s.Use == builder.Run || s.Use == builder.Text || s.Use == builder.Final
}

// everything reports an Update or Delete that changes all rows.
func (c *statements) everything(s *builder.Statement) {
	conditions := 0
	for _, call := range s.All("Where") {
		if len(call.Args) == 0 {
			continue
		}
		pred := call.Args[0]
		tv := c.TypesInfo.Types[pred]
		text, constant := c.flow.Text(pred)
		switch what := empty(c.flow, pred); {
		case what == "Or":
			c.report(pred, "an empty Or is never true: the %s changes nothing", s.Kind)
		case what != "":
			c.report(pred, "an empty %s is always true: the %s changes every row; if it is meant to, say Where(\"1 = 1\")", what, s.Kind)
		case tv.IsNil() || constant && text == "":
			continue
		}
		conditions++
	}
	if conditions > 0 || !s.Known || !complete(s) || len(s.Calls) == 0 {
		return
	}
	for _, call := range s.All("Limit", "Suffix", "SuffixExpr", "Prefix", "PrefixExpr") {
		if call.Name == "Limit" || call.Name == "SuffixExpr" {
			return
		}
		if call.Name != "Suffix" || len(call.Args) == 0 {
			continue
		}
		if text, ok := c.flow.Text(call.Args[0]); !ok || strings.Contains(strings.ToUpper(text), "WHERE") {
			return
		}
	}
	at := ast.Node(s.Calls[0].CallExpr)
	if c.function(at) != c.function(s.Node) {
		at = s.Node // other callers of the function that begins it may add a Where
	}
	c.report(at, "%s without Where changes every row; if it is meant to, say Where(\"1 = 1\")", s.Kind)
}

// function returns the declaration around a node.
func (c *statements) function(n ast.Node) ast.Node {
	for ; n != nil; n = c.chains.Parent(n) {
		if decl, ok := n.(ast.Decl); ok {
			return decl
		}
	}
	return nil
}

// offset reports an Offset without a Limit.
func (c *statements) offset(s *builder.Statement) {
	offsets := s.All("Offset")
	if len(offsets) == 0 || len(s.All("Limit", "RemoveOffset", "SuffixExpr")) > 0 {
		return
	}
	for _, call := range s.All("Suffix") {
		if len(call.Args) == 0 {
			return
		}
		if text, ok := c.flow.Text(call.Args[0]); !ok || strings.Contains(strings.ToUpper(text), "LIMIT") {
			return
		}
	}
	if s.OtherDialect {
		return // PostgreSQL accepts it
	}
	call := offsets[0]
	if len(call.Args) == 1 {
		c.report(call.Args[0], "SQLite refuses an Offset without a Limit; Limit(math.MaxInt64) is no limit")
	}
}

// values reports Values of different lengths.
func (c *statements) values(s *builder.Statement) {
	columns, known := 0, s.Known
	for _, call := range s.All("Columns") {
		if call.Ellipsis.IsValid() {
			list, ok := c.flow.Elements(call.Args[len(call.Args)-1])
			columns += len(call.Args) - 1 + len(list)
			known = known && ok
		} else {
			columns += len(call.Args)
		}
		known = known && !call.Maybe
	}
	if len(s.All("SetMap", "Select")) > 0 {
		return
	}
	want, of := 0, ""
	if known && columns > 0 {
		want, of = columns, "Columns names"
	}
	for _, call := range s.All("Values") {
		n := len(call.Args)
		if call.Ellipsis.IsValid() {
			list, ok := c.flow.List(call.Args[n-1])
			if !ok {
				continue
			}
			n += len(list) - 1
		}
		switch {
		case n == 0:
		case want == 0 && !call.Maybe: // only one of two branches is taken
			want, of = n, "the row before it has"
		case want != 0 && n != want:
			c.report(call.Args[0], "the row has %d values, and %s %d", n, of, want)
		}
	}
}

// empty returns the type of a condition without anything in it, or "". A variable
// is empty if nothing is ever put into it.
func empty(v *dataflow.Values, e ast.Expr) string {
	e = ast.Unparen(e)
	switch x := e.(type) {
	case *ast.CompositeLit:
		name := builder.Named(v.Info.TypeOf(x))
		if !conditions[name] && name != "And" && name != "Or" {
			if !anyMap(v.Info.TypeOf(x)) {
				return ""
			}
			name = "map"
		}
		if len(x.Elts) == 0 {
			return name
		}
		if name == "NotEq" && len(x.Elts) == 1 {
			kv, ok := x.Elts[0].(*ast.KeyValueExpr)
			if !ok {
				return ""
			}
			if list, ok := ast.Unparen(kv.Value).(*ast.CompositeLit); ok && len(list.Elts) == 0 {
				if _, slice := v.Info.TypeOf(list).Underlying().(*types.Slice); slice {
					return "list in NotEq"
				}
			}
		}
		if name == "And" && !slices.ContainsFunc(x.Elts, func(e ast.Expr) bool { what := empty(v, e); return what == "" || what == "Or" }) {
			return "And"
		}
	case *ast.CallExpr:
		if id, ok := x.Fun.(*ast.Ident); ok && id.Name == "make" {
			t := v.Info.TypeOf(x)
			switch name := builder.Named(t); {
			case conditions[name]:
				return name
			case anyMap(t):
				return "map"
			case (name == "And" || name == "Or") && isZero(v, x.Args[1]):
				return name
			}
		}
		if tv := v.Info.Types[x.Fun]; tv.IsType() && len(x.Args) == 1 && v.Info.Types[x.Args[0]].IsNil() {
			if name := builder.Named(tv.Type); conditions[name] || name == "And" || name == "Or" {
				return name
			}
		}
	case *ast.Ident:
		obj := v.Object(x)
		if !dataflow.Local(obj) || handed(v, obj) {
			return ""
		}
		as := v.Assignments(obj)
		if len(as) != 1 {
			return ""
		}
		if as[0].Zero {
			if name := builder.Named(obj.Type()); conditions[name] || name == "And" || name == "Or" {
				return name
			}
			return ""
		}
		if as[0].Expr != nil && !as[0].Each && !as[0].Append && as[0].Result == 0 {
			return empty(v, as[0].Expr)
		}
	}
	return ""
}

func isZero(v *dataflow.Values, e ast.Expr) bool {
	value := v.Info.Types[e].Value
	return value != nil && value.ExactString() == "0"
}

// anyMap reports whether t is a map[string]any, which Where treats as an Eq.
func anyMap(t types.Type) bool {
	m, ok := t.(*types.Map)
	return ok && types.Identical(m.Key(), types.Typ[types.String]) && types.IsInterface(m.Elem())
}

// handed reports whether a map goes to a function of the program, which may fill
// it.
func handed(v *dataflow.Values, obj types.Object) bool {
	_, isMap := obj.Type().Underlying().(*types.Map)
	return isMap && v.HandedOn(obj, func(fn *types.Func) bool { return builder.IsSquirrel(fn.Pkg()) })
}
