// Package squirrelcols checks the names in statements of squirrel against the
// migrated schema.
//
// # What it reports
//
// A table or column that is not in the schema, a column that several sources of
// a statement have, a generated column that is written to, a USING that a source
// lacks, and an ON CONFLICT that no key fits, with the name that may be meant.
// Read are constant strings in Select, Columns, Column, From, FromSelect, Join and
// its like, Where, Having, GroupBy, OrderBy, Set, SetMap, Values, Prefix, Suffix,
// Insert, Replace, Update and Delete, the keys of Eq and its like, and the texts of
// Expr, ConcatExpr, Alias and Case, also inside And, Or and subqueries. SQLite
// itself judges them: each text is prepared on the migrated schema behind the FROM
// and the joins of its statement, so that it knows aliases, CTEs, functions, rowid,
// table-valued functions, FTS5 and quoting as SQLite does.
//
// A statement is followed through variables, unexported fields and functions of the
// package that take or return a builder. A string is constant also in a slice, a
// map, a struct or a function of the package, and put together by +, Sprintf or
// Join. The report stands at the literal; where that is in another function than
// the statement, it says which FROM the statement has.
//
// # What it does not report
//
// Generated files and tests. Conditions that a function returns in several places,
// or one of another package. Anything in a statement whose FROM, joins or WITH are
// not all constant, or which begins in a parameter of an exported function, of one
// that is used as a value, as in options of the form func(SelectBuilder)
// SelectBuilder, or behind an interface or a pointer to a builder. A constant that
// only one of several values of a struct has, or one of several callers.
//
// Only a column that resembles one of the statement's, and that no table of the
// schema has, is reported where more may be known to the program than can be read:
// in a builder that is handed on to code that may join, is in a field, or begins
// with a StatementBuilder of another package or of an exported field; in a statement
// with the placeholders of another database, and in a package that imports the
// driver of one. Errors that are not about a name are not reported at all,
// since they may be another dialect. A table that nothing resembles is not, where
// the statement has no table of the schema beside it: it may be temporary, attached
// or another database's. Nor is a name in double quotes that is no column, which
// SQLite takes for a string, nor a column without a table, where the result has
// columns that are not constant and may be an alias. Where the
// blocks of sqlc.yaml have several schemas, what one of them knows is not reported,
// and a table that one of them has is never unknown: databases may be attached.
// Nothing is reported where sqlc.yaml is absent or broken, or leaves a block to
// sqlc as a whole, as one of another engine.
//
// # How to fix it
//
// Write the name that the schema has. Better, build the query from the generated
// columns, which the compiler checks.
package squirrelcols

import (
	"errors"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// New makes the squirrelcols analyzer, for packages of these projects.
func New(projects *project.Projects) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:     "squirrelcols",
		Doc:      "check the names in statements of squirrel against the migrated schema",
		Requires: []*analysis.Analyzer{builder.Analyzer},
		Run:      func(pass *analysis.Pass) (any, error) { return run(pass, policy.Of(projects, pass)) },
	}
}

type checker struct {
	*analysis.Pass
	chains  *builder.Chains
	flow    *dataflow.Values
	project policy.Project
	tables  []string
	said    map[string][]token.Pos // where SQLite's messages are reported
	asked   map[string]*sqlite.Error
	other   bool // the package is for another database, too
	// temporary are the tables that the package itself creates.
	temporary map[string]bool
}

func run(pass *analysis.Pass, project policy.Project) (any, error) {
	chains := pass.ResultOf[builder.Analyzer].(*builder.Chains)
	if len(chains.Statements) == 0 {
		return nil, nil
	}
	c := &checker{
		Pass: pass, chains: chains, flow: chains.Flow,
		project: project,
		other:   policy.OtherDatabase(pass.Pkg),
		said:    map[string][]token.Pos{}, asked: map[string]*sqlite.Error{},
	}
	var err error
	if c.tables, err = project.Tables(); err != nil {
		return nil, nil // another tool says what is wrong with the schema
	}
	for _, s := range chains.Statements {
		if s.Use != builder.Nested && !project.Skips(s.File, pass.Fset.Position(s.File.FileStart).Filename) {
			c.statement(s, nil)
		}
	}
	return nil, nil
}

// ask prepares a statement. It returns nil where SQLite takes it.
func (c *checker) ask(sql string) *sqlite.Error {
	if err, ok := c.asked[sql]; ok {
		return err
	}
	_, err := c.project.Describe(sql)
	var refused *sqlite.Error
	errors.As(err, &refused)
	c.asked[sql] = refused
	return refused
}

var creates = regexp.MustCompile(`(?i)\bCREATE\s+(?:TEMP\w*\s+|VIRTUAL\s+)*(?:TABLE|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:\w+\.)?["\[` + "`" + `]?(\w+)`)

// creating reports whether a constant of the package has a CREATE TABLE for a
// table that the migrations do not have.
func (c *checker) creating(table string) bool {
	if c.temporary == nil {
		c.temporary = map[string]bool{}
		for e, tv := range c.TypesInfo.Types {
			if _, ok := e.(*ast.BasicLit); !ok || tv.Value == nil {
				continue
			}
			for _, m := range creates.FindAllStringSubmatch(tv.Value.ExactString(), -1) {
				c.temporary[sqltext.Fold(m[1])] = true
			}
		}
	}
	return c.temporary[sqltext.Fold(table)]
}

