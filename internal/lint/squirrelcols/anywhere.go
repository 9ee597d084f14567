package squirrelcols

import (
	"go/ast"
	"go/constant"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/fragment"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// A condition, an order or a column may stand where no statement is in sight: in a
// function that a map of filters has, in a map of orders, in a value that another
// package hands on. It is not known then which tables its names are of, but a name that
// no table has is wrong in any statement.

// anySource is a table with the columns of all tables.
const anySource = "drey_any"

// mostSources is how many sources SQLite joins at most.
const mostSources = 64

// texts are the functions and methods of squirrel's that take SQL, and where it
// stands. all: in every argument, instead of the first.
var positions = map[string]struct {
	clause
	all bool
}{
	"Where": {inWhere, false}, "Having": {inWhere, false}, "Expr": {inWhere, false}, "ConcatExpr": {inWhere, true},
	"Select": {inResult, true}, "Columns": {inResult, true}, "Column": {inResult, false}, "GroupBy": {inGroup, true},
	"OrderBy": {inOrder, true}, "OrderByClause": {inOrder, false}, "Set": {inWhere, false},
	"Case": {inResult, true}, "When": {inResult, true}, "Else": {inResult, true},
	"From": {inFrom, false}, "Join": {inFrom, false}, "LeftJoin": {inFrom, false}, "RightJoin": {inFrom, false},
	"InnerJoin": {inFrom, false}, "CrossJoin": {inFrom, false},
}

// inFrom is a source: it stands beside those that are there.
var inFrom = clause{before: " JOIN "}

// everywhere checks the names of the package that no statement is known for.
func (c *checker) everywhere() {
	if c.other || c.several && !(c.home && policy.SQLiteOnly(c.Pkg)) || c.tables.Open() || slices.ContainsFunc(c.chains.Statements, c.abroad) {
		return // other tables may be meant
	}
	for _, f := range c.Files {
		if c.project.Skips(f, c.Fset.Position(f.FileStart).Filename) || policy.OtherPlace(c.Fset, f, c.chains.Parent) {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			for _, t := range slices.Concat(c.textsAt(n), c.handedAt(n)) {
				if t.given || c.loose(t.Expr) {
					c.nowhere(t, c.names())
					c.hand(t)
				}
			}
			return true
		})
	}
	c.exportHanded()
}

// abroad reports whether a statement is for another database, or for an attached one.
func (c *checker) abroad(s *builder.Statement) bool {
	if c.foreign(s) || s.OtherDialect {
		return true
	}
	for _, call := range s.Calls {
		if source(call) {
			if t, ok := c.constant(first(call), &scope{bound: call.Bound}); ok {
				schema, _, qualified := strings.Cut(t.Text, ".")
				if qualified && !strings.ContainsAny(schema, " (") && !sqltext.EqualFold(schema, "main") {
					return true
				}
			}
		}
	}
	return false
}

// source reports whether the first argument of a call is the table of a statement.
func source(call builder.Call) bool {
	switch call.Name {
	case "From", "FromSelect", "Into", "Table", "Insert", "Replace", "Update", "Delete":
		return true
	}
	return false
}

// loose reports whether the names of a text are of the schema's tables: it is not in a
// statement of another table, or of one that is not known.
func (c *checker) loose(e ast.Expr) bool {
	for n := c.chains.Parent(e); n != nil; n = c.chains.Parent(n) {
		switch n := n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return true
		case *ast.CallExpr:
			s := c.chains.Read(n, nil)
			if s == nil {
				continue
			}
			for _, call := range s.Calls {
				if !source(call) || first(call) == e {
					continue
				}
				t, ok := c.constant(first(call), &scope{bound: call.Bound})
				words := sqltext.Significant(t.Text)
				if ok && len(words) > 0 && c.tables.Has(words[0].Name()) {
					continue
				}
				if ok && t.Text != "" || call.Name == "FromSelect" || !ok && !c.flow.Trusted(first(call)) {
					return false
				}
			}
			return true
		}
	}
	return true
}

// placed is an expression that is SQL, or a part of it, and where it stands.
type placed struct {
	fragment.Given
	clause
	given bool // to another package
}

// opening is a beginning of a statement in which the text stands.
func (t placed) opening() string {
	if t.clause == inResult {
		return "SELECT "
	}
	return "SELECT 1 FROM t" + t.before
}

