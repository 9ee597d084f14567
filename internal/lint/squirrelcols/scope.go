package squirrelcols

import (
	"go/ast"
	"iter"
	"strings"

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// scope is what names can mean in a part of a statement.
type scope struct {
	with    string   // a WITH clause, or ""
	windows string   // a WINDOW clause, or ""
	from    string   // the text of a FROM clause without the word
	aliases []string // of the result
	// moreAliases: the result has unknown columns.
	moreAliases bool
	// closed: nothing can be added to the statement, and it is not part of another.
	closed bool
	// embedded: nothing can be added to it, and its text becomes a part of another one.
	embedded bool
	// wrapped: it stands in parentheses of its prefix and suffix.
	wrapped bool
	// branches: joins depend on conditions.
	branches bool
	// otherDialect: the placeholders are those of another database, which may have
	// other columns.
	otherDialect bool
	bound        dataflow.Bound // the parameters of the call that is looked at
	call         ast.Node       // the call that is looked at
	maybe        bool           // it is made under a condition
	inCall       *ast.CallExpr  // only what stands in its arguments is reported
	text         string         // the text that is judged
	outer        *scope         // of the statement that this one is in
	stmt         *builder.Statement
	silent       bool // what is wrong is reported elsewhere
}

// alone returns a scope for expressions that have no names of the statement's.
func (sc *scope) alone() *scope {
	return &scope{stmt: sc.stmt, with: sc.with, closed: sc.closed, otherDialect: sc.otherDialect, bound: sc.bound}
}

// at notes the call that is looked at.
func (sc *scope) at(call builder.Call) {
	sc.bound, sc.call, sc.maybe = call.Bound, call.CallExpr, call.Maybe
}

// all yields the calls with one of these names. Names mean what they mean in the call
// that was yielded last.
func (sc *scope) all(names ...string) iter.Seq[builder.Call] {
	return func(yield func(builder.Call) bool) {
		for _, call := range sc.stmt.All(names...) {
			sc.at(call)
			if !yield(call) {
				return
			}
		}
	}
}

// clause is where a text stands in a probe.
type clause struct {
	before, after string // around the text, after the FROM clause
	aliases       bool   // names of the result can be used
}

// The clauses of a SELECT.
var (
	inResult = clause{}
	inWhere  = clause{" WHERE (", ")", true}
	inGroup  = clause{" GROUP BY ", "", true}
	inHaving = clause{" GROUP BY 1 HAVING (", ")", true}
	inOrder  = clause{" ORDER BY ", "", true}
	behind   = clause{" ", "", true}
)

// probe returns a statement that SQLite accepts if it understands the names of a
// text in a clause.
func (sc *scope) probe(c clause, text string) string {
	var q string
	if c == inResult {
		q = "SELECT " + text + sc.source() + " " + sc.windows
	} else {
		q = "SELECT " + sc.result() + sc.source() + c.before + text + c.after
	}
	return sc.within(q)
}

// within puts a statement after its WITH, and into the surrounding ones.
func (sc *scope) within(q string) string {
	if sc.with != "" {
		q = sc.with + " " + q
	}
	if sc.outer != nil {
		return sc.outer.within("SELECT EXISTS (" + q + ")" + sc.outer.source())
	}
	return q
}

func (sc *scope) source() string {
	if sc.from == "" {
		return ""
	}
	return " FROM " + sc.from
}

// result returns columns with the names of the result.
func (sc *scope) result() string {
	list := []string{"NULL"}
	for _, a := range sc.aliases {
		list = append(list, "NULL AS "+sqltext.Quote(a))
	}
	return strings.Join(list, ", ")
}

// has reports whether a source has this name.
func (sc *scope) has(c *checker, name string) bool {
	for s := sc; s != nil; s = s.outer {
		if s.from != "" && c.ask(s.probe(inResult, star(name))) == nil {
			return true
		}
	}
	return false
}

// star returns "all columns" of a source, whose name may have its schema before it.
func star(name string) string {
	return sqltext.Quote(strings.TrimPrefix(name, "main.")) + ".*"
}

// columns returns the columns of the source with this name.
func (c *checker) columns(sc *scope, name string) []string {
	for s := sc; s != nil; s = s.outer {
		alone := *s
		alone.outer = nil
		if list := c.project.Columns(alone.probe(inResult, star(name))); list != nil {
			return list
		}
	}
	return nil
}

func (c *checker) columnsOf(sc *scope) []string {
	alone := *sc
	alone.outer = nil
	return c.project.Columns(alone.probe(inResult, "*"))
}

// columnsIn returns the columns of a table, a view or any other source that can
// stand in a FROM clause.
func (c *checker) columnsIn(source string) []string {
	return c.project.Columns("SELECT * FROM " + source)
}

// names returns the words of the FROM clause that can name a source.
func (sc *scope) names() (list []string) {
	for _, t := range sqltext.Significant(sc.from) {
		if t.Ident() {
			list = append(list, t.Name())
		}
	}
	return list
}

// beside reports whether the FROM clause names a table of the schema.
func (sc *scope) beside(c *checker) bool {
	for _, n := range sc.names() {
		for _, t := range c.tables.Names() {
			if sqltext.EqualFold(n, t) {
				return true
			}
		}
	}
	return false
}

// aliases returns the names that a list of result columns defines, and the words
// that may be one. If SQLite refuses the list, the names of columns in it do not
// count.
func aliases(text string, refused bool) (list []string) {
	depth, start := 0, 0
	tokens := sqltext.Significant(text)
	for i, t := range tokens {
		switch {
		case t.Is("("):
			depth++
		case t.Is(")"):
			depth--
		case depth == 0 && t.Is(","):
			start = i + 1
		case depth == 0 && t.Ident() && (i+1 == len(tokens) || tokens[i+1].Is(",")):
			column := i == start || i == start+2 && tokens[i-1].Is(".")
			if !refused || !column {
				list = append(list, t.Name())
			}
		}
	}
	return list
}
