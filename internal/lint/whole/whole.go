// Package whole decides reports that depend on the other packages of a program.
//
// Facts go from a package to those that import it. Who calls an exported function, or
// sets an exported variable, is known only when all packages have been looked at: a
// package then says what a report depends on by a [Question], and every package that may
// have a part in it gives an [Answer]. An answer may have questions itself. A report is
// dropped if nothing that it depends on, however far away, is text from outside.
package whole

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/objectpath"
)

// Kind says what a question is about.
type Kind byte

// The kinds of question.
const (
	Parameter   Kind = iota + 1 // what the calls of a function hand in
	Result                      // what a function returns
	Variable                    // what is assigned to a package variable
	Field                       // what is assigned to a field, whatever struct it is in
	Implemented                 // what the methods return that a method of an interface may be
	Invoked                     // what a method is handed where it is called through an interface
	Called                      // what functions that are values of a type are handed where they are called
	Valued                      // the same, if nothing but the module calls them
)

// Question asks whether text is made of constants. Equal questions have an equal answer.
type Question struct {
	Kind    Kind
	Package string          // the import path of the object's package
	Object  objectpath.Path // a function, a method or a variable; "" of functions that are values
	Name    string          // see Name, and ValueName
	Index   int             // of the parameter, with the receiver as the first, or of the result
	Path    string          // leads from the value to a text in it
}

// Answer is what one package says to a question.
type Answer struct {
	Found int  // calls, results or assignments that it has
	Bad   bool // one of them is text from outside, or cannot be followed
	Asks  []Need
}

// Need is what something depends on: a question or, where that has a bad answer, another
// one. The zero Question is none.
type Need struct {
	Question, Or Question
	// Option: it is about a parameter that gets to a field or a variable. If nobody calls
	// the function, it does not matter.
	Option bool
}

// Condition is what a report depends on.
type Condition struct {
	Pos     token.Pos
	Message string
	On      []Need
	// Otherwise is reported instead if the report is dropped.
	Otherwise []analysis.Diagnostic
	// Only is reported by this analyzer if it is found out that it is not to be dropped.
	// Nothing is reported before that.
	Only     *analysis.Diagnostic
	Analyzer string
}

// Package is the result of an analyzer whose package has such reports.
type Package interface {
	Conditions() []Condition
	Answer(Question) Answer
}

// Name is the name by which packages refer to a function, a method, a variable or a field.
// That of
// a method has the types of its parameters and results, since interfaces have it as well.
// Where these depend on type parameters, it is loose: it fits each method of that name.
func Name(obj types.Object) (name string, loose bool) {
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		return obj.Pkg().Path() + "#" + obj.Name(), false
	}
	fn, ok := obj.(*types.Func)
	if !ok || fn.Signature().Recv() == nil {
		return obj.Pkg().Path() + "." + obj.Name(), false
	}
	sig := fn.Origin().Signature()
	if sig.RecvTypeParams().Len() > 0 || parametrized(sig.Recv().Type()) {
		return "." + fn.Name(), true
	}
	return "." + fn.Name() + inAndOut(sig), false
}

// inAndOut are the types of the parameters and results of a function.
func inAndOut(sig *types.Signature) string {
	var b strings.Builder
	for _, list := range []*types.Tuple{sig.Params(), sig.Results()} {
		b.WriteByte('(')
		for v := range list.Variables() {
			b.WriteString(types.TypeString(v.Type(), nil) + ",")
		}
		b.WriteByte(')')
	}
	return fmt.Sprint(b.String(), sig.Variadic())
}

// parametrized reports whether a receiver is of a generic interface.
func parametrized(t types.Type) bool {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.TypeParams().Len() > 0
}

// Mentions are hashes of what the files of a package refer to: of exported functions and
// variables, and of methods, those that it declares among them.
type Mentions []uint64

