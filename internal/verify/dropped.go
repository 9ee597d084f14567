package verify

import (
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// dropped reports a parameter that sqlc has not seen, so that the Go function does
// not have an argument for it.
func (s *subject) dropped(p *query.Param) {
	where, fix := sqlc.Unseen(s.toSQLC(), p)
	if where == "" {
		where = "this place"
	}
	s.problem(p.Start, fix, "sqlc leaves %s out of the Go function: it does not look for parameters in %s", p.Text, where)
}

// toSQLC returns the query in the form in which package sqlc explains it.
func (s *subject) toSQLC() *sqlc.Query {
	q := &sqlc.Query{Written: s.written, Plain: s.rendered, Schema: s.Schema, TypeOf: s.typeOf}
	if tree, err := syntax.Parse(s.rendered.SQL); err == nil {
		q.Tree = tree
	}
	return q
}

// typeOf returns the SQL type that a parameter should have, as far as its use
// tells.
func (s *subject) typeOf(p *query.Param) string {
	tree, err := syntax.Parse(s.rendered.SQL)
	if err != nil {
		return "…"
	}
	for _, use := range s.infer.Analyze(tree).Uses {
		if s.rendered.Origin(use.Var.Start) != p.Start {
			continue
		}
		if o := use.Type.Source(); o.Column != nil {
			return sqlType(classOf(o.Column))
		}
		return sqlType(use.Type.Class)
	}
	return "…"
}

// doubled reports an argument that is bound twice, so that there is one parameter
// too few.
func (s *subject) doubled() bool {
	seen := map[string]bool{}
	for _, a := range s.m.Args {
		if !seen[a.Expr] {
			seen[a.Expr] = true
			continue
		}
		offset := 0
		for _, p := range s.written.Params {
			if plain(p.Name) == plain(a.Name) {
				offset = p.Start
			}
		}
		s.problem(offset, betweenFix, "sqlc binds %s twice, so that all after it shift", a.Expr)
		return true
	}
	return false
}

// leftOut finds a parameter for which sqlc did not make an argument: one that it
// left in the text, one whose name is not that of an argument, or, with question
// marks, one in a place where sqlc is known not to look.
func (s *subject) leftOut(params []*pair) *query.Param {
	have, need := map[string]bool{}, map[string]bool{}
	for _, a := range s.m.Args {
		have[plain(a.Name)] = true
	}
	missing := -len(have)
	for _, p := range params {
		if !p.replaced() {
			return p.item.Param
		}
		if key := p.item.Param.Key(); key == "" || !need[key] {
			need[key] = true
			missing++
		}
	}
	if missing <= 0 || len(params) == 0 {
		return nil
	}
	for _, p := range params {
		k := p.item.Param
		if (k.Kind == query.Named || k.Kind == query.Slice) && !have[s.argName(k)] {
			return k
		}
	}
	q := s.toSQLC()
	for _, p := range params {
		if where, _ := sqlc.Unseen(q, p.item.Param); where != "" {
			return p.item.Param
		}
	}
	return nil
}
