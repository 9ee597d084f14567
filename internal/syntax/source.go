package syntax

// from parses the sources of a FROM clause, joined from left to right.
func (p *parser) from() Source {
	left := p.tableOrSubquery()
	for {
		j := &Join{Pos: p.pos()}
		if !p.joinOperator(j) {
			return left
		}
		j.Left, j.Right = left, p.tableOrSubquery()
		switch {
		case p.accept("ON"):
			j.On = p.expr()
		case p.is("USING") && p.peek(1).Is("("):
			p.at++
			j.Using = parens(p, p.name)
		}
		left = j
	}
}

// joinOperator takes a comma or a JOIN with the words before it.
func (p *parser) joinOperator(j *Join) bool {
	if p.accept(",") {
		return true
	}
	var left, right bool
	for n := 0; ; n++ {
		switch t := p.peek(n); {
		case t.Is("JOIN"):
			p.at += n + 1
			j.Kind = joinKind(left, right)
			return true
		case t.Is("NATURAL"):
			j.Natural = true
		case t.Is("LEFT"):
			left = true
		case t.Is("RIGHT"):
			right = true
		case t.Is("FULL"):
			left, right = true, true
		case t.Is("OUTER"), t.Is("INNER"), t.Is("CROSS"):
		default:
			return false
		}
	}
}

func joinKind(left, right bool) JoinKind {
	switch {
	case left && right:
		return FullJoin
	case left:
		return LeftJoin
	case right:
		return RightJoin
	}
	return InnerJoin
}

func (p *parser) tableOrSubquery() Source {
	pos := p.pos()
	if !p.accept("(") {
		t := p.tableName()
		if p.accept("(") {
			t.Call = true
			if !p.is(")") {
				t.Args = list(p, p.expr)
			}
			p.expect(")")
		}
		t.Alias = p.alias(tableEnd)
		p.indexed()
		return t
	}
	defer p.deeper()()
	if p.is("SELECT") || p.is("VALUES") || p.is("WITH") {
		d := &Derived{Pos: pos, Select: p.selectStmt(p.with())}
		p.expect(")")
		d.Alias = p.alias(tableEnd)
		return d
	}
	inner := p.from()
	p.expect(")")
	if alias := p.alias(tableEnd); alias != "" {
		return &Derived{Pos: pos, Alias: alias, Select: &Select{Pos: pos, Cores: []*Core{{
			Pos: pos, From: inner, Columns: []ResultColumn{{Pos: pos, End: pos, Star: true}},
		}}}}
	}
	return inner
}

// tableName takes name or schema.name.
func (p *parser) tableName() *Table {
	t := &Table{Pos: p.pos(), Name: p.name()}
	if p.accept(".") {
		t.Schema, t.Name = t.Name, p.name()
	}
	return t
}

// indexed takes INDEXED BY name and NOT INDEXED, which mean nothing here.
func (p *parser) indexed() {
	if p.accept("INDEXED", "BY") {
		p.name()
		return
	}
	p.accept("NOT", "INDEXED")
}
