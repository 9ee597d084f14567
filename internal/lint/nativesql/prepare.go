package nativesql

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
	"golang.org/x/tools/go/ast/astutil"

	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/fragment"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// others are the statements that can be wrong for more reasons than the schema, or
// that SQLite already executes when it prepares them.
var others = []string{
	"ALTER", "ANALYZE", "ATTACH", "BEGIN", "COMMIT", "CREATE", "DETACH", "DROP", "END", "PRAGMA",
	"REINDEX", "RELEASE", "ROLLBACK", "SAVEPOINT", "VACUUM",
}

// unknown are the beginnings of messages about what a program may add itself.
var unknown = []string{"no such function", "no such module", "no such collation", "unknown database"}

// names are the beginnings of messages about names. A statement of another dialect,
// or with holes, may have other faults.
var names = regexp.MustCompile(`^(?:no such column: |no such table: |table .+ has no column named |cannot join using column )`)

// mostRefused is how many columns of one query are reported at most.
const mostRefused = 16

// database is what a package's queries are prepared on.
type database struct {
	pass     *analysis.Pass
	project  policy.Project
	several  bool             // the package may be for several databases
	other    bool             // the package is for another database
	taken    map[string]bool  // texts of calls, which are checked
	refusals map[refusal]bool // what is reported
	parts    func() map[types.Object]bool
	tables   func() *policy.Tables
	sources  func() map[string]policy.Relation // of the generated package, by their markers
	home     func() bool                       // most queries of the package are about tables of the schema
}

func newDatabase(pass *analysis.Pass, project policy.Project, texts func() []string) *database {
	d := &database{pass: pass, project: project, taken: map[string]bool{}, refusals: map[refusal]bool{}, several: project.Several(pass.Pkg), other: project.Elsewhere(pass.Pkg)}
	d.parts = sync.OnceValue(func() map[types.Object]bool { return parts(pass) })
	d.tables = sync.OnceValue(func() *policy.Tables {
		t, err := project.PackageTables(pass.TypesInfo)
		if err != nil {
			return nil
		}
		return t
	})
	d.sources = sync.OnceValue(func() map[string]policy.Relation {
		g := project.Generated(pass.Pkg)
		if g == nil {
			return nil
		}
		list, err := g.Relations()
		if err != nil {
			return nil // "drey generate" and the compiler say what is wrong with it
		}
		return list
	})
	d.home = sync.OnceValue(func() bool {
		known := 0
		for _, text := range texts() {
			if _, err := project.Describe(text); err == nil || !strings.HasPrefix(err.Error(), "no such table: ") {
				known++
			} else {
				known--
			}
		}
		return known > 0
	})
	return d
}

// check asks SQLite about a query: about each text that it can have, or about what
// is constant in it. If it has one text and its call is one of a database, the
// arguments and Scans are compared.
func (c *checker) check(query ast.Expr, database bool) {
	texts, ok := c.flow.Occurring(query)
	for _, text := range texts {
		c.database.taken[text] = true
		c.prepare(query, fragment.Text{SQL: text}, true, database && len(texts) == 1)
	}
	if ok {
		return
	}
	for _, t := range fragment.Alternatives(c.flow, query, "", "") {
		if sourced.MatchString(t.SQL) {
			c.prepare(query, t, false, false)
		}
	}
}

// sourced matches a text that names a table.
var sourced = regexp.MustCompile(`(?i)\b(?:FROM|INTO|UPDATE|TABLE)\b`)

// prepare asks SQLite about one text of a query, which may have several statements.
// whole says that it does not have holes, used that its arguments and Scans are
// compared.
func (c *checker) prepare(query ast.Expr, t fragment.Text, whole, used bool) {
	text := c.plainNames(t.SQL)
	refused := 0
	for first := true; ; first = false {
		tokens := sqltext.Significant(text)
		if len(tokens) == 0 || slices.ContainsFunc(others, tokens[0].Is) {
			return
		}
		taken, err := c.project.Describe(text)
		var why *sqlite.Error
		switch {
		case errors.As(err, &why):
			if msg := c.refused(query, text, why.Msg, t.Open, whole && refused == 0); msg != "" {
				c.refuse(query, t, why.Msg, msg)
			}
			rest, ok := policy.Without(text, why.Msg)
			if refused++; !ok || refused > mostRefused {
				return
			}
			text = rest
			continue
		case err != nil || taken[0].Empty:
			return
		}
		if whole && refused == 0 {
			c.kept(query, strings.TrimSuffix(text, taken[0].Tail))
		}
		if text = taken[0].Tail; strings.TrimSpace(text) == "" {
			if first && used && refused == 0 {
				c.used(query, taken)
			}
			return
		}
	}
}

