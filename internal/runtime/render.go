package drey

import (
	"errors"
	"strconv"
	"strings"

	"github.com/Masterminds/squirrel"
)

// ToSql renders the node with ? placeholders.
func (n node) ToSql() (string, []any, error) { return n.render(scope{}) }

// render renders the node with ? placeholders, for a scope. Groups are always parenthesised.
func (n *node) render(in scope) (string, []any, error) {
	switch n.op {
	case opAbsent:
		return "", nil, nil
	case opNever:
		return "(1=0)", nil, nil
	case opAnd:
		return conjunction[squirrel.And](n.kids, in).ToSql()
	case opOr:
		return conjunction[squirrel.Or](n.kids, in).ToSql()
	case opNot:
		return squirrel.ConcatExpr("(NOT ", part{&n.kids[0], in}, ")").ToSql()
	case opInQuery:
		return squirrel.ConcatExpr(part{&n.on, in}, " IN (", part{n.vals[0].(term), in}, ")").ToSql()
	case opNotInQuery:
		return squirrel.ConcatExpr(part{&n.on, in}, " NOT IN (", part{n.vals[0].(term), in}, ")").ToSql()
	case opExists:
		return squirrel.ConcatExpr("EXISTS (", part{n.vals[0].(term), in}, ")").ToSql()
	case opBeyond, opTerm:
		return n.vals[0].(term).render(in)
	case opNative:
		if err := in.text(); err != nil {
			return "", nil, err
		}
		text, args, err := n.vals[0].(squirrel.Sqlizer).ToSql()
		return "(" + text + ")", args, err
	case opError:
		return "", nil, n.vals[0].(error)
	case opIn, opNotIn:
		list := " IN ("
		if n.op == opNotIn {
			list = " NOT IN ("
		}
		return squirrel.ConcatExpr(part{&n.on, in}, fragment{list + squirrel.Placeholders(len(n.list)) + ")", n.list}).ToSql()
	}
	text, own, err := n.on.render(in)
	var args []any
	for _, i := range operators[n.op].binds {
		if i == itself {
			args = append(args, own...) // what squirrel has in it is bound nowhere else
		} else {
			args = append(args, n.vals[i])
		}
	}
	return strings.ReplaceAll(operators[n.op].sql, "{}", text), args, err
}

func conjunction[C ~[]squirrel.Sqlizer](kids []node, in scope) C {
	parts := make(C, len(kids))
	for i := range kids {
		parts[i] = part{&kids[i], in}
	}
	return parts
}

// part is a part of a statement, where it stands.
type part struct {
	term interface {
		render(in scope) (string, []any, error)
	}
	in scope
}

func (p part) ToSql() (string, []any, error) { return p.term.render(p.in) }

// scope says for which rows a part of a statement is rendered.
type scope struct {
	table  string    // in front of each column, "" where the column's name alone is clear
	named  bool      // without a table, the column's own is in front of it
	nested bool      // in another query, where a name alone may be that one's column
	only   []operand // the columns that there are, nil if that is all of them
	upsert bool      // there is a new row beside that of a table, which is called excluded
	most   int64     // the largest integer of the engine
}

// anywhere is the scope of a part that stands in a statement of squirrel's.
var anywhere = scope{named: true}

// tableOf is what stands in front of a column.
func (in scope) tableOf(r *Relation) string {
	if in.named {
		return r.Name + "."
	}
	return in.table
}

// selection is a query on its way to squirrel.
type selection struct {
	rel      *Relation
	native   []squirrel.Sqlizer
	reads    []operand // what is read of the rows, nil for all columns
	groups   *grouping // nil if the rows are not groups
	set      *set      // what is read in place of the relation, nil if nothing is
	in       scope     // of that
	distinct bool
	mode     mode
	of       []operand // what the mode is about
	with     []any
	where    []node
	order    []squirrel.Sqlizer
	orders   []operand          // what order is of
	last     []squirrel.Sqlizer // of related rows with a limit, what orders those that are equal so far
	limit    int64
	offset   int64
	has      bounds
}

// render builds the SELECT. LIMIT and OFFSET are parameters too, so that the
// pages of a list share one statement.
func (s *selection) render() (squirrel.SelectBuilder, error) {
	if s.limit < 0 || s.offset < 0 {
		return squirrel.SelectBuilder{}, ErrNegativeLimit
	}
	if s.groups != nil {
		if err := s.check(); err != nil {
			return squirrel.SelectBuilder{}, err
		}
	}
	sel := s.rows()
	if around := arounds[s.mode]; around != nil {
		sel = around(sel, names(s.of))
	}
	return s.prefixed(sel), nil
}

