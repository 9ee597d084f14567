package ids

import "strings"

type (
	base     = string
	MemberID base
	Weight   float64
	Path     struct{ steps []string }
)

func (p *Path) Scan(v any) error { p.steps = strings.Split(v.(string), "/"); return nil }
