package syntax

import "github.com/dreysql/drey/internal/sqltext"

var literals = map[sqltext.Kind]LiteralKind{
	sqltext.Integer: IntegerLiteral, sqltext.Float: RealLiteral,
	sqltext.String: StringLiteral, sqltext.Blob: BlobLiteral,
}

var wordLiterals = map[string]LiteralKind{
	"NULL": NullLiteral, "TRUE": BoolLiteral, "FALSE": BoolLiteral,
	"CURRENT_TIME": TimeLiteral, "CURRENT_DATE": TimeLiteral, "CURRENT_TIMESTAMP": TimeLiteral,
}

// reserved are the words that can neither be a column nor a function.
var reserved = words(`ADD ALL ALTER AND AS AUTOINCREMENT BETWEEN CASE CHECK COLLATE COMMIT CONSTRAINT CREATE
	DEFAULT DEFERRABLE DELETE DISTINCT DROP ELSE ESCAPE EXISTS FOREIGN FROM GROUP HAVING IN INDEX INSERT INTO IS
	ISNULL JOIN LIMIT NOT NOTHING NOTNULL ON OR ORDER PRIMARY REFERENCES SELECT SET TABLE THEN TO TRANSACTION
	UNION INTERSECT EXCEPT UNIQUE UPDATE USING VALUES WHEN WHERE`)

// operand parses what stands beside an operator.
func (p *parser) operand() Expr {
	t := p.peek(0)
	start := t.Start
	if kind, ok := literals[t.Kind]; ok {
		p.at++
		return &Literal{span: p.span(start), Kind: kind, Text: t.Text}
	}
	switch {
	case t.Kind == sqltext.Variable:
		p.at++
		return &Variable{span: p.span(start), Text: t.Text}
	case t.Is("-"), t.Is("+"), t.Is("~"):
		p.at++
		x := p.climb(precUnary)
		return &Unary{span: p.span(start), Op: t.Text, X: x}
	case t.Is("("):
		return p.parenthesised()
	case t.Kind == sqltext.Quoted:
		return p.column()
	case t.Kind == sqltext.Word:
		return p.word(t)
	}
	p.fail("an expression is expected")
	return nil
}

func (p *parser) word(t sqltext.Token) Expr {
	start, text := t.Start, upper(t.Text)
	if kind, ok := wordLiterals[text]; ok && !p.peek(1).Is("(") && !p.peek(1).Is(".") {
		p.at++
		return &Literal{span: p.span(start), Kind: kind, Text: t.Text}
	}
	switch text {
	case "NOT":
		p.at++
		x := p.climb(precNot)
		return &Unary{span: p.span(start), Op: "NOT", X: x}
	case "EXISTS":
		p.at++
		p.expect("(")
		s := p.selectStmt(p.with())
		p.expect(")")
		return &Exists{span: p.span(start), Select: s}
	case "CASE":
		return p.caseExpr()
	case "CAST":
		if p.peek(1).Is("(") {
			return p.cast()
		}
	case "RAISE":
		if p.peek(1).Is("(") {
			return p.raise()
		}
	}
	if reserved[text] {
		p.fail("an expression is expected")
	}
	if p.peek(1).Is("(") || p.peek(1).Is(".") && p.peek(3).Is("(") {
		return p.call()
	}
	return p.column()
}

// column parses name, table.name or schema.table.name.
func (p *parser) column() Expr {
	c := &Column{Quoted: p.peek(0).Kind == sqltext.Quoted && !p.peek(1).Is(".")}
	start := p.pos()
	c.Name = p.name()
	if p.accept(".") {
		c.Table, c.Name = c.Name, p.name()
	}
	if c.Table != "" && p.accept(".") {
		c.Schema, c.Table, c.Name = c.Table, c.Name, p.name()
	}
	c.span = p.span(start)
	return c
}

// parenthesised parses (x), (a, b) and (SELECT …).
func (p *parser) parenthesised() Expr {
	start := p.pos()
	p.expect("(")
	if p.is("SELECT") || p.is("VALUES") || p.is("WITH") {
		s := p.selectStmt(p.with())
		p.expect(")")
		return &Subquery{span: p.span(start), Select: s}
	}
	items := list(p, p.expr)
	p.expect(")")
	if len(items) == 1 {
		return items[0]
	}
	return &Row{span: p.span(start), Items: items}
}

func (p *parser) caseExpr() Expr {
	start := p.pos()
	p.expect("CASE")
	c := &Case{}
	if !p.is("WHEN") {
		c.Operand = p.expr()
	}
	for p.accept("WHEN") {
		w := When{Cond: p.expr()}
		p.expect("THEN")
		w.Result = p.expr()
		c.Whens = append(c.Whens, w)
	}
	if p.accept("ELSE") {
		c.Else = p.expr()
	}
	p.expect("END")
	c.span = p.span(start)
	return c
}

func (p *parser) cast() Expr {
	start := p.pos()
	p.expect("CAST", "(")
	c := &Cast{X: p.expr()}
	p.expect("AS")
	c.Type = p.typeName()
	p.expect(")")
	c.span = p.span(start)
	return c
}

// typeName takes the words of a type and its (n) or (n, m), as in
// "DOUBLE PRECISION" and "DECIMAL(10,2)".
func (p *parser) typeName() string {
	name := ""
	for depth := 0; ; {
		t := p.peek(0)
		switch {
		case t.Is("("):
			depth++
		case t.Is(")"):
			if depth == 0 {
				return name
			}
			depth--
		case name != "" && depth == 0:
			name += " "
		}
		if t.Kind == sqltext.Quoted || t.Kind == sqltext.String {
			name += t.Name()
		} else {
			name += t.Text
		}
		p.take()
	}
}

func (p *parser) raise() Expr {
	start := p.pos()
	p.expect("RAISE", "(")
	for depth := 1; depth > 0; {
		switch t := p.take(); {
		case t.Is("("):
			depth++
		case t.Is(")"):
			depth--
		}
	}
	return &Raise{span: p.span(start)}
}