// textsAt lists the texts that a node makes SQL of.
func (c *checker) textsAt(n ast.Node) (list []placed) {
	add := func(cl clause, exprs ...ast.Expr) {
		for _, e := range exprs {
			if b, ok := c.TypesInfo.TypeOf(e).(*types.Basic); ok && b.Info()&types.IsString != 0 {
				list = append(list, placed{Given: fragment.Given{Expr: e}, clause: cl})
			}
		}
	}
	through := func(cl clause, e ast.Expr, path string) {
		if _, literal := ast.Unparen(e).(*ast.CompositeLit); !literal {
			list = append(list, placed{Given: fragment.Given{Expr: e, Taking: fragment.Taking{Path: path}}, clause: cl})
		}
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		name := c.chains.Callee(n)
		name = name[strings.LastIndexByte(name, '.')+1:]
		switch {
		case name == "SetMap" && len(n.Args) == 1:
			c.entries(n.Args[0], 0, func(key, _ ast.Expr) { add(inWhere, key) })
			through(inWhere, n.Args[0], dataflow.KeyPath)
		case keyed[name] && len(n.Args) == 1:
			through(inWhere, n.Args[0], dataflow.KeyPath)
		case n.Ellipsis.IsValid() && positions[name].all:
			through(positions[name].clause, n.Args[len(n.Args)-1], dataflow.ElementPath)
		}
		if at, ok := positions[name]; ok && len(n.Args) > 0 && at.all {
			add(at.clause, n.Args...)
		} else if ok && len(n.Args) > 0 {
			add(at.clause, n.Args[0])
		}
	case *ast.CompositeLit:
		if keyed[builder.Named(c.TypesInfo.TypeOf(n))] {
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					add(inWhere, kv.Key)
				}
			}
		}
	case *ast.AssignStmt:
		for _, left := range n.Lhs {
			if x, ok := left.(*ast.IndexExpr); ok && keyed[builder.Named(c.TypesInfo.TypeOf(x.X))] {
				add(inWhere, x.Index)
			}
		}
	case *ast.FuncDecl:
		if n.Recv != nil && n.Name.Name == "ToSql" && n.Body != nil && n.Type.Params.NumFields() == 0 && n.Type.Results.NumFields() == 3 {
			for _, ret := range dataflow.Returned(n.Body) {
				add(inWhere, ret)
			}
		}
	}
	return list
}

// vocabulary is every name that a statement may have.
type vocabulary struct {
	columns map[string]bool // case-folded, without a table
	stored  map[string]bool // those of the schema
	// sources are the tables, and the names that the package's own SQL gives to sources,
	// with the table that each is, or "" for one that may have any column.
	sources map[string]string
}

// vocabulary reads the names of the schema, and those that the package defines.
func (c *checker) vocabulary() *vocabulary {
	v := &vocabulary{columns: map[string]bool{}, sources: map[string]string{}}
	v.column("rowid", "oid", "_rowid_", "rank", "json", "root")
	v.column(c.columnsIn("json_tree('')")...)
	v.column(c.columnsIn("sqlite_master")...)
	for _, t := range c.tables.Names() {
		q := sqltext.Quote(t)
		v.column(c.columnsIn(q)...)
		v.source(t, t)
		if c.ask("SELECT "+q+"."+q+" FROM "+q) == nil {
			v.column(t) // as in fts MATCH ?
		}
	}
	v.stored = maps.Clone(v.columns)
	c.defined(v)
	c.handsOn()
	v.foreign(c.foreignNames)
	return v
}

func (v *vocabulary) column(names ...string) {
	for _, name := range names {
		v.columns[sqltext.Fold(name)] = true
	}
}

// source notes a name of a table. A name of several, or of something else, may have any
// column.
func (v *vocabulary) source(name, table string) {
	name = sqltext.Fold(name)
	if known, ok := v.sources[name]; ok && !sqltext.EqualFold(known, table) {
		table = ""
	}
	v.sources[name] = table
}

// scope is one in which the names of a text mean what they may mean anywhere: inside,
// the columns; around that, the sources.
func (v *vocabulary) scope(text string) *scope {
	list, from := []string{"NULL AS rowid"}, []string{anySource}
	said := map[string]bool{"rowid": true}
	tokens := sqltext.Significant(text)
	for i, t := range tokens {
		if !t.Ident() {
			continue
		}
		name := sqltext.Fold(t.Name())
		if i+1 < len(tokens) && tokens[i+1].Is(".") {
			table, ok := v.sources[name]
			if !ok || said[name+"."] || len(from) == mostSources {
				continue
			}
			said[name+"."] = true
			if table = sqltext.Quote(table); table == `""` {
				table = anySource
			}
			from = append(from, table+" AS "+sqltext.Quote(name))
		} else if v.columns[name] && !said[name] {
			said[name] = true
			list = append(list, "NULL AS "+sqltext.Quote(name))
		}
	}
	return &scope{from: anySource, outer: &scope{
		with: "WITH " + anySource + " AS (SELECT " + strings.Join(list, ", ") + ")",
		from: strings.Join(from, ", "),
	}}
}