// refuse reports once what SQLite says about a text of a query, where the constant is that
// has the name, if another function hands it in.
func (c *checker) refuse(query ast.Expr, t fragment.Text, said, msg string) {
	at := query.Pos()
	if x := t.Naming(policy.Named(said)); x != nil && !c.inFunction(x) {
		at = x.Pos()
	}
	k := refusal{at, msg}
	if !c.database.refusals[k] {
		c.database.refusals[k] = true
		c.pass.Reportf(at, "SQLite refuses this on the migrated schema: %s", msg)
	}
}

// inFunction reports whether an expression is in the declaration that the query is in, or
// is a constant's of the package.
func (c *checker) inFunction(e ast.Expr) bool {
	if len(c.stack) < 2 {
		return true
	}
	f, d := c.stack[0], c.stack[1]
	if d.Pos() <= e.Pos() && e.Pos() <= d.End() {
		return true
	}
	path, _ := astutil.PathEnclosingInterval(f.(*ast.File), e.Pos(), e.End())
	return !slices.ContainsFunc(path, func(n ast.Node) bool { _, ok := n.(*ast.FuncDecl); return ok })
}

type refusal struct {
	pos token.Pos
	msg string
}

// refused returns what to report of what SQLite says about a text, or "".
func (c *checker) refused(query ast.Expr, text, msg string, open, whole bool) string {
	d := c.database
	for _, k := range unknown {
		if strings.HasPrefix(msg, k) {
			return ""
		}
	}
	if !names.MatchString(msg) {
		if d.several || d.other || !whole {
			return ""
		}
		return msg
	}
	tables := d.tables()
	foreign := d.other || policy.OtherPlace(c.pass.Fset, query, c.around) || d.several && !d.home()
	if strings.HasPrefix(msg, "no such table: ") {
		name, ok := tables.Missing(msg, text)
		if !ok {
			return ""
		}
		near := tables.Near(name)
		if near == "" && (tables.Open() || foreign) {
			return ""
		}
		return msg + policy.DidYouMean(near)
	}
	qualifier, column := "", msg[strings.LastIndex(msg, " ")+1:]
	if at := strings.LastIndex(column, "."); at >= 0 {
		qualifier, column = column[:at], column[at+1:]
	}
	near := policy.Nearest(column, d.columns(text))
	if open = open && !d.source(text, qualifier); near == "" && (foreign || open) || open && d.anywhere(column) {
		return ""
	}
	return msg + policy.DidYouMean(near)
}

// source reports whether a text has a table of the schema under a name: its own, or
// one that it is given.
func (d *database) source(text, name string) bool {
	tokens := sqltext.Significant(text)
	for i, t := range tokens[:max(len(tokens)-1, 0)] {
		if !t.Is("FROM") && !t.Is("JOIN") && !t.Is(",") && !t.Is("UPDATE") && !t.Is("INTO") || !tokens[i+1].Ident() || !d.tables().Has(tokens[i+1].Name()) {
			continue
		}
		given := tokens[i+1]
		for _, next := range tokens[i+2 : min(i+4, len(tokens))] {
			if next.Kind == sqltext.Word || next.Kind == sqltext.Quoted {
				given = next
			}
			if !next.Is("AS") {
				break
			}
		}
		if sqltext.EqualFold(given.Name(), name) || sqltext.EqualFold(tokens[i+1].Name(), name) {
			return true
		}
	}
	return false
}

// around returns the node around another one of the stack.
func (c *checker) around(n ast.Node) ast.Node {
	if i := slices.Index(c.stack, n); i > 0 {
		return c.stack[i-1]
	} else if i == 0 {
		return nil
	}
	return c.stack[len(c.stack)-1]
}

// columns lists the columns of the tables that a text names.
func (d *database) columns(text string) (list []string) {
	words := map[string]bool{}
	for _, t := range sqltext.Significant(text) {
		if t.Ident() {
			words[sqltext.Fold(t.Name())] = true
		}
	}
	for _, t := range d.tables().Names() {
		if words[sqltext.Fold(t)] {
			list = append(list, d.project.Columns("SELECT * FROM "+sqltext.Quote(t))...)
		}
	}
	return list
}

// anywhere reports whether a table of the schema has a column.
func (d *database) anywhere(column string) bool {
	for _, t := range d.tables().Names() {
		for _, name := range d.project.Columns("SELECT * FROM " + sqltext.Quote(t)) {
			if sqltext.EqualFold(name, column) {
				return true
			}
		}
	}
	return false
}

// dotted matches the parameters of sqlx that name a field of a field.
var dotted = regexp.MustCompile(`(:\w+)((?:\.\w+)+)`)

