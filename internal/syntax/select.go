package syntax

import "github.com/dreysql/drey/internal/sqltext"

// compound lists the operators between the cores of a select, longest first.
var compound = [][]string{{"UNION", "ALL"}, {"UNION"}, {"INTERSECT"}, {"EXCEPT"}}

func (p *parser) selectStmt(with *With) *Select {
	defer p.deeper()()
	s := &Select{Pos: p.pos(), With: with, Cores: []*Core{p.core()}}
next:
	for _, op := range compound {
		if p.accept(op...) {
			name := op[0]
			if len(op) == 2 {
				name = "UNION ALL"
			}
			s.Ops = append(s.Ops, name)
			s.Cores = append(s.Cores, p.core())
			goto next
		}
	}
	s.OrderBy = p.orderBy()
	s.Limit, s.Offset = p.limit()
	return s
}

func (p *parser) core() *Core {
	c := &Core{Pos: p.pos()}
	if p.accept("VALUES") {
		c.Values = list(p, func() []Expr { return parens(p, p.expr) })
		return c
	}
	p.expect("SELECT")
	if p.accept("DISTINCT") {
		c.Distinct = true
	} else {
		p.accept("ALL")
	}
	c.Columns = list(p, p.resultColumn)
	if p.accept("FROM") {
		c.From = p.from()
	}
	if p.accept("WHERE") {
		c.Where = p.expr()
	}
	if p.accept("GROUP", "BY") {
		c.GroupBy = list(p, p.expr)
	}
	if p.accept("HAVING") {
		c.Having = p.expr()
	}
	if p.is("WINDOW") && p.peek(2).Is("AS") {
		p.at++
		c.Windows = list(p, func() *Window {
			name := p.name()
			p.expect("AS")
			w := p.window()
			w.Name = name
			return w
		})
	}
	return c
}

func (p *parser) resultColumn() ResultColumn {
	c := ResultColumn{Pos: p.pos()}
	switch {
	case p.accept("*"):
		c.Star = true
	case p.peek(0).Ident() && p.peek(1).Is(".") && p.peek(2).Is("*"):
		c.Star, c.Table = true, p.name()
		p.at += 2
	default:
		c.Expr = p.expr()
		c.Alias = p.alias(columnEnd)
	}
	c.End = p.last()
	return c
}

// alias takes "AS name" or a bare name that is no word of the set, which may
// follow there.
func (p *parser) alias(stop map[string]bool) string {
	if p.accept("AS") {
		return p.name()
	}
	t := p.peek(0)
	if t.Kind == sqltext.Quoted || t.Kind == sqltext.String || t.Kind == sqltext.Word && !stop[upper(t.Text)] {
		return p.name()
	}
	return ""
}

// The words that may follow a result column and a table. None of them can be
// a bare alias in SQLite.
var (
	columnEnd = words("FROM WHERE GROUP HAVING WINDOW ORDER LIMIT UNION INTERSECT EXCEPT ON RETURNING")
	tableEnd  = words("WHERE GROUP HAVING WINDOW ORDER LIMIT UNION INTERSECT EXCEPT ON USING JOIN INNER LEFT RIGHT FULL OUTER CROSS NATURAL INDEXED NOT SET RETURNING DO VALUES SELECT DEFAULT WITH")
)

func (p *parser) orderBy() []Expr {
	if !p.accept("ORDER", "BY") {
		return nil
	}
	return list(p, p.orderingTerm)
}

func (p *parser) orderingTerm() Expr {
	x := p.expr()
	if !p.accept("ASC") {
		p.accept("DESC")
	}
	if p.accept("NULLS") && !p.accept("FIRST") {
		p.expect("LAST")
	}
	return x
}

// limit parses LIMIT n [OFFSET m] and LIMIT m, n.
func (p *parser) limit() (limit, offset Expr) {
	if !p.accept("LIMIT") {
		return nil, nil
	}
	limit = p.expr()
	switch {
	case p.accept("OFFSET"):
		offset = p.expr()
	case p.accept(","):
		offset, limit = limit, p.expr()
	}
	return limit, offset
}
