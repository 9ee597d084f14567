package verify

import (
	"fmt"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/infer"
)

// nullCompares warns about a sqlc.narg that is only compared by operators that are
// never true for NULL.
func (s *subject) nullCompares() bool {
	if s.info == nil {
		return true
	}
	handled := map[string]bool{}
	compared := map[string]*pair{}
	uses := map[int]infer.Use{}
	for _, u := range s.info.Uses {
		uses[u.Var.Start] = u
	}
	for _, p := range s.emitted.params() {
		if p.item.Param.Kind != query.Named || !s.isNarg(p.item.Param.Name) {
			continue
		}
		name := p.item.Param.Name
		switch u := uses[p.start]; {
		case u.Kind == infer.Compared && nullNever[u.Op] && !u.Fallback:
			if compared[name] == nil {
				compared[name] = p
			}
		default:
			handled[name] = true
		}
	}
	for name, p := range compared {
		if handled[name] {
			continue
		}
		u := uses[p.start]
		typ := sqlType(u.Type.Class)
		if c := u.Type.Column; c != nil && c.Type != "" {
			typ = c.Type
		}
		s.warn(p.item.Start, fmt.Sprintf("write (CAST(%s AS %s) IS NULL OR …) for an optional condition, IS in place of = to find NULL, or sqlc.arg", p.item.Text, typ),
			"%s finds nothing when it is NULL: %s is true for no NULL", p.item.Text, u.Op)
	}
	return true
}

var nullNever = map[string]bool{"=": true, "<>": true, "<": true, "<=": true, ">": true, ">=": true, "IN": true, "BETWEEN": true}

func (s *subject) isNarg(name string) bool {
	for _, p := range s.written.Params {
		if p.Name == name && p.Nullable {
			return true
		}
	}
	return false
}
