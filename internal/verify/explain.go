package verify

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/query"
	"github.com/dreysql/drey/internal/sqltext"
	"github.com/dreysql/drey/internal/syntax"
)

// Explain looks at the queries that sqlc has refused. Where SQLite refuses one
// too, SQLite's reason takes the place of sqlc's; where SQLite accepts it, the
// problem says that this is a limit of sqlc's, and the way round it where one is
// known. Problems that are of no query stay as they are. The input needs no
// Package.
func Explain(refused diag.Problems, in Input) diag.Problems {
	c := &checker{Input: in}
	var list diag.Problems
	for _, p := range refused {
		if q := find(in.Queries, p); q != nil {
			p = c.explain(p, q)
		} else if m := twoTypes.FindStringSubmatch(p.Msg); m != nil {
			p = c.twoTypes(p, m[1])
		}
		list = append(list, p)
	}
	list.Sort()
	return list
}

// find returns the query that a problem is of, nil for one that is explained
// already.
func find(queries []*query.Query, p *diag.Problem) *query.Query {
	if strings.HasPrefix(p.Msg, "SQLite ") {
		return nil
	}
	for _, q := range queries {
		if q.File == p.File && q.Name == p.Query {
			return q
		}
	}
	return nil
}

// twoTypes looks for the queries with a parameter that sqlc has found two types
// for, which it does not tell.
func (c *checker) twoTypes(p *diag.Problem, field string) *diag.Problem {
	explained := *p
	var names []string
	for _, q := range c.Queries {
		n := 0
		for _, param := range read(q.Text).params {
			if plain(param.name) != plain(field) {
				continue
			}
			if n++; n == 2 {
				at := place(q, param.start)
				explained.File, explained.Line, explained.Col, explained.Query = at.File, at.Line, at.Col, q.Name
				names = append(names, q.Name)
			}
		}
	}
	if len(names) > 1 { // it could be any of them
		explained = *p
		explained.Msg += "; the queries with such a parameter are " + strings.Join(names, ", ")
	}
	explained.Fix = "use two parameters, of two names that differ in more than case; or write CAST(@x AS …) in each place"
	return &explained
}

func (c *checker) explain(p *diag.Problem, q *query.Query) *diag.Problem {
	s := &subject{checker: c, q: q, written: read(q.Text)}
	s.rendered = s.written.render()
	if _, err := c.Conn.Describe(s.rendered.sql); err != nil {
		return refusal(q, s.rendered, c.Schema, err)
	}
	r := &refused{subject: s, msg: strings.TrimPrefix(p.Msg, "sqlc: ")}
	if tree, err := syntax.Parse(s.rendered.sql); err == nil {
		r.tree = tree
	}
	explained := *p
	for _, l := range limits {
		m := l.says.FindStringSubmatch(r.msg)
		if m == nil {
			continue
		}
		r.name = m[len(m)-1]
		offset := -1
		if l.at != nil {
			if offset = l.at(r); offset < 0 {
				continue
			}
		}
		explained.Msg, explained.Fix = "SQLite accepts it, but sqlc does not know "+l.what, l.fix(r)
		if offset > 0 {
			at := s.at(s.rendered.origin(offset))
			explained.Line, explained.Col = at.Line, at.Col
		}
		explained.Msg += " (" + head(p.Msg) + ")"
		return &explained
	}
	explained.Msg = "SQLite accepts it, but sqlc does not (" + head(p.Msg) + ")"
	explained.Fix = "write it in another way; or put it into a view, with CREATE VIEW in a migration, and select from that"
	return &explained
}

// head is the first paragraph of a message on one line: where sqlc has crashed,
// a stack trace follows.
func head(msg string) string {
	msg, _, _ = strings.Cut(msg, "\n\n")
	return strings.Join(strings.Fields(msg), " ")
}

// refused is a query that SQLite accepts and sqlc does not.
type refused struct {
	*subject
	msg  string
	name string // what the message names
	tree syntax.Stmt
}

// limit is something that sqlc does not know. says matches its message, with a
// group for what it names; at is the offset of the culprit in the plain SQL,
// negative where it is something else, and 0 for where sqlc says.
type limit struct {
	what string
	says *regexp.Regexp
	at   func(*refused) int
	fix  func(*refused) string
}

var (
	noColumn  = regexp.MustCompile(`column "(.*)" does not exist`)
	noFind    = regexp.MustCompile(`column reference "(.*)" not found`)
	noTable   = regexp.MustCompile(`relation "(.*)" does not exist`)
	noAlias   = regexp.MustCompile(`table alias "(.*)" does not exist`)
	ambiguous = regexp.MustCompile(`column reference "(.*)" is ambiguous`)
	badSyntax = regexp.MustCompile(`(?:no viable alternative|mismatched input|extraneous input|missing .*) ?(?:at input )?'(.*?)'`)
	crashes   = regexp.MustCompile(`crash(e)s|panic`)
	twoTypes  = regexp.MustCompile(`named param (\S+) has incompatible types`)
	noFunc    = regexp.MustCompile(`function (\w+)\(.*\) does not exist`)
)

