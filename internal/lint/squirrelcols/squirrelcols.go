// Package squirrelcols checks the names in squirrel's statements against the
// migrated schema.
//
// # What it reports
//
// A table or column that is not in the schema, a column that several sources of a
// statement have, a generated column that is written to, a USING that a source
// lacks, and an ON CONFLICT that does not fit a key, with the name that may be
// meant. It reads constant strings in Select, Columns, Column, From, FromSelect,
// Join and the like, Where, Having, GroupBy, OrderBy, Set, SetMap, Values, Prefix,
// Suffix, Insert, Replace, Update and Delete, the keys of Eq and the like, and the
// texts of Expr, ConcatExpr, Alias and Case, also inside And, Or and subqueries.
// SQLite itself judges them: each text is prepared on the migrated schema after the
// FROM and the joins of its statement. So aliases, CTEs, functions, rowid,
// table-valued functions, FTS5 and quoting mean what they mean to SQLite.
//
// A statement is followed through variables, unexported fields and functions of the
// package that take or return a builder. A string is also constant in a slice, a
// map, a struct or a function of the package, and if it is put together by +,
// Sprintf or Join. The report stands at the literal. If that is in another function
// than the statement, the report says which FROM the statement has.
//
// A condition, an order, a column or a join may stand where no statement is in sight:
// in a map of filters or orders, in a function that makes conditions, in the method
// ToSql of a type of the package, in calls on a builder that is handed in. A name there
// is reported if no table of the schema has it and the package does not define it, as
// by AS; a name after a table if that does not have it. Names are followed out of maps
// and lists, through arguments and fields, through functions that split, join or trim,
// and from the keys of a map of functions to the argument that these are called with.
// A name that another package hands in is reported there: in an argument of an exported
// function or method, or of a method of an interface of its package, in a list, a map or a
// struct that is one, and in an exported field.
//
// # What it does not report
//
// A name in such a place if only another table than the one that is meant has it, or if
// it is that of a function. None of them, if the package has a statement for another
// database or for an attached one, or may be for several. What is handed to a function
// value, or to an interface that another package declares, is not followed.
//
// Generated files and tests. Conditions that a function returns in several places,
// or that a function of another package returns. Anything in a statement with a
// FROM, joins or a WITH that are not all constant. Anything in a statement that
// begins in a parameter of an exported function, in a parameter of a function that
// is used as a value (as in options of the form func(SelectBuilder) SelectBuilder),
// or in an interface or a pointer to a builder. A constant that belongs to only one
// of several values of a struct, or to one of several callers.
//
// Sometimes the program may know more than can be read: in a builder that is passed
// to code that may join, or is in a field; and in a statement for another database.
// There a column is only reported if it resembles one of the statement's, and if no
// table of the schema has it, and a table only if it resembles another one. A statement
// whose text is put into another one may use the names of that: a column is reported if
// no table has it and the package does not define it. A
// statement is for another database if its package or its module requires the driver
// of one, and the package imports none of SQLite's; if its file, function, receiver, branch or StatementBuilder is
// named after one; or if it has PostgreSQL's placeholders, in a module that requires
// another driver, and most tables of the package's statements are not the schema's.
// Errors that are not about a name are not reported at all, since they may be
// another dialect.
//
// A table that is not in the schema is not reported if the package creates it, if
// it has another schema before it than main, if it is used as a function, or if it
// is one in which a tool notes its migrations. If the package attaches a database,
// or if its module requires the driver of another one and most tables of its
// statements are not the schema's, a table is only reported if it resembles another
// one, or stands beside one.
//
// A name in double quotes that is not a column is not reported, because SQLite takes
// it for a string. Nor is a column without a table, if the result has columns that
// are not constant: it may be an alias. If the blocks of sqlc.yaml have several
// schemas, a name that one of them knows is not reported, and a table that one of
// them has is never unknown: databases may be attached. Nothing is reported if
// sqlc.yaml is absent or broken, or leaves a block to sqlc as a whole (as one of
// another engine).
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
	"go/types"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/fragment"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// New makes the squirrelcols analyzer, for packages of these projects.
