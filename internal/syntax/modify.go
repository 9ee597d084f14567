package syntax

func (p *parser) insert(with *With) Stmt {
	in := &Insert{With: with}
	if p.accept("INSERT") {
		if p.accept("OR") {
			p.name()
		}
	} else {
		p.expect("REPLACE")
	}
	p.expect("INTO")
	in.Table = p.tableName()
	if p.accept("AS") {
		in.Table.Alias = p.name()
	}
	if p.is("(") {
		in.Columns = parens(p, p.name)
	}
	if !p.accept("DEFAULT", "VALUES") {
		in.Rows = p.selectStmt(p.with())
	}
	for p.is("ON", "CONFLICT") {
		in.Upserts = append(in.Upserts, p.upsert())
	}
	in.Returning = p.returning()
	return in
}

func (p *parser) upsert() *Upsert {
	u := &Upsert{Pos: p.pos()}
	p.expect("ON", "CONFLICT")
	if p.is("(") {
		u.Target = parens(p, p.orderingTerm)
		if p.accept("WHERE") {
			u.TargetWhere = p.expr()
		}
	}
	p.expect("DO")
	if p.accept("NOTHING") {
		return u
	}
	p.expect("UPDATE", "SET")
	u.Set = list(p, p.assignment)
	if p.accept("WHERE") {
		u.Where = p.expr()
	}
	return u
}

func (p *parser) assignment() Assignment {
	a := Assignment{Pos: p.pos()}
	if p.is("(") {
		a.Columns = parens(p, p.name)
	} else {
		a.Columns = []string{p.name()}
	}
	p.expect("=")
	a.Value = p.expr()
	return a
}

func (p *parser) update(with *With) Stmt {
	u := &Update{With: with}
	p.expect("UPDATE")
	if p.is("OR") {
		p.at += 2
	}
	u.Table = p.target()
	p.expect("SET")
	u.Set = list(p, p.assignment)
	if p.accept("FROM") {
		u.From = p.from()
	}
	if p.accept("WHERE") {
		u.Where = p.expr()
	}
	u.Returning = p.returning()
	u.OrderBy = p.orderBy()
	u.Limit, u.Offset = p.limit()
	return u
}

func (p *parser) delete(with *With) Stmt {
	d := &Delete{With: with}
	p.expect("DELETE", "FROM")
	d.Table = p.target()
	if p.accept("WHERE") {
		d.Where = p.expr()
	}
	d.Returning = p.returning()
	d.OrderBy = p.orderBy()
	d.Limit, d.Offset = p.limit()
	return d
}

// target is the table that an UPDATE or DELETE changes.
func (p *parser) target() *Table {
	t := p.tableName()
	t.Alias = p.alias(tableEnd)
	p.indexed()
	return t
}

func (p *parser) returning() []ResultColumn {
	if !p.accept("RETURNING") {
		return nil
	}
	return list(p, p.resultColumn)
}