// plainNames rewrites the parameters of sqlx that SQLite does not accept.
func (c *checker) plainNames(text string) string {
	if !strings.HasPrefix(c.method, "Named") && !strings.HasPrefix(c.method, "PrepareNamed") {
		return text
	}
	return dotted.ReplaceAllStringFunc(text, func(s string) string { return strings.ReplaceAll(s, ".", "_") })
}

// used compares a query with its arguments and with the Scan of its result.
func (c *checker) used(query ast.Expr, taken []*sqlite.Stmt) {
	if c.fn != nil && c.fn.Pkg().Path() != "database/sql" && queryArg[c.method] != c.arg || c.method == "Call" {
		return
	}
	if strings.HasPrefix(c.method, "Prepare") {
		c.statements(taken)
		return
	}
	c.arguments(query, taken[0], c.call, c.call.Args[c.arg+1:])
	if strings.HasPrefix(c.method, "Query") {
		c.scans(taken, c.call, c.stack[len(c.stack)-2], c.stack[len(c.stack)-3])
	}
}

// statements checks the calls of a prepared statement in a local variable that
// holds no other statement.
func (c *checker) statements(taken []*sqlite.Stmt) {
	assign, ok := c.stack[len(c.stack)-2].(*ast.AssignStmt)
	if !ok || len(assign.Rhs) != 1 {
		return
	}
	obj := c.flow.Object(assign.Lhs[0])
	if !dataflow.Local(obj) || len(c.flow.Assignments(obj)) != 1 {
		return
	}
	for name, arg := range queryArg {
		if strings.HasPrefix(name, "Prepare") {
			continue
		}
		for _, call := range c.flow.Method(obj, name) {
			if len(call.Args) < arg {
				continue
			}
			c.arguments(call, taken[0], call, call.Args[arg:])
			path, _ := astutil.PathEnclosingInterval(c.stack[0].(*ast.File), call.Pos(), call.End())
			if i := slices.Index(path, ast.Node(call)); i >= 0 && i+2 < len(path) && strings.HasPrefix(name, "Query") {
				c.scans(taken, call, path[i+1], path[i+2])
			}
		}
	}
}

// arguments compares the arguments of a call with the parameters of its query.
func (c *checker) arguments(at ast.Expr, stmt *sqlite.Stmt, call *ast.CallExpr, args []ast.Expr) {
	given := len(args)
	if call.Ellipsis.IsValid() {
		list, ok := c.flow.List(args[len(args)-1])
		if !ok {
			return
		}
		args = append(slices.Clone(args[:len(args)-1]), list...)
		given = len(args)
	}
	if n := len(stmt.Params); positional(c.pass.TypesInfo, stmt, args) && n != given {
		c.pass.Reportf(at.Pos(), "the query has %d parameters, and %d arguments are given", n, given)
	}
}

// positional reports whether parameters and arguments are matched by number.
func positional(info *types.Info, stmt *sqlite.Stmt, args []ast.Expr) bool {
	for _, p := range stmt.Params {
		if p != "" && p[0] != '?' {
			return false
		}
	}
	for _, a := range args {
		if _, basic := info.Types[a].Type.Underlying().(*types.Basic); basic {
			continue
		}
		if t := info.Types[a].Type.String(); t == "database/sql.NamedArg" || types.IsInterface(info.Types[a].Type) {
			return false
		}
	}
	return true
}

// scans compares the columns of a query with the Scan on its row, or on the
// variable that its row or rows are assigned to, if nothing else is. A SELECT * has
// other columns in another database that accepts it, so one of them has to fit.
// parents are the nodes around the call.
func (c *checker) scans(taken []*sqlite.Stmt, call *ast.CallExpr, parents ...ast.Node) {
	var list []*ast.CallExpr
	switch parent := parents[0].(type) {
	case *ast.SelectorExpr:
		scan, called := parents[1].(*ast.CallExpr)
		if called && parent.Sel.Name == "Scan" && scan.Fun == parent {
			list = append(list, scan)
		}
	case *ast.AssignStmt:
		obj := c.flow.Object(parent.Lhs[0])
		if len(parent.Rhs) == 1 && dataflow.Local(obj) && len(c.flow.Assignments(obj)) == 1 {
			list = c.flow.Method(obj, "Scan")
		}
	}
	for _, scan := range list {
		given := len(scan.Args)
		if scan.Ellipsis.IsValid() {
			elements, ok := c.flow.List(scan.Args[given-1])
			if !ok {
				continue
			}
			given += len(elements) - 1
		}
		if !slices.ContainsFunc(taken, func(s *sqlite.Stmt) bool { return len(s.Columns) == given }) {
			c.pass.Reportf(scan.Pos(), "the query has %d columns, and Scan has %d destinations", len(taken[0].Columns), given)
		}
	}
}
