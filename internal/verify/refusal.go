package verify

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// refusals returns the problems of a query that SQLite does not prepare. SQLite
// reports one missing column at a time; if a constant replaces that column, it
// reports the next one.
func (s *subject) refusals(err error) (problems diag.Problems) {
	if problems = s.macroFaults(); problems != nil {
		return problems
	}
	problems = diag.Problems{refusal(s.q, s.rendered, s.Schema, err)}
	sql := s.rendered.SQL
	for len(problems) < maxRefusals {
		at, name := missingColumn(sql, err)
		if at < 0 {
			return problems
		}
		instead := "NULL"
		if len(name) < len(instead) {
			instead = "0"
		}
		sql = sql[:at] + instead + strings.Repeat(" ", len(name)-len(instead)) + sql[at+len(name):] // nothing moves
		if _, err = s.Conn.Describe(sql); err == nil {
			return problems
		}
		if at, _ := missingColumn(sql, err); at >= 0 {
			problems = append(problems, refusal(s.q, s.rendered, s.Schema, err))
		}
	}
	return problems
}

// maxRefusals is how many columns of one query are reported.
const maxRefusals = 9

// missingColumn returns the column that SQLite does not find, as it is written; at
// is negative if SQLite refused the query for another reason.
func missingColumn(sql string, err error) (at int, name string) {
	var e *sqlite.Error
	_, what, ok := strings.Cut(err.Error(), "no such column: ")
	if !errors.As(err, &e) || !ok || e.Offset < 0 || e.Offset >= len(sql) {
		return -1, ""
	}
	for t := range sqltext.All(sql[e.Offset:]) { // if a table is named, the offset is the table's
		end := e.Offset + t.End()
		if t.Blank() || !t.Ident() && !t.Is(".") {
			break
		}
		name = sql[e.Offset:end]
		if sqltext.EqualFold(name, what) || sqltext.EqualFold(t.Name(), what[strings.LastIndexByte(what, '.')+1:]) {
			return e.Offset, name
		}
	}
	return -1, ""
}

// refusal returns the problem of a query that SQLite does not prepare.
func refusal(q *query.Query, r *query.Plain, s *schema.Schema, err error) *diag.Problem {
	offset := 0
	var e *sqlite.Error
	if errors.As(err, &e) && e.Offset >= 0 {
		offset = r.Origin(e.Offset)
	}
	p := q.At(offset)
	p.Msg, p.Err = fmt.Sprintf("SQLite refuses it: %v", err), err
	if e != nil {
		if p.Fix = dialect(s, r.SQL, e.Offset); p.Fix != "" {
			return p
		}
	}
	for _, hint := range refusals {
		if _, what, ok := strings.Cut(err.Error(), hint.part); ok {
			p.Fix = hint.fix(s, r.SQL, what)
			return p
		}
	}
	p.Fix = "the query has to be valid on the schema that the migrations make"
	return p
}

// refusals are hints by a part of SQLite's message; fix gets the text after that
// part.
var refusals = []struct {
	part string
	fix  func(s *schema.Schema, sql, what string) string
}{
	{"ON CONFLICT clause does not match", conflictKeys},
	{"no such table: ", func(s *schema.Schema, _, what string) string {
		var names []string
		for _, t := range s.Tables {
			names = append(names, t.Name)
		}
		if near := closest(what, names); near != nil {
			return fmt.Sprintf("the migrations make %s", strings.Join(near, ", "))
		}
		return "create the table in a migration"
	}},
	{"no such column: ", similarColumns},
	{"has no column named ", similarColumns},
	{"no such function: ", func(_ *schema.Schema, _, what string) string {
		if near := closest(what, infer.Functions()); near != nil {
			return fmt.Sprintf("functions of SQLite's with such a name: %s; what it does not have is written in Go", strings.Join(near, ", "))
		}
		return "write in Go what it would do: SQLite does not have a function with such a name"
	}},
	{"cannot INSERT into generated column", func(*schema.Schema, string, string) string {
		return "leave the column out: the database makes its value"
	}},
	{"cannot UPDATE generated column", func(*schema.Schema, string, string) string {
		return "leave the column out: the database makes its value"
	}},
	{"foreign key mismatch", func(*schema.Schema, string, string) string {
		return "a foreign key has to refer to the primary key, or to columns with a UNIQUE index of their own: add that index in a migration"
	}},
	{"misuse of aggregate", func(*schema.Schema, string, string) string {
		return "write the condition into HAVING, after GROUP BY, or into a subquery"
	}},
	{"misuse of window function", func(*schema.Schema, string, string) string {
		return "compute it in a subquery, and write the condition around that: SELECT … FROM (SELECT …, row_number() OVER (…) AS n FROM …) AS t WHERE n = 1"
	}},
	{"do not have the same number of result columns", func(*schema.Schema, string, string) string {
		return "write as many columns in each part; CAST(NULL AS INTEGER) AS x stands for one that a part does not have"
	}},
	{"ambiguous column name: ", func(_ *schema.Schema, _, what string) string {
		return fmt.Sprintf("write the table before it, as in t.%s", what[strings.LastIndexByte(what, '.')+1:])
	}},
}

// conflictKeys lists what an ON CONFLICT can name.
func conflictKeys(s *schema.Schema, sql, _ string) string {
	stmt, err := syntax.Parse(sql)
	if err != nil {
		return ""
	}
	in, ok := stmt.(*ast.InsertStmt)
	if !ok {
		return ""
	}
	t := s.Table(in.Table.Name.Name)
	if t == nil {
		return ""
	}
	var keys []string
	for _, key := range t.UniqueKeys() {
		keys = append(keys, "("+strings.Join(key, ", ")+")")
	}
	if keys == nil {
		return fmt.Sprintf("%s has no unique key: add one in a migration", t.Name)
	}
	return fmt.Sprintf("name a unique key of %s: %s", t.Name, strings.Join(keys, " or "))
}

// similarColumns lists columns whose names resemble the missing one: of the tables
// that the statement names, or else of all tables.
func similarColumns(s *schema.Schema, sql, what string) string {
	name, _, _ := strings.Cut(what, " ")
	name = strings.Trim(name[strings.LastIndex(name, ".")+1:], `"`)
	var near, names []string
	words := sqltext.Significant(sql)
	for _, t := range s.Tables {
		named := slices.ContainsFunc(words, func(w sqltext.Token) bool { return w.Ident() && sqltext.EqualFold(w.Name(), t.Name) })
		for _, c := range t.Columns {
			names = append(names, t.Name+"."+c.Name)
			if named {
				near = append(near, t.Name+"."+c.Name)
			}
		}
	}
	if near = closest(name, near); near == nil {
		near = closest(name, names)
	}
	if near == nil {
		return "remove the query, or add the column in a migration"
	}
	return "columns with such a name: " + strings.Join(near, ", ")
}

// closest returns the names that are most like one, at most five, nil if none is. A name may have a
// table before it.
func closest(to string, names []string) []string {
	const limit = 5
	var list []string
	for distance := 0; distance <= len(to)/2+1 && len(list) < limit; distance++ {
		for _, n := range names {
			if len(list) < limit && levenshtein.ComputeDistance(fold(to), fold(n[strings.LastIndex(n, ".")+1:])) == distance {
				list = append(list, n)
			}
		}
	}
	return list
}

func fold(s string) string { return sqltext.Fold(s) }