var defines = regexp.MustCompile(`(?i)^\s*(?:CREATE|ALTER)\s`)

// defined reads the names that the constants of the package define.
func (c *checker) defined(v *vocabulary) {
	for e, tv := range c.TypesInfo.Types {
		if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 2 {
			if name := c.chains.Callee(call); name == "Alias" || strings.HasSuffix(name, ".FromSelect") {
				if alias, ok := c.flow.Text(call.Args[1]); ok {
					v.source(alias, "")
					v.column(alias)
				}
			}
		}
		if tv.Value != nil && tv.Value.Kind() == constant.String {
			c.definedIn(constant.StringVal(tv.Value), v)
		}
	}
}

// definedIn reads the names that a text defines. It takes rather too many for names.
func (c *checker) definedIn(text string, v *vocabulary) {
	tokens := sqltext.Significant(text)
	if len(tokens) < 2 {
		return
	}
	is := func(i int, words ...string) bool {
		return 0 <= i && i < len(tokens) && slices.ContainsFunc(words, tokens[i].Is)
	}
	plain := func(i int) bool { return tokens[i].Ident() && !keyword(tokens[i]) }
	creates := defines.MatchString(text)
	statement := slices.ContainsFunc(tokens, func(t sqltext.Token) bool { return t.Is("SELECT") })
	starts := []int{0} // of the result column, in each of the parentheses that are open
	for i, t := range tokens {
		switch {
		case t.Is("("):
			starts = append(starts, i+1)
		case t.Is(")") && len(starts) > 1:
			starts = starts[:len(starts)-1]
		case t.Is(","), t.Is("SELECT"):
			starts[len(starts)-1] = i + 1
		}
		if !plain(i) && t.Kind != sqltext.String {
			continue
		}
		name := t.Name()
		if t.Kind == sqltext.String {
			if table := c.named(tokens[:i]); table != "" {
				v.source(name, table)
			}
			continue
		}
		if creates {
			v.column(name)
		}
		if after := columns(tokens[i+1:]); after >= 0 && is(i+1+after, "AS") && is(i+2+after, "(", "NOT", "MATERIALIZED") {
			v.source(name, "") // a CTE
			for _, x := range tokens[i+1 : i+1+after] {
				if x.Ident() {
					v.column(x.Name())
				}
			}
		}
		of := i - 1 // the end of what gets the name
		named := is(of, "AS")
		if named {
			of--
		}
		if of < 0 || !named && !is(of, ")") && !plain(of) {
			continue
		}
		before := tokens[of].Name()
		if plain(of) && !statement && !is(of-1, ".") && !v.stored[sqltext.Fold(before)] && !c.tables.Has(before) {
			continue // words of a sentence
		}
		if table := c.named(tokens[:i]); table != "" && (!plain(of) || is(of-1, ".")) {
			v.source(name, table)
			continue
		}
		table := plain(of) && !is(of-1, ".") && c.tables.Has(before)
		if !(table && !v.stored[sqltext.Fold(before)]) && (named || is(i+1, ",", ")", "FROM") || i+1 == len(tokens)) {
			// A name that is given to itself has to be a column already.
			column := tokens[min(starts[len(starts)-1], of+1) : of+1]
			if !slices.ContainsFunc(column, func(x sqltext.Token) bool { return x.Ident() && sqltext.EqualFold(x.Name(), name) }) {
				v.column(name)
			}
		}
		switch {
		case table:
			v.source(name, before)
		case is(of, ")") || !c.tables.Has(name):
			v.source(name, "")
		}
	}
}

// named returns the table that gets another name after some tokens, if that is written with
// its schema, in parentheses, or after a word that only stands before tables.
func (c *checker) named(tokens []sqltext.Token) string {
	n := len(tokens)
	if n > 0 && tokens[n-1].Is("AS") {
		n--
	}
	end := n
	if n > 2 && tokens[n-1].Is(")") {
		end--
	}
	start := end - 1
	if start < 0 || !tokens[start].Ident() || !c.tables.Has(tokens[start].Name()) {
		return ""
	}
	table := tokens[start].Name()
	if start > 1 && tokens[start-1].Is(".") && sqltext.EqualFold(tokens[start-2].Name(), "main") {
		start -= 2
	}
	if end < n { // FROM (users) u, but not count(users) u
		if start--; start < 0 || !tokens[start].Is("(") {
			return ""
		}
	} else if end-start > 1 {
		return table
	}
	if start == 0 || slices.ContainsFunc([]string{"FROM", "JOIN", "UPDATE", "INTO"}, tokens[start-1].Is) || end == n && tokens[start-1].Is(",") {
		return table
	}
	return ""
}

