package v131

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/sqlc-dev/meyer/ast"
)

// Explanation is what sqlc does not know about a query that it refuses.
type Explanation struct {
	What string // as in "sqlc does not know " and this
	Fix  string
	At   int // place of the culprit in the author's text; 0 if sqlc says it itself, or if it is not known
}

// Explain says why sqlc refuses a query that SQLite accepts, given sqlc's message;
// ok is false if that is not known.
func Explain(q *Query, msg string) (e Explanation, ok bool) {
	for _, l := range limits {
		m := l.says.FindStringSubmatch(msg)
		if m == nil {
			continue
		}
		r := &refused{q, m[len(m)-1]}
		offset := 0
		if l.at != nil {
			if offset = l.at(r); offset < 0 {
				continue
			}
		}
		e = Explanation{What: l.what, Fix: l.fix(r)}
		if offset > 0 {
			e.At = q.Plain.Origin(offset)
		}
		return e, true
	}
	return Explanation{}, false
}

// TwoTypes returns the parameter that has two types according to sqlc's message,
// which does not name the query, and the message's words; "" for any other message.
func TwoTypes(msg string) (words, param string) {
	if m := twoTypes.FindStringSubmatch(msg); m != nil {
		return m[0], m[1]
	}
	return "", ""
}

// refused is a query that SQLite accepts and sqlc does not.
type refused struct {
	*Query
	name string // what the message names
}

// limit is something that sqlc does not know. says matches its message, with a group
// for what the message names. at returns the offset of the culprit in the plain SQL, a
// negative number if the cause is something else, and 0 for the place that sqlc says.
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

