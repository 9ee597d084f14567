package syntax

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/sqltext"
)

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