// columns returns the length of a list of names in parentheses at the beginning of some
// tokens, 0 if there is none, and -1 if it is of something else.
func columns(tokens []sqltext.Token) int {
	if len(tokens) == 0 || !tokens[0].Is("(") {
		return 0
	}
	for i, t := range tokens[1:] {
		switch {
		case t.Is(")"):
			return i + 2
		case !t.Ident() && !t.Is(","):
			return -1
		}
	}
	return -1
}

// begins matches the beginning of a statement.
var begins = regexp.MustCompile(`(?i)^\s*(?:SELECT|INSERT|REPLACE|UPDATE|DELETE|WITH)\s`)

// keyword reports whether a word cannot be a name without AS before it.
func keyword(t sqltext.Token) bool {
	return slices.ContainsFunc(keywords, t.Is)
}

var keywords = strings.Fields(`ALL AND AS ASC BETWEEN BY CASE COLLATE CROSS DESC DISTINCT ELSE END ESCAPE EXCEPT EXISTS
	FROM FULL GLOB GROUP HAVING IN INNER INSERT INTERSECT INTO IS ISNULL JOIN LEFT LIKE LIMIT MATCH NATURAL NOT NOTNULL
	NULL NULLS OFFSET ON OR ORDER OUTER OVER PARTITION REGEXP RETURNING RIGHT SELECT SET THEN UNION UPDATE USING VALUES
	WHEN WHERE WINDOW`)

// nowhere reports the names of a text that no table of the schema has.
func (c *checker) nowhere(p placed, v *vocabulary) {
	for _, t := range p.Texts(c.flow, p.opening(), anySource) {
		text := t.SQL
		sc := v.scope(text)
		for range mostRefused {
			probe := text
			if !begins.MatchString(text) {
				probe = sc.probe(p.clause, text)
			}
			err := c.ask(probe)
			if err == nil {
				break
			}
			if msg := c.unknown(v, sc, err, text); msg != "" {
				name := policy.Named(err.Msg)
				at := ast.Node(p.Expr)
				x := t.Naming(name)
				if x != nil {
					at = x
				}
				if (x != nil || !p.given) && !c.reported(at, name) {
					c.said[err.Msg] = append(c.said[err.Msg], at.Pos())
					c.Reportf(at.Pos(), "%s", msg)
				}
			}
			rest, ok := policy.Without(text, err.Msg)
			if !ok {
				break
			}
			text = rest
		}
	}
}

// reported reports whether a name is reported in an expression.
func (c *checker) reported(n ast.Node, name string) bool {
	for msg, list := range c.said {
		for _, at := range list {
			if n.Pos() <= at && at <= n.End() && sqltext.EqualFold(policy.Named(msg), name) {
				return true
			}
		}
	}
	return false
}

// unknown returns what to report about a name that is not known anywhere, or "".
func (c *checker) unknown(v *vocabulary, sc *scope, err *sqlite.Error, text string) string {
	if table, ok := strings.CutPrefix(err.Msg, "no such table: "); ok {
		tokens := sqltext.Significant(text)
		for i, t := range tokens {
			if t.Is("*") && i > 1 && tokens[i-1].Is(".") && sqltext.EqualFold(tokens[i-2].Name(), table) {
				return "" // all columns of a source that is not in sight
			}
		}
		own := *sc
		own.text = text
		return c.noTable(&own, err.Msg)
	}
	name, ok := strings.CutPrefix(err.Msg, "no such column: ")
	if !ok || strings.ContainsAny(name, `"' `) {
		return ""
	}
	if at := strings.LastIndex(name, "."); at >= 0 {
		table := v.sources[sqltext.Fold(name[:at])]
		if table == "" {
			return "" // of a source that is not in sight
		}
		return err.Msg + didYouMean(name[at+1:], c.columnsIn(sqltext.Quote(table)))
	}
	if slices.ContainsFunc(keywords, func(w string) bool { return sqltext.EqualFold(w, name) }) || c.isFunction(name) {
		return ""
	}
	return err.Msg + didYouMean(name, slices.Sorted(maps.Keys(v.columns))) + " (no table has it)"
}

// isFunction reports whether SQLite has a function of this name, which may stand for a
// call of it.
func (c *checker) isFunction(name string) bool {
	err := c.ask("SELECT " + sqltext.Quote(name) + "()")
	return err == nil || !strings.HasPrefix(err.Msg, "no such function")
}