// limits are tried in this order. For each, the tests have a query that sqlc
// refuses and its rewrite.
var limits = []limit{
	{"a parameter with $ before it, or with a number for its name", badSyntax, oddParameter, func(r *refused) string {
		p := r.Params[oddParam(r)]
		if isNumber(p.Name) {
			return fmt.Sprintf("write ?%s in place of %s, and so for all parameters; or name them: @name", p.Name, p.Text)
		}
		return fmt.Sprintf("write @%s", p.Name)
	}},
	{"UPDATE … FROM", badSyntax, updateFrom, text("assign a subquery: SET x = (SELECT … WHERE other.key = t.key) WHERE EXISTS (SELECT 1 …)")},
	{"IS [NOT] DISTINCT FROM", badSyntax, distinctFrom,
		text("write IS for IS NOT DISTINCT FROM, and IS NOT for IS DISTINCT FROM: they mean the same")},
	{"ORDER BY in an aggregate", badSyntax, call(func(c *ast.FuncCall) bool { return len(c.OrderBy) > 0 }),
		text("aggregate over an ordered subquery: SELECT group_concat(x) FROM (SELECT x FROM … ORDER BY y) AS t")},
	{"more than one ON CONFLICT", badSyntax, upserts, text("write one ON CONFLICT, or two queries")},
	{"underscores in numbers", badSyntax, underscore, text("write the number without underscores")},
	{"ESCAPE behind AND and OR", badSyntax, theName(func(r *refused) bool { return r.name == "ESCAPE" }),
		text("put it into parentheses: AND (x LIKE ? ESCAPE '\\')")},
	{"spaces in the brackets of its own macros", badSyntax, spacedMacro, text("write sqlc.arg(x), without spaces in it")},
	{"sqlc.embed of a name that is not in lower case, or needs quotes", badSyntax, embedded, text("give the table an alias: FROM Playlist AS p, and sqlc.embed(p)")},
	{"this word as a name", badSyntax, wordAsName, func(r *refused) string { return fmt.Sprintf("write it in double quotes: %q", r.name) }},
	{"this word as a name", badSyntax, keywordAlias, func(r *refused) string { return fmt.Sprintf("write it in double quotes: %q", r.keyword().Name) }},
	{"a name with a double quote in it", noColumn, quoteInName, text("give the column another name in a view, with CREATE VIEW in a migration, and select from that")},
	{"VALUES as a table", noColumn, valuesCTE, text("write SELECT 1 AS a, 2 AS b UNION ALL SELECT 3, 4")},
	{"the columns named behind WITH t", noColumn, namedCTE, text("name them in the SELECT: WITH t AS (SELECT x AS a, count(*) AS b …)")},
	{"rowid", noColumn, rowIDInserted, insertedRowID},
	{"rowid", noColumn, theName(isRowID), castName("INTEGER")},
	{"rowid", noFind, theName(isRowID), text("order by the INTEGER PRIMARY KEY, or by a column that is CAST(rowid AS INTEGER) AS id")},
	{"the rank of FTS5", noColumn, theName(isRank), text("write CAST(rank AS REAL) AS place in the result, ORDER BY rank as it is, and give a parameter that is compared with it a type: rank < CAST(@x AS REAL)")},
	{"a column whose name is written as a string", noColumn, theName(func(r *refused) bool { return strings.HasPrefix(r.name, "'") }), func(r *refused) string {
		return fmt.Sprintf("write the name in double quotes: %q", strings.Trim(r.name, "'"))
	}},
	{"a column in parentheses", noColumn, theName(func(r *refused) bool { return strings.HasPrefix(r.name, "(") }), text("leave the parentheses out")},
	{"a table that is compared with by its name", noColumn, theName(func(r *refused) bool { return r.Schema.Table(r.name) != nil }),
		func(r *refused) string {
			return fmt.Sprintf("give the parameter a type, and sqlc does not look: %s MATCH CAST(@q AS TEXT)", r.name)
		}},
	{"the columns of table-valued functions", noColumn, tableFunction, untypedName},
	{"what it has to be: the parameter has no type where it stands", noColumn, parameterAlone, typedParameter},
	{"the columns of a subquery or WITH where a parameter is compared with one", noColumn, hasParameters,
		comparedParameter},
	{"the alias of a subquery or WITH where a parameter is compared with its column", noAlias, nil,
		comparedParameter},
	{"which column is meant: it takes the names of the first SELECT for those of WITH t (a, b)", ambiguous, alikeCTE,
		text("name them in the SELECT: WITH t AS (SELECT x AS a, x AS b …)")},
	{"which column is meant: it looks at all tables of the statement at once", ambiguous, nil, func(r *refused) string {
		return fmt.Sprintf("write the table before the column; give a table that is named twice an alias: FROM t AS inner_t WHERE inner_t.%s = …", r.name)
	}},
	{"WITH in an INSERT", noTable, withInsert, text("write the subquery where it is used: INSERT INTO t (…) SELECT … FROM (SELECT …) AS x")},
	{"WITH before DELETE and UPDATE", noTable, withModify, text("write the subquery where it is used: WHERE id IN (SELECT …)")},
	{"an alias of the table that UPDATE changes", noTable, updateAlias, text("use the table's own name in place of the alias")},
	{"the columns of the table", regexp.MustCompile(`INSERT has more expressions than target (columns)`), nil, func(r *refused) string {
		return "name the columns: " + insertColumns(r)
	}},
	{"a name for the column", regexp.MustCompile(`ResTarget has (nil) name`), nil, text("give the expression a name: … AS x")},
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

// typedParameter gives a type to the parameter that lacks one, and keeps its kind:
// a sqlc.narg stays one.
func typedParameter(r *refused) string {
	param := "@x"
	if offset := parameterAlone(r); offset >= 0 {
		at := r.Plain.Origin(offset)
		for _, item := range r.Items {
			if item.Param != nil && item.Start == at {
				if item.Param.Kind == query.Slice {
					return fmt.Sprintf("write x IN (%s)", item.Text)
				}
				param = item.Text
			}
		}
	}
	return fmt.Sprintf("write CAST(%s AS TEXT), with the type that it has", param)
}

// comparedParameter gives a type to each parameter that is compared with what the message names.
func comparedParameter(r *refused) string {
	var casts []string
	for _, p := range r.comparedWith() {
		cast := fmt.Sprintf("CAST(%s AS %s)", p.Text, r.TypeOf(p))
		if !slices.Contains(casts, cast) {
			casts = append(casts, cast)
		}
	}
	if casts == nil {
		casts = []string{"CAST(@x AS …)"}
	}
	return "give the parameter the type of the column, and sqlc does not look: " + strings.Join(casts, ", ")
}

// untypedName is for a column whose values have types of their own: a number and a text
// are not equal, whatever they look like.
func untypedName(r *refused) string {
	return fmt.Sprintf("write CAST(%[1]s AS TEXT) AS %[1]s in the result, and give a parameter that is compared with it the type of the values: "+
		"%[1]s = CAST(@x AS TEXT) finds texts alone, CAST(@x AS INTEGER) numbers alone", r.name)
}

// insertedRowID is for a rowid that an INSERT fills.
func insertedRowID(r *refused) string {
	in := r.Tree.(*ast.InsertStmt)
	if t := r.Schema.Table(in.Table.Name.Name); t != nil {
		for _, c := range t.Columns {
			if c.RowIDAlias {
				return fmt.Sprintf("write the column that is the rowid: %s", c.Name)
			}
		}
	}
	return fmt.Sprintf("insert into a view of it, with CREATE VIEW … AS SELECT rowid AS id, … FROM %s and an INSTEAD OF INSERT trigger in a migration; "+
		"or have triggers of the table that it indexes fill it", in.Table.Name.Name)
}

func text(s string) func(*refused) string { return func(*refused) string { return s } }

func castName(typ string) func(*refused) string {
	return func(r *refused) string {
		return fmt.Sprintf("write CAST(%[1]s AS %[2]s) AS %[1]s in the result, and give a parameter that is compared with it a type: %[1]s = CAST(@x AS %[2]s)", r.name, typ)
	}
}

// insertColumns returns the columns that an INSERT without a list fills.
func insertColumns(r *refused) string {
	in, ok := r.Tree.(*ast.InsertStmt)
	if !ok || r.Schema.Table(in.Table.Name.Name) == nil {
		return "INSERT INTO t (a, b) …"
	}
	t := r.Schema.Table(in.Table.Name.Name)
	var names []string
	for _, c := range t.Columns {
		if c.Generated == "" {
			names = append(names, c.Name)
		}
	}
	return fmt.Sprintf("INSERT INTO %s (%s) …", t.Name, strings.Join(names, ", "))
}
