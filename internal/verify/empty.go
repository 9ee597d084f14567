package verify

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/syntax"
)

// emptySlices: no condition depends on what an IN with an empty sqlc.slice is.
// sqlc makes it IN (NULL), which is not false but NULL: that does for AND and OR,
// but NOT of it is NULL again, so that nothing is found where everything should
// be (sqlc 3451).
func (s *subject) emptySlices() bool {
	if s.tree == nil {
		return true
	}
	syntax.Visit(s.tree, func(c syntax.Clause, root syntax.Expr) {
		sense := isFalse
		if values[c] {
			sense = isNull
		}
		s.emptyIn(root, nil, sense)
	})
	return true
}

// looseSlices: a sqlc.slice stands in a list. Elsewhere it is right for one
// element alone, and SQLite refuses two when it runs.
func (s *subject) looseSlices() {
	if s.tree == nil {
		return
	}
	syntax.Visit(s.tree, func(c syntax.Clause, root syntax.Expr) {
		for _, p := range s.emitted.params() {
			if p.item.param.kind != slice {
				continue
			}
			var parent syntax.Expr
			found := false
			syntax.Walk(root, func(x syntax.Expr) bool {
				for _, child := range syntax.Children(x) {
					if start, _ := child.Span(); start == p.start && isVariable(child) {
						parent, found = x, true
					}
				}
				return !found
			})
			start, _ := root.Span()
			alone := isVariable(root) && start == p.start && c != syntax.ArgumentClause
			switch parent.(type) {
			case *syntax.In, *syntax.Call:
			default:
				if found || alone {
					s.problem(p.item.start, fmt.Sprintf("write x IN (sqlc.slice('%s'))", p.item.param.name),
						"%s stands for a list, but there is no list here: with other than one element SQLite refuses it", p.item.text)
				}
			}
		}
	})
}

func isVariable(x syntax.Expr) bool {
	_, ok := x.(*syntax.Variable)
	return ok
}

// values are the clauses in which an expression's value is used, and not only
// whether it is true.
var values = map[syntax.Clause]bool{
	syntax.ResultClause: true, syntax.ReturningClause: true, syntax.ArgumentClause: true, syntax.GroupByClause: true,
	syntax.WindowClause: true, syntax.OrderByClause: true, syntax.ValuesClause: true, syntax.SetClause: true, syntax.UpsertSet: true,
}

// sense is what NULL means where an expression stands.
type sense uint8

const (
	isNull  sense = iota // something of its own
	isFalse              // the same as false
	caught               // what it is replaced by, as coalesce does
)

// emptyIn looks for an IN with a slice that is wrong where the slice is empty.
func (s *subject) emptyIn(x, parent syntax.Expr, sense sense) {
	if in, ok := x.(*syntax.In); ok {
		name := s.sliceIn(in)
		if name != "" && sense != caught && (in.Not || sense == isNull) {
			s.problem(s.origin(in.Start), s.emptyFix(in, parent, name),
				"with an empty sqlc.slice(%s) this is NULL and not %t: sqlc makes it IN (NULL)", name, in.Not)
			return
		}
	}
	for _, c := range syntax.Children(x) {
		s.emptyIn(c, x, below(x, c, sense))
	}
}

func (s *subject) emptyFix(in *syntax.In, parent syntax.Expr, name string) string {
	from, to := s.emitted.span(in.X.Span())
	text := fmt.Sprintf("write (%s IN (sqlc.slice('%s'))) IS ", s.written.text[from:to], name)
	if not, ok := parent.(*syntax.Unary); ok && not.Op == "NOT" {
		return text + "NOT TRUE in place of NOT"
	}
	if in.Not {
		return text + "NOT TRUE"
	}
	return text + "TRUE"
}

// below is the sense of NULL in a child of x.
func below(x, child syntax.Expr, here sense) sense {
	switch x := x.(type) {
	case *syntax.Binary:
		switch x.Op {
		case "AND", "OR":
			return here
		case "IS", "IS NOT":
			if l, ok := x.R.(*syntax.Literal); ok && l.Kind == syntax.BoolLiteral && strings.EqualFold(l.Text, "true") {
				return isFalse
			}
		}
	case *syntax.Case:
		for _, w := range x.Whens {
			if w.Cond == child && x.Operand == nil {
				return isFalse
			}
			if w.Result == child {
				return here
			}
		}
		if x.Else == child {
			return here
		}
	case *syntax.Call:
		switch name := fold(x.Name); {
		case x.Filter == child:
			return isFalse
		case name == "iif" || name == "if":
			if x.Args[0] == child {
				return isFalse
			}
			return here
		case name == "coalesce" || name == "ifnull":
			return caught
		}
	}
	return isNull
}

// sliceIn is the name of the slice that an IN has for its list.
func (s *subject) sliceIn(in *syntax.In) string {
	for _, item := range in.List {
		start, _ := item.Span()
		for _, p := range s.emitted.params() {
			if p.start == start && p.item.param.kind == slice {
				return p.item.param.name
			}
		}
	}
	return ""
}
