package syntax

import "github.com/dreysql/drey/internal/sqltext"

// maxDepth is how deep expressions and selects may nest. SQLite's own limit on
// an expression is 1000.
const maxDepth = 1000

// Error is a statement that the parser does not understand.
type Error struct {
	Pos int // byte offset
	Msg string
}

// Error returns the message without the position.
func (e *Error) Error() string { return e.Msg }

// Parse parses one statement, with or without its final semicolon. The error is
// an *Error.
func Parse(sql string) (stmt Stmt, err error) {
	p := &parser{tokens: sqltext.Significant(sql), end: len(sql)}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			stmt, err = nil, e
		}
	}()
	stmt = p.statement()
	p.accept(";")
	if !p.done() {
		p.fail("a second statement or trailing text")
	}
	return stmt, nil
}

func (p *parser) statement() Stmt {
	if p.accept("CREATE") {
		return p.createView()
	}
	return p.query()
}

func (p *parser) createView() Stmt {
	if !p.accept("TEMP") {
		p.accept("TEMPORARY")
	}
	p.expect("VIEW")
	p.accept("IF", "NOT", "EXISTS")
	v := &CreateView{Name: p.name()}
	if p.accept(".") {
		v.Name = p.name()
	}
	if p.is("(") {
		v.Columns = parens(p, p.name)
	}
	p.expect("AS")
	v.Select = p.selectStmt(p.with())
	return v
}

// query parses a statement that a CTE may hold too.
func (p *parser) query() Stmt {
	with := p.with()
	switch {
	case p.is("INSERT"), p.is("REPLACE"):
		return p.insert(with)
	case p.is("UPDATE"):
		return p.update(with)
	case p.is("DELETE"):
		return p.delete(with)
	}
	return p.selectStmt(with)
}

func (p *parser) with() *With {
	if !p.accept("WITH") {
		return nil
	}
	w := &With{}
	if p.is("RECURSIVE") && !p.peek(1).Is("AS") && !p.peek(1).Is("(") {
		p.at++
		w.Recursive = true
	}
	w.CTEs = list(p, p.cte)
	return w
}

func (p *parser) cte() *CTE {
	c := &CTE{Pos: p.pos(), Name: p.name()}
	if p.is("(") {
		c.Columns = parens(p, p.name)
	}
	p.expect("AS")
	if !p.accept("NOT", "MATERIALIZED") {
		p.accept("MATERIALIZED")
	}
	p.expect("(")
	defer p.deeper()()
	c.Body = p.query()
	p.expect(")")
	return c
}
