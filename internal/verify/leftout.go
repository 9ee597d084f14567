package verify

// doubled reports an argument that is bound twice, whose parameters are then
// one too few.
func (s *subject) doubled() bool {
	seen := map[string]bool{}
	for _, a := range s.m.Args {
		if !seen[a.Expr] {
			seen[a.Expr] = true
			continue
		}
		offset := 0
		for _, p := range s.written.params {
			if plain(p.name) == plain(a.Name) {
				offset = p.start
			}
		}
		s.problem(offset, betweenFix, "sqlc binds %s twice, so that all after it shift", a.Expr)
		return true
	}
	return false
}

// leftOut finds a parameter that sqlc has made no argument for: one that it
// left in the text, one whose name no argument has, or, with question marks, one
// in a place where sqlc is known to look for none.
func (s *subject) leftOut(params []*pair) *param {
	have, need := map[string]bool{}, map[string]bool{}
	for _, a := range s.m.Args {
		have[plain(a.Name)] = true
	}
	missing := -len(have)
	for _, p := range params {
		if !p.replaced() {
			return p.item.param
		}
		if key := p.item.param.key(); key == "" || !need[key] {
			need[key] = true
			missing++
		}
	}
	if missing <= 0 || len(params) == 0 {
		return nil
	}
	for _, p := range params {
		k := p.item.param
		if (k.kind == named || k.kind == slice) && !have[s.argName(k)] {
			return k
		}
	}
	for _, p := range params {
		if where, _ := s.habitat(p.item.param); where != "" {
			return p.item.param
		}
	}
	return nil
}