// judge reports once what SQLite says of a text. It returns whether the text is
// refused for any reason.
func (c *checker) judge(n ast.Node, sc *scope, clause clause, err *sqlite.Error) bool {
	if err == nil {
		return false
	}
	msg := c.message(sc, clause, err.Msg)
	if msg == "" || sc.silent || slices.ContainsFunc(c.said[err.Msg], func(at token.Pos) bool { return n.Pos() <= at && at <= n.End() }) {
		return true
	}
	if sc.from != "" && c.around(n) != c.around(sc.stmt.Node) {
		msg += " (in a statement with FROM " + sc.from + ")"
	}
	c.said[err.Msg] = append(c.said[err.Msg], n.Pos())
	c.Reportf(n.Pos(), "%s", msg)
	return true
}

// around is the function declaration around a node, nil at the package's level.
func (c *checker) around(n ast.Node) ast.Node {
	for n != nil {
		if _, ok := n.(*ast.FuncDecl); ok {
			return n
		}
		n = c.chains.Parent(n)
	}
	return nil
}

var (
	noColumn = regexp.MustCompile(`^table (.+) has no column named (.+)$`)
	noUsing  = regexp.MustCompile(`^cannot join using column (.+) - column not present in both tables$`)
)

// sure begin the messages that are about the schema, whatever the program does.
var sure = []string{
	"cannot INSERT into generated column", "cannot UPDATE generated column",
	"ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint",
}

// message is what to say of a message of SQLite's, or "". Of a statement for
// another database only a column is said to be wrong that resembles one.
func (c *checker) message(sc *scope, clause clause, refused string) string {
	msg := c.explain(sc, clause, refused)
	if sc.otherDialect && (!strings.Contains(msg, "did you mean") || strings.HasPrefix(msg, "no such table")) {
		return ""
	}
	return msg
}

func (c *checker) explain(sc *scope, clause clause, msg string) string {
	for _, s := range sure {
		if strings.HasPrefix(msg, s) {
			return msg
		}
	}
	if m := noColumn.FindStringSubmatch(msg); m != nil {
		return msg + didYouMean(m[2], c.columnsIn(sqltext.Quote(m[1])))
	}
	if m := noUsing.FindStringSubmatch(msg); m != nil {
		return msg + didYouMean(m[1], c.columnsOf(sc))
	}
	if name, ok := strings.CutPrefix(msg, "no such table: "); ok {
		return c.noTable(sc, msg, name)
	}
	if strings.HasPrefix(msg, "ambiguous column name: ") && !sc.branches {
		return msg
	}
	name, ok := strings.CutPrefix(msg, "no such column: ")
	if !ok || strings.Contains(name, `"`) {
		return ""
	}
	if at := strings.LastIndex(name, "."); at >= 0 {
		qualifier, column := name[:at], name[at+1:]
		if sqltext.EqualFold(qualifier, "excluded") {
			return msg + didYouMean(column, c.columnsOf(sc))
		}
		if sc.has(c, qualifier) {
			return msg + didYouMean(column, c.columns(sc, qualifier))
		}
		if !sc.closed {
			return ""
		}
		return msg + didYouMean(qualifier, sc.names())
	}
	own := c.mentioned(sc)
	for s := sc; s != nil; s = s.outer {
		own = append(own, c.columnsOf(s)...)
	}
	if clause.aliases {
		own = append(own, sc.aliases...)
	}
	near := didYouMean(name, own)
	switch {
	case clause.aliases && sc.moreAliases:
		return ""
	case (!sc.closed || sc.otherDialect) && (near == "" || c.anywhere(name)):
		return ""
	}
	return msg + near
}

func (c *checker) noTable(sc *scope, msg, name string) string {
	if schema, table, ok := strings.Cut(name, "."); ok {
		if schema != "main" {
			return ""
		}
		name = table
	}
	if c.creating(name) || slices.ContainsFunc(c.tables, func(t string) bool { return sqltext.EqualFold(t, name) }) ||
		strings.HasPrefix(sqltext.Fold(name), "sqlite_") {
		return ""
	}
	near := didYouMean(name, c.tables)
	if near == "" && !sc.beside(c) {
		return ""
	}
	return msg + near
}

// mentioned are the columns of the tables that a text names, in a subquery.
func (c *checker) mentioned(sc *scope) (list []string) {
	words := map[string]bool{}
	for _, t := range sqltext.Significant(sc.with + " " + sc.text) {
		if t.Ident() {
			words[sqltext.Fold(t.Name())] = true
		}
	}
	for _, t := range c.tables {
		if words[sqltext.Fold(t)] {
			list = append(list, c.columnsIn(sqltext.Quote(t))...)
		}
	}
	return list
}

// anywhere reports whether a table of the schema has a column.
func (c *checker) anywhere(column string) bool {
	for _, t := range c.tables {
		for _, name := range c.columnsIn(sqltext.Quote(t)) {
			if sqltext.EqualFold(name, column) {
				return true
			}
		}
	}
	return false
}

func didYouMean(name string, names []string) string {
	if near := policy.Nearest(name, names); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}
