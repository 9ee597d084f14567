package verify

import (
	"fmt"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// dropped reports a parameter that sqlc has not seen, so that the Go function
// has no argument for it.
func (s *subject) dropped(p *param) {
	where, fix := s.habitat(p)
	if where == "" {
		where, fix = "this place", withFix(p, s.typeOf(p))
	}
	if strings.Contains(fix, "WITH p AS") { // sqlc finds no argument for a list after that
		for _, other := range s.written.params {
			if other.kind == slice {
				fix += "; and pass the list as JSON:\n" + fmt.Sprintf("IN (SELECT value FROM json_each(CAST(@%s AS TEXT)))", other.name)
				break
			}
		}
	}
	if number := s.byNumber(p, where); number != "" {
		fix += "\nor " + number
	}
	s.problem(p.start, fix, "sqlc leaves %s out of the Go function: it does not look for parameters in %s", p.text, where)
}

// byNumber is how to have a named parameter where sqlc does not look: declared
// where it does, and taken by its number, which sqlc leaves as it is.
func (s *subject) byNumber(p *param, where string) string {
	if p.kind != named && p.kind != bare {
		return ""
	}
	name, number := p.name, 0 // of named parameters before it
	seen := map[string]bool{}
	for _, other := range s.written.params {
		if other == p {
			break
		}
		switch {
		case other.kind == bare:
			number++
		case other.kind == named && !seen[other.name]:
			seen[other.name] = true
			number++
			if p.kind == named && other.name == name {
				return fmt.Sprintf("write ?%d for it: the parameter number %d, counted by names from the beginning, is %s", number, number, other.text)
			}
		}
	}
	if !strings.HasPrefix(where, "DO UPDATE") {
		return ""
	}
	naming := ""
	if p.kind == bare {
		name, naming = "x", "name all parameters, "
	}
	return fmt.Sprintf("%[4]shave it read before, INSERT … SELECT … FROM (SELECT CAST(@%[1]s AS %[2]s) AS %[1]s) WHERE true ON CONFLICT …,\nand write its number, counted by names from the beginning: ?%[3]d",
		name, s.typeOf(p), number+1, naming)
}

// habitat says in which of the places that sqlc does not look at a parameter
// stands, "" for none, and how else to write that.
func (s *subject) habitat(p *param) (where, fix string) {
	tree, err := syntax.Parse(s.rendered.sql)
	if err != nil {
		return "", ""
	}
	syntax.Visit(tree, func(c syntax.Clause, root ast.Expr) {
		s.pathTo(root, p, func(path []ast.Expr) {
			for _, h := range habitats {
				if h.is(c, path) {
					where, fix = h.where, h.fix(p, s.typeOf(p))
					return
				}
			}
		})
	})
	return where, fix
}

// typeOf is the SQL type that a parameter is meant to have, as far as its use
// tells.
func (s *subject) typeOf(p *param) string {
	tree, err := syntax.Parse(s.rendered.sql)
	if err != nil {
		return "…"
	}
	for _, use := range s.infer.Analyze(tree).Uses {
		if s.rendered.origin(use.Var.Start) != p.start {
			continue
		}
		if o := use.Type.Source(); o.Column != nil {
			return sqlType(classOf(o.Column))
		}
		return sqlType(use.Type.Class)
	}
	return "…"
}

// pathTo calls found with the expressions from the root to the parameter.
func (s *subject) pathTo(root ast.Expr, p *param, found func(path []ast.Expr)) {
	var path []ast.Expr
	var descend func(x ast.Expr)
	descend = func(x ast.Expr) {
		if x == nil {
			return
		}
		path = append(path, x)
		if v, ok := x.(*ast.BindParam); ok && s.rendered.origin(v.Start) == p.start {
			found(path)
		}
		for _, c := range syntax.Children(x) {
			descend(c)
		}
		path = path[:len(path)-1]
	}
	descend(root)
}