func New(projects *project.Projects) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:      "squirrelcols",
		Doc:       "check the names in statements of squirrel against the migrated schema",
		Requires:  []*analysis.Analyzer{builder.Analyzer},
		FactTypes: []analysis.Fact{new(handed), new(ownNames)},
		Run:       func(pass *analysis.Pass) (any, error) { return run(pass, policy.Of(projects, pass)) },
	}
}

type checker struct {
	*analysis.Pass
	chains  *builder.Chains
	flow    *dataflow.Values
	project policy.Project
	tables  *policy.Tables
	said    map[string][]token.Pos // where SQLite's messages are reported
	asked   map[string]*sqlite.Error
	visited map[ast.Expr]bool // statements that have been checked
	other   bool              // the package is for another database
	several bool              // the package may be for several databases
	home    bool              // most tables of the package's statements are the schema's

	names        func() *vocabulary           // of the package
	handing      fragment.Takings             // what other packages hand in
	foreignNames map[*types.Package]*ownNames // of the packages that are used, see handsOn
}

func run(pass *analysis.Pass, project policy.Project) (any, error) {
	chains := pass.ResultOf[builder.Analyzer].(*builder.Chains)
	c := &checker{
		Pass: pass, chains: chains, flow: chains.Flow,
		project: project,
		other:   project.Elsewhere(pass.Pkg),
		several: project.Several(pass.Pkg),
		said:    map[string][]token.Pos{}, asked: map[string]*sqlite.Error{}, visited: map[ast.Expr]bool{},
		handing: fragment.Takings{},
	}
	if len(chains.Statements) == 0 && !c.handsOn() {
		return nil, nil
	}
	var err error
	if c.tables, err = project.PackageTables(pass.TypesInfo); err != nil {
		return nil, nil // another tool says what is wrong with the schema
	}
	c.names = sync.OnceValue(c.vocabulary)
	c.home = c.atHome()
	for _, s := range slices.Concat(chains.Statements, chains.Instances) {
		if s.Use != builder.Nested && !project.Skips(s.File, pass.Fset.Position(s.File.FileStart).Filename) {
			c.statement(s, nil)
		}
	}
	for _, s := range chains.Statements {
		// The statement around it may not be read, or be wrong itself.
		if s.Use == builder.Nested && !c.visited[s.Node] && !project.Skips(s.File, pass.Fset.Position(s.File.FileStart).Filename) {
			c.statement(s, nil)
		}
	}
	c.everywhere()
	return nil, nil
}

// foreign reports whether a statement is for another database, or may be.
func (c *checker) foreign(s *builder.Statement) bool {
	return c.other || s.Foreign || c.several && s.OtherDialect && !c.home || policy.OtherPlace(c.Fset, s.Node, c.chains.Parent)
}

// atHome reports whether most statements of the package are about tables of the
// schema.
func (c *checker) atHome() bool {
	known := 0
	for _, s := range c.chains.Statements {
		for _, call := range s.Calls {
			switch call.Name {
			case "From", "Into", "Table", "Insert", "Replace", "Update", "Delete":
			default:
				continue
			}
			if list, ok := c.flow.Constants(first(call), call.Bound); ok && len(list) == 1 && list[0].Text != "" {
				if c.ask("SELECT 1 FROM "+list[0].Text) == nil {
					known++
				} else {
					known--
				}
			}
		}
	}
	return known > 0
}

// ask prepares a statement. It returns nil if SQLite accepts it.
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

