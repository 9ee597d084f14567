package verify

import "github.com/dreysql/drey/internal/infer"

// nullCompares warns of a sqlc.narg that is only ever compared by an operator
// that is true for no NULL.
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
		if p.item.param.kind != named || !s.isNarg(p.item.param.name) {
			continue
		}
		name := p.item.param.name
		switch u := uses[p.start]; {
		case u.Kind == infer.Compared && nullNever[u.Op]:
			if compared[name] == nil {
				compared[name] = p
			}
		default:
			handled[name] = true
		}
	}
	for name, p := range compared {
		if !handled[name] {
			s.warn(p.item.start, "write (sqlc.narg("+name+") IS NULL OR …) for an optional condition, IS NOT DISTINCT FROM to find NULL, or sqlc.arg",
				"%s finds nothing when it is NULL: %s is true for no NULL", p.item.text, uses[p.start].Op)
		}
	}
	return true
}

var nullNever = map[string]bool{"=": true, "<>": true, "<": true, "<=": true, ">": true, ">=": true, "IN": true, "BETWEEN": true}

func (s *subject) isNarg(name string) bool {
	for _, p := range s.written.params {
		if p.name == name && p.nullable {
			return true
		}
	}
	return false
}