// limits are tried in this order. The tests have a query that sqlc refuses and
// its rewrite for each.
var limits = []limit{
	{"UPDATE … FROM", badSyntax, updateFrom, text("assign a subquery: SET x = (SELECT … WHERE other.key = t.key) WHERE EXISTS (SELECT 1 …)")},
	{"IS [NOT] DISTINCT FROM", badSyntax, operator("IS DISTINCT FROM", "IS NOT DISTINCT FROM"),
		text("write IS for IS NOT DISTINCT FROM, and IS NOT for IS DISTINCT FROM: they mean the same")},
	{"ORDER BY in an aggregate", badSyntax, call(func(c *syntax.Call) bool { return len(c.OrderBy) > 0 }),
		text("aggregate over an ordered subquery: SELECT group_concat(x) FROM (SELECT x FROM … ORDER BY y) AS t")},
	{"more than one ON CONFLICT", badSyntax, upserts, text("write one ON CONFLICT, or two queries")},
	{"underscores in numbers", badSyntax, underscore, text("write the number without underscores")},
	{"ESCAPE behind AND and OR", badSyntax, theName(func(r *refused) bool { return r.name == "ESCAPE" }),
		text("put it into parentheses: AND (x LIKE ? ESCAPE '\\')")},
	{"spaces in the brackets of its own macros", badSyntax, spacedMacro, text("write sqlc.arg(x), without spaces in it")},
	{"sqlc.embed of a name that is not in lower case", badSyntax, embedded, text("give the table an alias: FROM Playlist AS p, and sqlc.embed(p)")},
	{"this word as a name", badSyntax, wordAsName, func(r *refused) string { return fmt.Sprintf("write it in double quotes: %q", r.name) }},
	{"VALUES as a table", noColumn, valuesCTE, text("write SELECT 1 AS a, 2 AS b UNION ALL SELECT 3, 4")},
	{"the columns named behind WITH t", noColumn, namedCTE, text("name them in the SELECT: WITH t AS (SELECT x AS a, count(*) AS b …)")},
	{"rowid", noColumn, theName(isRowID), castName("INTEGER")},
	{"rowid", noFind, theName(isRowID), text("order by the INTEGER PRIMARY KEY, or by a column that is CAST(rowid AS INTEGER) AS id")},
	{"a column in parentheses", noColumn, theName(func(r *refused) bool { return strings.HasPrefix(r.name, "(") }), text("leave the parentheses out")},
	{"a table that is compared with by its name", noColumn, theName(func(r *refused) bool { return r.Schema.Table(r.name) != nil }),
		text("give the parameter a type, and sqlc does not look: t MATCH CAST(@q AS TEXT)")},
	{"the columns of table-valued functions", noColumn, tableFunction, castName("TEXT")},
	{"what it has to be: the parameter has no type where it stands", noColumn, parameterAlone, text("write CAST(@x AS TEXT), with the type that it has")},
	{"the columns of a subquery or WITH where a parameter is compared with one", noColumn, hasParameters,
		text("give the parameter a type, and sqlc does not look: x > CAST(@x AS INTEGER)")},
	{"the alias of a subquery or WITH where a parameter is compared with its column", noAlias, nil,
		text("give the parameter a type, and sqlc does not look: t.x > CAST(@x AS INTEGER)")},
	{"which column is meant: it looks at all tables of the statement at once", ambiguous, nil, func(r *refused) string {
		return fmt.Sprintf("write the table before the column; give a table that is named twice an alias: FROM t AS inner_t WHERE inner_t.%s = …", r.name)
	}},
	{"WITH before DELETE and UPDATE", noTable, withModify, text("write the subquery where it is used: WHERE id IN (SELECT …)")},
	{"an alias of the table that UPDATE changes", noTable, updateAlias, text("use the table's own name in place of the alias")},
	{"the columns of the table", regexp.MustCompile(`INSERT has more expressions than target (columns)`), nil, func(r *refused) string {
		return "name the columns: " + insertColumns(r)
	}},
	{"numbered parameters next to bare ones", regexp.MustCompile(`can not mix \$1 format with (\?) format`), nil, text("number all parameters, or name them: @x")},
	{"the function with so many arguments", noFunc, nil, func(r *refused) string {
		if r.name == "iif" {
			return "add the third argument: iif(x, y, NULL)"
		}
		return "give it all of its arguments"
	}},
	{"what to do with a minus before a parameter: it crashes", crashes, minusParameter, text("write - CAST(@x AS INTEGER)")},
	{"what to do with a column of three parts: it crashes", crashes, threeParts, text("leave the schema out: table.column")},
}

func text(s string) func(*refused) string { return func(*refused) string { return s } }

func castName(typ string) func(*refused) string {
	return func(r *refused) string {
		return fmt.Sprintf("write CAST(%[1]s AS %[2]s) AS %[1]s in the result, and give a parameter that is compared with it a type: %[1]s = CAST(@x AS %[2]s)", r.name, typ)
	}
}

// insertColumns are the columns that an INSERT without a list fills.
func insertColumns(r *refused) string {
	in, ok := r.tree.(*syntax.Insert)
	if !ok || r.Schema.Table(in.Table.Name) == nil {
		return "INSERT INTO t (a, b) …"
	}
	t := r.Schema.Table(in.Table.Name)
	var names []string
	for _, c := range t.Columns {
		if c.Generated == "" {
			names = append(names, c.Name)
		}
	}
	return fmt.Sprintf("INSERT INTO %s (%s) …", t.Name, strings.Join(names, ", "))
}

// underscore finds a number with one.
func underscore(r *refused) int {
	for _, t := range sqltext.Significant(r.rendered.sql) {
		if (t.Kind == sqltext.Integer || t.Kind == sqltext.Float) && strings.Contains(t.Text, "_") {
			return t.Start
		}
	}
	return -1
}
