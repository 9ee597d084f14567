package syntax

// call parses a function call with its FILTER and OVER.
func (p *parser) call() Expr {
	start := p.pos()
	c := &Call{Name: p.name()}
	if p.accept(".") {
		c.Schema, c.Name = c.Name, p.name()
	}
	p.expect("(")
	switch {
	case p.accept("*"):
		c.Star = true
	case !p.is(")"):
		if p.accept("DISTINCT") {
			c.Distinct = true
		} else {
			p.accept("ALL")
		}
		c.Args = list(p, p.expr)
		c.OrderBy = p.orderBy()
	}
	p.expect(")")
	if p.accept("WITHIN", "GROUP", "(") {
		c.OrderBy = p.orderBy()
		p.expect(")")
	}
	if p.accept("FILTER", "(") {
		p.expect("WHERE")
		c.Filter = p.expr()
		p.expect(")")
	}
	if p.is("OVER") && (p.peek(1).Is("(") || p.peek(1).Ident()) {
		p.at++
		if p.is("(") {
			c.Over = p.window()
		} else {
			c.Over = &Window{Name: p.name()}
		}
	}
	c.span = p.span(start)
	return c
}

var (
	windowParts = words("PARTITION ORDER ROWS RANGE GROUPS")
	frameTypes  = words("ROWS RANGE GROUPS")
)

// window parses a parenthesised window definition.
func (p *parser) window() *Window {
	w := &Window{}
	p.expect("(")
	if t := p.peek(0); t.Ident() && !windowParts[upper(t.Text)] {
		w.Name = p.name()
	}
	if p.accept("PARTITION", "BY") {
		w.Partition = list(p, p.expr)
	}
	w.OrderBy = p.orderBy()
	if frameTypes[upper(p.peek(0).Text)] {
		p.at++
		w.HasFrame = true
		p.frame(w)
	}
	p.expect(")")
	return w
}

func (p *parser) frame(w *Window) {
	if p.accept("BETWEEN") {
		p.bound(w)
		p.expect("AND")
	}
	p.bound(w)
	if p.accept("EXCLUDE") && !p.accept("NO", "OTHERS") && !p.accept("CURRENT", "ROW") && !p.accept("GROUP") {
		p.expect("TIES")
	}
}

func (p *parser) bound(w *Window) {
	if p.accept("CURRENT", "ROW") {
		return
	}
	if !p.accept("UNBOUNDED") {
		w.Frame = append(w.Frame, p.expr())
	}
	if !p.accept("PRECEDING") {
		p.expect("FOLLOWING")
	}
}
