package verify

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/project/query"
)

// sliceLengths are the lengths that are tried for slices.
var sliceLengths = []int{1, 0, 2, 3}

// bound: every parameter gets the argument that it should have.
func (s *subject) bound() bool {
	params := s.emitted.params()
	if p := s.leftOut(params); p != nil {
		s.dropped(p)
		return false
	}
	if s.doubled() {
		return false
	}
	args, ok := s.meant(params)
	if !ok {
		return false
	}
	for _, n := range sliceLengths {
		values := valuesOf(s.m.Args, n)
		places, count := simulate(params, s.m.Args, n)
		for i, p := range params {
			if want := wanted(args[i], s.m.Args, n); !equal(valuesAt(places[i], values), want) {
				s.misbound(p, n, describe(s.m.Args, valuesAt(places[i], values)))
				return false
			}
		}
		if len(values) > count {
			s.problem(params[len(params)-1].item.Start, betweenFix,
				"sqlc binds %d arguments to its %d parameters, so that they shift", len(values), count)
			return false
		}
		if !hasSlice(s.m.Args) {
			break
		}
	}
	return true
}

// meant finds the argument that each parameter should have. For a name it is the
// argument of that name. For a question mark it is the one that the parameter has
// while slices have one element; no other parameter may share it.
func (s *subject) meant(params []*pair) ([]int, bool) {
	values := valuesOf(s.m.Args, 1)
	places, _ := simulate(params, s.m.Args, 1)
	meant := make([]int, len(params))
	byKey, owner := map[string]int{}, map[string]*pair{}
	for i, p := range params {
		at := valuesAt(places[i], values)[0].arg
		if at < 0 && p.item.Param.Kind == query.Slice && s.repeated(p.item.Param) {
			s.misbound(p, 1, "nothing")
			return nil, false
		}
		if at < 0 {
			s.problem(p.item.Start, mixFix, "sqlc binds no argument to %s: the Go function has too few", p.item.Text)
			return nil, false
		}
		arg := s.m.Args[at]
		if p.item.Param.Kind == query.Slice != arg.Slice {
			s.misbound(p, 1, arg.Expr)
			return nil, false
		}
		key := p.item.Param.Key()
		if first, seen := byKey[key]; seen && key != "" {
			if s.m.Args[first].Expr != arg.Expr {
				s.misbound(p, 1, arg.Expr)
				return nil, false
			}
		} else if other := owner[arg.Expr]; other != nil {
			s.problem(p.item.Start, mixFix, "sqlc binds %s to both %s and %s", arg.Expr, other.item.Text, p.item.Text)
			return nil, false
		}
		byKey[key], owner[arg.Expr] = at, p
		meant[i] = at
	}
	return meant, s.namesFit(params, meant)
}

// byName finds the argument with the name of each parameter, or -1. That is what
// can be told if the parameters are not all bound.
func (s *subject) byName(params []*pair) []int {
	args := make([]int, len(params))
	for i, p := range params {
		args[i] = -1
		for at, a := range s.m.Args {
			if k := p.item.Param; (k.Kind == query.Named || k.Kind == query.Slice) && plain(a.Name) == s.argName(k) && a.Slice == (k.Kind == query.Slice) {
				args[i] = at
			}
		}
	}
	return args
}

// namesFit: no parameter has got an argument with the name of another parameter.
func (s *subject) namesFit(params []*pair, meant []int) bool {
	byName := map[string]int{}
	for i, p := range params {
		if k := p.item.Param; k.Kind == query.Named || k.Kind == query.Slice {
			byName[s.argName(k)] = meant[i]
		}
	}
	for i, p := range params {
		k := p.item.Param
		if k.Kind != query.Named && k.Kind != query.Slice {
			continue
		}
		arg := s.m.Args[meant[i]]
		if plain(arg.Name) == s.argName(k) {
			continue
		}
		if other, taken := byName[plain(arg.Name)]; taken && other != meant[i] {
			s.misbound(p, 1, arg.Expr)
			return false
		}
	}
	return true
}

// argName returns the name of the argument that sqlc makes for a parameter, in
// plain form. sqlc renames the fields of a struct, but not a single argument.
func (s *subject) argName(p *query.Param) string {
	if len(s.m.Args) == 1 && s.m.ArgsType == nil {
		return plain(p.Name)
	}
	return plain(s.Names.Field(p.Name))
}

// plain returns a name without the differences between SQL and Go.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// misbound reports a parameter that gets what it should not.
func (s *subject) misbound(p *pair, n int, got string) {
	switch {
	case p.item.Param.Kind == query.Slice && s.repeated(p.item.Param):
		s.problem(p.item.Start, jsonEachFix(p.item.Param.Name),
			"sqlc fills in only the first of several sqlc.slice(%s)", p.item.Param.Name)
	case n != 1:
		s.problem(p.item.Start, sliceFix,
			"%s gets the wrong value, because it follows a sqlc.slice: with %s it gets %s", p.item.Text, elements(n), got)
	default:
		s.problem(p.item.Start, mixFix, "%s gets the wrong value: sqlc binds %s", p.item.Text, got)
	}
}

func elements(n int) string {
	if n == 1 {
		return "1 element"
	}
	return fmt.Sprintf("%d elements", n)
}

func (s *subject) repeated(p *query.Param) bool {
	n := 0
	for _, other := range s.written.Params {
		if other.Kind == query.Slice && other.Name == p.Name {
			n++
		}
	}
	return n > 1
}

const (
	mixFix     = "name all parameters (@name), or write ? for all of them"
	betweenFix = "write x >= @from AND x <= @to in place of BETWEEN; sqlc binds each bound once for every table with such a column"
	sliceFix   = "put the conditions with sqlc.slice last, or write ? for every other parameter, each used once"
)

// jsonEachFix is for a list that has to stand in several places.
func jsonEachFix(name string) string {
	return fmt.Sprintf("write x IN (SELECT value FROM json_each(CAST(@%[1]s AS TEXT))) and pass the list as JSON,\n"+
		"or give each sqlc.slice a name of its own and pass the list to each", name)
}
