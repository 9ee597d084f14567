package syntax

import (
	"strings"

	"github.com/dreysql/drey/internal/sqltext"
)

// The binding powers of SQLite's operators, weakest first.
const (
	precOr = iota + 1
	precAnd
	precNot
	precEqual // = <> IS IN LIKE BETWEEN ISNULL …
	precCompare
	precEscape
	precBits
	precAdd
	precMultiply
	precConcat
	precCollate
	precUnary
)

// binary maps the operators that stand between two operands, and nothing else,
// to their binding power.
var binary = map[string]int{
	"OR": precOr, "AND": precAnd,
	"=": precEqual, "==": precEqual, "<>": precEqual, "!=": precEqual,
	"<": precCompare, "<=": precCompare, ">": precCompare, ">=": precCompare,
	"&": precBits, "|": precBits, "<<": precBits, ">>": precBits,
	"+": precAdd, "-": precAdd,
	"*": precMultiply, "/": precMultiply, "%": precMultiply,
	"||": precConcat, "->": precConcat, "->>": precConcat,
}

var canonical = map[string]string{"==": "=", "!=": "<>"}

func (p *parser) expr() Expr { return p.climb(precOr) }

// climb parses an expression of operators that bind at least as strongly as
// prec.
func (p *parser) climb(prec int) Expr {
	defer p.deeper()()
	start := p.pos()
	left := p.operand()
	for {
		next := p.operator(start, left, prec)
		if next == nil {
			return left
		}
		left = next
	}
}

// operator parses one operator and what stands to its right. It returns nil
// where there is none, or only one that binds more weakly than prec.
func (p *parser) operator(start int, left Expr, prec int) Expr {
	t := p.peek(0)
	if op, power := p.binaryOperator(t); power >= prec && power > 0 {
		p.at++
		right := p.climb(power + 1)
		return &Binary{span: p.span(start), Op: op, L: left, R: right}
	}
	if prec <= precCollate && p.accept("COLLATE") {
		return &Collate{Name: p.name(), X: left, span: p.span(start)}
	}
	if prec > precEqual || t.Kind != sqltext.Word {
		return nil
	}
	switch upper(t.Text) {
	case "IS":
		p.at++
		return p.isOperator(start, left)
	case "ISNULL":
		p.at++
		return &NullTest{span: p.span(start), X: left}
	case "NOTNULL":
		p.at++
		return &NullTest{span: p.span(start), X: left, Not: true}
	}
	not := t.Is("NOT")
	if not {
		t = p.peek(1)
	}
	parse := p.wordOperator(upper(t.Text), not)
	if parse == nil {
		return nil
	}
	if not {
		p.at++
	}
	return parse(start, left, not)
}

// wordOperator returns the parser of an operator that may follow NOT.
func (p *parser) wordOperator(word string, not bool) func(start int, left Expr, not bool) Expr {
	switch word {
	case "IN":
		return p.in
	case "BETWEEN":
		return p.between
	case "LIKE", "GLOB", "REGEXP", "MATCH":
		return p.like
	case "NULL":
		if not {
			return p.notNull
		}
	}
	return nil
}

func (p *parser) binaryOperator(t sqltext.Token) (op string, power int) {
	switch t.Kind {
	case sqltext.Op:
		op = t.Text
	case sqltext.Word:
		op = upper(t.Text)
	default:
		return "", 0
	}
	power = binary[op]
	if c, ok := canonical[op]; ok {
		op = c
	}
	return op, power
}

func (p *parser) isOperator(start int, left Expr) Expr {
	op := "IS"
	if p.accept("NOT") {
		op = "IS NOT"
	}
	if p.accept("DISTINCT", "FROM") {
		op += " DISTINCT FROM"
	}
	right := p.climb(precCompare)
	if l, ok := right.(*Literal); ok && l.Kind == NullLiteral {
		return &NullTest{span: p.span(start), X: left, Not: op == "IS NOT" || op == "IS DISTINCT FROM"}
	}
	return &Binary{span: p.span(start), Op: op, L: left, R: right}
}

func (p *parser) notNull(start int, left Expr, _ bool) Expr {
	p.expect("NULL")
	return &NullTest{span: p.span(start), X: left, Not: true}
}

func (p *parser) like(start int, left Expr, not bool) Expr {
	l := &Like{Op: upper(p.take().Text), Not: not, X: left, Pattern: p.climb(precCompare)}
	if p.accept("ESCAPE") {
		l.Escape = p.climb(precBits)
	}
	l.span = p.span(start)
	return l
}

func (p *parser) between(start int, left Expr, not bool) Expr {
	p.expect("BETWEEN")
	b := &Between{Not: not, X: left}
	b.Lo = p.climb(precEqual) // up to the AND, so that weaker operators fit in too
	p.expect("AND")
	b.Hi = p.climb(precCompare)
	b.span = p.span(start)
	return b
}

func (p *parser) in(start int, left Expr, not bool) Expr {
	p.expect("IN")
	in := &In{Not: not, X: left}
	switch {
	case p.is("(", ")"):
		p.at += 2
	case p.is("(", "SELECT"), p.is("(", "VALUES"), p.is("(", "WITH"):
		p.at++
		in.Select = p.selectStmt(p.with())
		p.expect(")")
	case p.is("("):
		in.List = parens(p, p.expr)
	default:
		in.Table = p.tableName()
		if p.accept("(") {
			in.Table.Call = true
			if !p.is(")") {
				in.Table.Args = list(p, p.expr)
			}
			p.expect(")")
		}
	}
	in.span = p.span(start)
	return in
}

func (p *parser) span(start int) span { return span{Start: start, End: p.last()} }

func upper(s string) string { return strings.ToUpper(s) }

func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}