// judge reports once what SQLite says about a text. It returns whether the text is
// refused for any reason.
func (c *checker) judge(n ast.Node, sc *scope, clause clause, err *sqlite.Error) bool {
	if err == nil {
		return false
	}
	msg := c.message(sc, clause, err.Msg)
	if msg == "" || sc.silent || sc.inCall != nil && (n.Pos() < sc.inCall.Pos() || n.End() > sc.inCall.End()) || slices.ContainsFunc(c.said[err.Msg], func(at token.Pos) bool { return n.Pos() <= at && at <= n.End() }) {
		return true
	}
	if c.unsure(n, sc) {
		return true
	}
	if sc.from != "" && c.around(n) != c.around(sc.stmt.Node) {
		msg += " (in a statement with FROM " + sc.from + ")"
	}
	c.said[err.Msg] = append(c.said[err.Msg], n.Pos())
	c.Reportf(n.Pos(), "%s", msg)
	return true
}

// unsure reports whether a name is put together from what another function has set
// in a receiver, and stands under a condition. It may not be meant for every receiver.
func (c *checker) unsure(n ast.Node, sc *scope) bool {
	set := c.around(n)
	if set == nil || sc.call == nil || set == c.around(sc.call) || set == c.around(sc.stmt.Node) {
		return false
	}
	for _, call := range sc.stmt.Callers {
		if set == c.around(call) {
			return false
		}
	}
	return sc.maybe || c.conditional(sc.call) || len(sc.stmt.Callers) > 0 && c.conditional(sc.stmt.Node)
}

// conditional reports whether a node stands under a condition, or in a loop.
func (c *checker) conditional(n ast.Node) bool {
	for ; n != nil; n = c.chains.Parent(n) {
		switch n.(type) {
		case *ast.FuncDecl:
			return false
		case *ast.IfStmt, *ast.CaseClause, *ast.ForStmt, *ast.RangeStmt:
			return true
		}
	}
	return false
}

// around returns the function declaration around a node, nil at package level.
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

// sure are prefixes of messages about the schema, whatever the program does.
var sure = []string{
	"cannot INSERT into generated column", "cannot UPDATE generated column",
	"ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint",
}

// message returns what to report for a message of SQLite's, or "". In a statement
// for another database only a column that resembles one is said to be wrong.
func (c *checker) message(sc *scope, clause clause, refused string) string {
	msg := c.explain(sc, clause, refused)
	if sc.otherDialect && !strings.Contains(msg, "did you mean") {
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
	if strings.HasPrefix(msg, "no such table: ") {
		return c.noTable(sc, msg)
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
	case (!sc.closed || sc.otherDialect) && c.anywhere(name):
		return ""
	case sc.otherDialect && near == "":
		return ""
	case !sc.closed && near == "":
		// The text around it may have a source whose columns are defined in Go.
		if !sc.embedded || !c.home || c.tables.Open() || c.names().columns[sqltext.Fold(name)] || c.isFunction(name) {
			return ""
		}
		return msg + " (no table has it)"
	}
	return msg + near
}

func (c *checker) noTable(sc *scope, msg string) string {
	name, ok := c.tables.Missing(msg, sc.with+" FROM "+sc.from+" "+sc.text)
	if !ok {
		return ""
	}
	if near := c.tables.Near(name); near != "" {
		return msg + "; did you mean " + near + "?"
	}
	if c.tables.Open() || c.several && !c.home && !sc.beside(c) {
		return ""
	}
	return msg
}

// mentioned returns the columns of the tables that a text names, in a subquery.
func (c *checker) mentioned(sc *scope) (list []string) {
	words := map[string]bool{}
	for _, t := range sqltext.Significant(sc.with + " " + sc.text) {
		if t.Ident() {
			words[sqltext.Fold(t.Name())] = true
		}
	}
	for _, t := range c.tables.Names() {
		if words[sqltext.Fold(t)] {
			list = append(list, c.columnsIn(sqltext.Quote(t))...)
		}
	}
	return list
}

// anywhere reports whether a table of the schema has a column.
func (c *checker) anywhere(column string) bool {
	for _, t := range c.tables.Names() {
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
