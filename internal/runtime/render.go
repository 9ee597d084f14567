package runtime

import (
	"errors"

	"github.com/Masterminds/squirrel"
)

// ToSql renders the node with ? placeholders. Groups are always parenthesised.
func (n node) ToSql() (string, []any, error) {
	switch n.op {
	case opAbsent:
		return "", nil, nil
	case opNever:
		return "(1=0)", nil, nil
	case opAnd:
		return conjunction[squirrel.And](n.kids).ToSql()
	case opOr:
		return conjunction[squirrel.Or](n.kids).ToSql()
	case opNot:
		return squirrel.ConcatExpr("(NOT ", n.kids[0], ")").ToSql()
	case opNative:
		text, args, err := n.vals[0].(squirrel.Sqlizer).ToSql()
		return "(" + text + ")", args, err
	case opError:
		return "", nil, n.vals[0].(error)
	case opIn, opNotIn:
		in := " IN ("
		if n.op == opNotIn {
			in = " NOT IN ("
		}
		return n.column() + in + squirrel.Placeholders(len(n.list)) + ")", n.list, nil
	}
	o := operators[n.op]
	return n.column() + o.sql, n.vals[:o.vals:o.vals], nil
}

func (n *node) column() string { return n.rel.columns[n.col] }

func conjunction[C ~[]squirrel.Sqlizer](kids []node) C {
	parts := make(C, len(kids))
	for i, kid := range kids {
		parts[i] = kid
	}
	return parts
}

// selection is a query on its way to squirrel.
type selection struct {
	rel    *relation
	mode   mode
	with   []any
	where  []node
	order  []string
	limit  int64
	offset int64
	has    bounds
}

// render builds the SELECT. LIMIT and OFFSET are parameters too, so that the
// pages of a list share one statement.
func (s *selection) render() (squirrel.SelectBuilder, error) {
	if s.limit < 0 || s.offset < 0 {
		return squirrel.SelectBuilder{}, ErrNegativeLimit
	}
	columns := s.rel.columns
	if s.mode != modeRows {
		columns = []string{"1"}
	}
	sel := squirrel.Select(columns...).From(s.rel.name)
	for _, n := range s.where {
		sel = sel.Where(n)
	}
	if s.mode == modeRows {
		sel = sel.OrderBy(s.order...)
	}
	switch {
	case s.has == hasLimit:
		sel = sel.Suffix("LIMIT ?", s.limit)
	case s.has == hasOffset:
		sel = sel.Suffix("LIMIT -1 OFFSET ?", s.offset)
	case s.has != 0:
		sel = sel.Suffix("LIMIT ? OFFSET ?", s.limit, s.offset)
	}
	switch s.mode {
	case modeCount:
		sel = squirrel.Select("COUNT(*)").FromSelect(sel, "rows")
	case modeExists:
		sel = squirrel.Select().Column(squirrel.Expr("EXISTS (?)", sel))
	}
	if s.rel.with != "" {
		sel = sel.PrefixExpr(fragment{s.rel.cte(s.with), flatten(nil, s.with)})
	}
	return sel, nil
}

// fragment is an expression whose text is taken as it is: what looks like a
// placeholder in it is no business of squirrel's.
type fragment struct {
	text string
	args []any
}

func (p fragment) ToSql() (string, []any, error) { return p.text, p.args, nil }

var errNoSource = errors.New("a Query is made from a source, not by itself")