// prefixed puts the WITH clause of what is selected from before it.
func (s *selection) prefixed(sel squirrel.SelectBuilder) squirrel.SelectBuilder {
	switch {
	case s.native != nil && hasBelow(s.with):
		sel = sel.PrefixExpr(node{op: opError, vals: [2]any{errFromBelow}})
	case s.native != nil:
		sel = sel.PrefixExpr(squirrel.ConcatExpr("WITH "+nativeName+" AS (SELECT "+qualify(nativeName, s.rel.Columns)+
			" FROM (", s.native[0], ") AS "+nativeName+")"))
	case s.rel.With != "" && s.set == nil:
		sel = sel.PrefixExpr(cte{s.rel, s.with})
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
	sel := squirrel.Select()
	if s.distinct {
		sel = sel.Distinct()
	}
	switch {
	case s.mode == modePage:
		// With a + in front, a column does not have a declared type, which would
		// make times of texts.
		sel = s.read(sel)
		for i := range s.of {
			sel = sel.Column(squirrel.ConcatExpr("+", part{&s.of[i], s.in}))
		}
	case s.mode.ofColumns() && len(s.of) > 0:
		sel = s.withColumns(sel, s.of)
	case s.mode != modeRows && s.groups != nil: // without keys it has to be an aggregate
		sel = sel.Columns("count(*)")
	case s.mode != modeRows:
		sel = sel.Columns("1")
	default:
		sel = s.read(sel)
	}
	if s.groups != nil {
		sel = s.grouped(sel)
	} else {
		sel = s.from(sel)
	}
	if s.mode == modeRows || s.mode.ofColumns() {
		sel = orderedBy(sel, s.order, s.groups != nil)
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

// from adds what is read from, and WHERE.
func (s *selection) from(sel squirrel.SelectBuilder) squirrel.SelectBuilder {
	switch {
	case s.native != nil:
		sel = sel.From(nativeName + " AS " + s.rel.Name)
	case s.set != nil:
		rows, err := s.set.selection()
		if err != nil {
			return sel.From(s.rel.Name).Where(node{op: opError, vals: [2]any{err}})
		}
		sel = sel.FromSelect(rows, s.rel.Name)
	default:
		sel = sel.From(s.rel.Name)
	}
	for i := range s.where {
		sel = sel.Where(part{&s.where[i], s.in})
	}
	return sel
}

// read selects what is read of the rows.
func (s *selection) read(sel squirrel.SelectBuilder) squirrel.SelectBuilder {
	if s.reads == nil {
		return sel.Columns(s.rel.Columns...)
	}
	return s.withColumns(sel, s.reads)
}

// readNames are what the columns are called of what is read.
func (s *selection) readNames() []string {
	if s.reads == nil {
		return s.rel.Columns
	}
	return names(s.reads)
}

func (s *selection) withColumns(sel squirrel.SelectBuilder, of []operand) squirrel.SelectBuilder {
	of = s.groups.single(of)
	for i, name := range names(of) {
		if of[i].ex == nil {
			sel = sel.Column(part{&of[i], s.in})
		} else {
			sel = sel.Column(squirrel.ConcatExpr(part{&of[i], s.in}, " AS "+name))
		}
	}
	return sel
}

// names are what the columns are called of a query for these operands.
func names(of []operand) []string {
	list := make([]string, len(of))
	for i := range of {
		if list[i] = outputName(i); of[i].ex == nil {
			list[i] = of[i].rel.Columns[of[i].col]
		}
	}
	return list
}

// outputName is what expression number n is called of what is read.
func outputName(n int) string { return `"expression ` + strconv.Itoa(n) + `"` }

// orderedBy adds ORDER BY. Those of groups come after their HAVING.
func orderedBy(sel squirrel.SelectBuilder, order []squirrel.Sqlizer, groups bool) squirrel.SelectBuilder {
	before := "ORDER BY "
	for _, o := range order {
		if groups {
			sel = sel.SuffixExpr(squirrel.ConcatExpr(before, o))
			before = ", "
		} else {
			sel = sel.OrderByClause(o)
		}
	}
	return sel
}

// arounds select from the rows what the mode asks for.
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
}

// fragment is an expression whose text is taken as it is. squirrel leaves
// alone what looks like a placeholder in it.
type fragment struct {
	text string
	args []any
}

func (p fragment) ToSql() (string, []any, error) { return p.text, p.args, nil }

var errNoSource = errors.New("a Query is made from a source, not by itself")