// MentionsOf collects what a package of a module refers to.
func MentionsOf(info *types.Info, module string) (list Mentions) {
	done := map[types.Object]bool{}
	add := func(obj types.Object) {
		if v, ok := obj.(*types.Var); ok {
			obj = v.Origin()
		}
		fn, isFunc := obj.(*types.Func)
		if isFunc {
			obj = fn.Origin()
		}
		if obj == nil || obj.Pkg() == nil || done[obj] {
			return
		}
		done[obj] = true
		v, isVar := obj.(*types.Var)
		method := isFunc && fn.Signature().Recv() != nil
		if !method && (!obj.Exported() || !isFunc && !(isVar && (v.IsField() || obj.Parent() == obj.Pkg().Scope()))) {
			return
		}
		name, loose := Name(obj)
		if loose {
			list = append(list, hash("*"+name))
		} else {
			list = append(list, hash(name))
		}
		if method {
			list = append(list, hash("."+obj.Name()))
		}
	}
	for _, obj := range info.Uses {
		add(obj)
	}
	for _, obj := range info.Defs {
		if fn, ok := obj.(*types.Func); ok && fn.Signature().Recv() != nil {
			if name, loose := Name(fn); loose {
				list = append(list, hash("declares *"+name))
			} else {
				list = append(list, hash("declares "+name))
			}
		}
	}
	for m := range ForeignMethods(info, module) {
		list = append(list, hash("foreign ."+m.Name()))
	}
	for e := range info.Types {
		if lit, ok := e.(*ast.CompositeLit); ok && len(lit.Elts) > 0 {
			if s, ok := info.TypeOf(lit).Underlying().(*types.Struct); ok {
				for f := range s.Fields() { // they may stand there without their names
					add(f)
				}
			}
		}
	}
	for name := range valuesIn(info) {
		list = append(list, hash(name))
	}
	for owner := range Decoded(info) {
		list = append(list, hash("decoded "+owner))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Has reports whether a package may have a part in the answer to a question.
func (m Mentions) Has(q Question) bool {
	has := func(name string) bool {
		_, ok := slices.BinarySearch(m, hash(name))
		return ok
	}
	if q.Object == "" && (q.Kind == Called || q.Kind == Valued) {
		name, _, _ := strings.Cut(q.Name, "|")
		return has(name)
	}
	if q.Kind == Implemented {
		method, _, isMethod := strings.Cut(q.Name, "(")
		return isMethod && (has("declares "+q.Name) || has("declares *"+method) || has("foreign "+method))
	}
	if has(q.Name) || q.Kind == Field && has("decoded "+q.Owner()) {
		return true
	}
	method, _, isMethod := strings.Cut(q.Name, "(")
	return isMethod && strings.HasPrefix(method, ".") && has("*"+method)
}

func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// deepest limits how far questions lead to others, most how many there are in all.
// Reports that need more are kept.
const deepest, most = 16, 4000

// Solve says which reports are dropped, of what each depends on. ask gets questions that
// nobody has asked before, and returns their answers, of all packages at once, in the
// same order.
func Solve(reports [][]Need, ask func([]Question) ([]Answer, error)) (dropped []bool, err error) {
	s := known{answers: map[Question]Answer{}, bad: map[Question]bool{}}
	for round := 0; ; round++ {
		for changed := true; changed; {
			changed = false
			for q, a := range s.answers {
				if !s.bad[q] && (a.Bad || a.Found == 0 || !s.good(a.Asks)) {
					s.bad[q], changed = true, true
				}
			}
		}
		dropped = make([]bool, len(reports))
		next := map[Question]bool{}
		for i, on := range reports {
			if len(on) > 0 && s.good(on) {
				dropped[i] = !s.open(on, next)
			}
		}
		if len(next) == 0 || round == deepest || len(s.answers)+len(next) > most {
			return dropped, nil
		}
		list := slices.SortedFunc(maps.Keys(next), func(a, b Question) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		given, err := ask(list)
		if err != nil {
			return nil, err
		}
		for i, q := range list {
			s.answers[q] = given[i]
		}
	}
}

// known is what Solve knows.
type known struct {
	answers map[Question]Answer
	bad     map[Question]bool
}

// idle reports whether a need is about a function that nobody calls, and that does not
// matter.
func (k known) idle(n Need) bool {
	a, answered := k.answers[n.Question]
	return n.Option && answered && a.Found == 0 && !a.Bad
}

// good reports whether no need is known to fail.
func (k known) good(needs []Need) bool {
	return !slices.ContainsFunc(needs, func(n Need) bool {
		return k.bad[n.Question] && !k.idle(n) && (n.Or == Question{} || k.bad[n.Or])
	})
}

// open adds the questions that needs lead to and that have no answer. It reports whether
// there are any.
func (k known) open(needs []Need, next map[Question]bool) (some bool) {
	seen := map[Question]bool{}
	for list := slices.Clone(needs); len(list) > 0; {
		n := list[0]
		list = list[1:]
		q := n.Question
		if k.bad[q] {
			q = n.Or
		}
		if seen[q] || k.idle(n) {
			continue
		}
		seen[q] = true
		if a, answered := k.answers[q]; answered {
			list = append(list, a.Asks...)
		} else {
			next[q], some = true, true
		}
	}
	return some
}
