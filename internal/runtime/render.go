package drey

import (
	"errors"
	"fmt"
	"slices"
	"strings"

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
	case opInQuery:
		return squirrel.ConcatExpr(n.column()+" IN (", n.vals[0], ")").ToSql()
	case opNotInQuery:
		return squirrel.ConcatExpr(n.column()+" NOT IN (", n.vals[0], ")").ToSql()
	case opExists:
		return squirrel.ConcatExpr("EXISTS (", n.vals[0], ")").ToSql()
	case opBeyond:
		return n.vals[0].(nested).ToSql()
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
	return strings.ReplaceAll(operators[n.op].sql, "{}", n.column()), n.appendArgs(nil), nil
}

func (n *node) column() string { return n.rel.Columns[n.col] }

func conjunction[C ~[]squirrel.Sqlizer](kids []node) C {
	parts := make(C, len(kids))
	for i, kid := range kids {
		parts[i] = kid
	}
	return parts
}

// selection is a query on its way to squirrel.
type selection struct {
	rel    *Relation
	native []squirrel.Sqlizer
	mode   mode
	of     []uint16 // the columns that the mode is about
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
	sel := s.rows()
	if around := arounds[s.mode]; around != nil {
		sel = around(sel, s.rel.names(s.of))
	}
	return s.prefixed(sel), nil
}

// prefixed puts the WITH clause of what is selected from before it.
func (s *selection) prefixed(sel squirrel.SelectBuilder) squirrel.SelectBuilder {
	switch {
	case s.native != nil:
		sel = sel.PrefixExpr(squirrel.ConcatExpr("WITH "+nativeName+" AS (SELECT "+qualify(nativeName, s.rel.Columns)+
			" FROM (", s.native[0], ") AS "+nativeName+")"))
	case s.rel.With != "":
		sel = sel.PrefixExpr(fragment{s.rel.cte(s.with), flatten(nil, s.with)})
	}
	return sel
}

// nativeName is the name of what squirrel selects in place of a relation. No
// other table has that name. It makes a column that does not exist an error:
// without it, SQLite would take the column's name for a string.
const nativeName = `"squirrel's rows"`

func qualify(name string, columns []string) string {
	return name + "." + strings.Join(columns, ", "+name+".")
}

// rows selects from the relation, before it is counted or summed up.
func (s *selection) rows() squirrel.SelectBuilder {
	columns := s.rel.Columns
	switch {
	case s.mode == modePage:
		// With a + in front, a column does not have a declared type, which would
		// make times of texts.
		columns = slices.Concat(columns, s.rel.names(s.of))
		for i := len(s.rel.Columns); i < len(columns); i++ {
			columns[i] = "+" + columns[i]
		}
	case s.mode.ofColumns() && len(s.of) > 0:
		columns = s.rel.names(s.of)
	case s.mode != modeRows:
		columns = []string{"1"}
	}
	from := s.rel.Name
	if s.native != nil {
		from = nativeName + " AS " + from
	}
	sel := squirrel.Select(columns...).From(from)
	for _, n := range s.where {
		sel = sel.Where(n)
	}
	if s.mode == modeRows || s.mode.ofColumns() {
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
	return sel
}

// arounds select from the rows what the mode asks for. The largest and the
// smallest value are those of an ordered list: MIN and MAX would lose the
// column's declared type, by which the driver knows a time.
var arounds = map[mode]func(rows squirrel.SelectBuilder, of []string) squirrel.SelectBuilder{
	modeCount: func(rows squirrel.SelectBuilder, _ []string) squirrel.SelectBuilder {
		return squirrel.Select("COUNT(*)").FromSelect(rows, "rows")
	},
	modeExists: func(rows squirrel.SelectBuilder, _ []string) squirrel.SelectBuilder {
		return squirrel.Select().Column(squirrel.Expr("EXISTS (?)", rows))
	},
	modeMatched: func(rows squirrel.SelectBuilder, of []string) squirrel.SelectBuilder {
		return squirrel.Select(of[0]).FromSelect(rows, "rows").Where(of[0] + " IS NOT NULL")
	},
	modeSum:           aggregate("COALESCE(SUM(%s), 0)"),
	modeAvg:           aggregate("AVG(%s)"),
	modeCountDistinct: aggregate("COUNT(DISTINCT %s)"),
	modeMin:           furthest(" ASC"),
	modeMax:           furthest(" DESC"),
	modeCountBy: func(rows squirrel.SelectBuilder, of []string) squirrel.SelectBuilder {
		return squirrel.Select(of[0], "COUNT(*)").FromSelect(rows, "rows").GroupBy(of[0])
	},
}

func aggregate(format string) func(squirrel.SelectBuilder, []string) squirrel.SelectBuilder {
	return func(rows squirrel.SelectBuilder, of []string) squirrel.SelectBuilder {
		return squirrel.Select(fmt.Sprintf(format, of[0])).FromSelect(rows, "rows")
	}
}

func furthest(direction string) func(squirrel.SelectBuilder, []string) squirrel.SelectBuilder {
	return func(rows squirrel.SelectBuilder, of []string) squirrel.SelectBuilder {
		return squirrel.Select(of[0]).FromSelect(rows, "rows").
			Where(of[0] + " IS NOT NULL").OrderBy(of[0] + direction).Suffix("LIMIT 1")
	}
}

// fragment is an expression whose text is taken as it is. squirrel leaves
// alone what looks like a placeholder in it.
type fragment struct {
	text string
	args []any
}

func (p fragment) ToSql() (string, []any, error) { return p.text, p.args, nil }

var errNoSource = errors.New("a Query is made from a source, not by itself")
