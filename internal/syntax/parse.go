package syntax

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/sqltext"
)

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

// parser is a recursive descent over the significant tokens. It gives up by
// panicking with an *Error, which Parse turns into an error.
type parser struct {
	tokens []sqltext.Token
	at     int
	end    int // length of the text
	depth  int
}

func (p *parser) fail(format string, args ...any) {
	pos, found := p.end, "the end"
	if !p.done() {
		pos, found = p.tokens[p.at].Start, p.tokens[p.at].Text
	}
	panic(&Error{Pos: pos, Msg: fmt.Sprintf("%s, at %q", fmt.Sprintf(format, args...), found)})
}

func (p *parser) done() bool { return p.at >= len(p.tokens) }

// peek returns the token n places ahead, the zero token behind the end.
func (p *parser) peek(n int) sqltext.Token {
	if p.at+n < len(p.tokens) {
		return p.tokens[p.at+n]
	}
	return sqltext.Token{Start: p.end}
}

// pos is the offset of the next token.
func (p *parser) pos() int { return p.peek(0).Start }

// last is the offset behind the token just taken.
func (p *parser) last() int {
	if p.at == 0 {
		return 0
	}
	return p.tokens[p.at-1].End()
}

func (p *parser) take() sqltext.Token {
	t := p.peek(0)
	if p.done() {
		p.fail("more text is expected")
	}
	p.at++
	return t
}

// is reports whether the next tokens are these words or operators.
func (p *parser) is(texts ...string) bool {
	for i, text := range texts {
		if !p.peek(i).Is(text) {
			return false
		}
	}
	return true
}

// accept takes the tokens if they are there.
func (p *parser) accept(texts ...string) bool {
	if !p.is(texts...) {
		return false
	}
	p.at += len(texts)
	return true
}

func (p *parser) expect(texts ...string) {
	if !p.accept(texts...) {
		p.fail("%s is expected", strings.Join(texts, " "))
	}
}

// name takes an identifier; SQLite takes a string for one as well.
func (p *parser) name() string {
	t := p.peek(0)
	if !t.Ident() && t.Kind != sqltext.String {
		p.fail("a name is expected")
	}
	p.at++
	return t.Name()
}

// deeper guards against nesting without end; use as defer p.deeper()().
func (p *parser) deeper() func() {
	if p.depth++; p.depth > maxDepth {
		p.fail("nested too deeply")
	}
	return func() { p.depth-- }
}

// list parses items between commas.
func list[T any](p *parser, item func() T) []T {
	items := []T{item()}
	for p.accept(",") {
		items = append(items, item())
	}
	return items
}

// parens parses items between commas and parentheses.
func parens[T any](p *parser, item func() T) []T {
	p.expect("(")
	items := list(p, item)
	p.expect(")")
	return items
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
