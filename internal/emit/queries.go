package emit

import (
	"fmt"
	"go/token"
	"strconv"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// queries plans a source for each :many query that people wrote and that selects.
// The generated lists of sql/crud/ do not get one: they are the tables' sources
// with a predicate. Nor does one that only the package itself can call.
func (p *plan) queries() error {
	methods := map[string]*sqlc.Method{}
	for _, m := range p.in.Package.Queries {
		methods[m.Name] = m
	}
	for _, q := range p.in.Queries {
		m := methods[q.Name]
		if m != nil {
			p.checkHidden(q, m)
		}
		if m == nil || q.Generated || !token.IsExported(q.Name) || q.Cmd != ":many" || !selects(q.Text) {
			continue
		}
		if err := p.query(q, m); err != nil {
			return fmt.Errorf("%s:%d: query %s: %w", q.File, q.Line, q.Name, err)
		}
	}
	return nil
}

// checkHidden finds a parameter with the name of the constant that has the query's
// text: sqlc's method would then run the parameter's value as SQL.
func (p *plan) checkHidden(q *query.Query, m *sqlc.Method) {
	for _, param := range m.Signature {
		if param.Name == m.Const {
			p.problem(&diag.Problem{
				File: q.File, Line: q.Line, Query: q.Name,
				Msg: fmt.Sprintf("its parameter %s hides the constant %s with its text, so sqlc's code would run the parameter's value as SQL", param.Name, m.Const),
				Fix: fmt.Sprintf("give the query another name, or the parameter, as in sqlc.arg(%s_value)", param.Name),
			})
		}
	}
}

// selects reports whether a WITH clause may hold the statement.
func selects(text string) bool {
	stmt, _ := syntax.Parse(text)
	_, ok := stmt.(*ast.SelectStmt)
	return ok
}

func (p *plan) query(q *query.Query, m *sqlc.Method) error {
	text := m.SQL[strings.IndexByte(m.SQL, '\n')+1:]
	columns, reads, err := p.in.Describe(text)
	if err != nil || !reads {
		return err
	}
	declared := p.declaredTypes(text, columns)
	if len(columns) != len(m.Scan) {
		return fmt.Errorf("it has %d columns, but sqlc scans %d", len(columns), len(m.Scan))
	}
	r := relation{
		Doc:     fmt.Sprintf("query %s of %s", q.Name, q.File),
		Row:     m.Row,
		SQLName: sqltext.Quote(p.cteName(q.Name, text)),
		With:    m,
		Apart:   !p.infer.Settled(text),
	}
	places := p.in.Places[q.Name]
	if !p.narrow(&r, q, places) {
		return nil
	}
	if r.SQL, r.Args, err = positional(text, m.Args, places); err != nil {
		return err
	}
	if !p.claim(&r, q.Name, "Query") && !p.claim(&r, q.Name+"Query", "Query") {
		p.problem(&diag.Problem{
			File: q.File, Line: q.Line, Query: q.Name,
			Msg: fmt.Sprintf("no name is left for its source: %s and %sQuery, or what is derived from them, are taken", q.Name, q.Name),
			Fix: "give the query another name",
		})
		return nil
	}
	fields, sqlNames := map[string]bool{}, map[string]bool{}
	for i, s := range m.Scan {
		field, dest := strings.ReplaceAll(s.Name, ".", ""), "&r."+s.Name
		if s.Name == "" { // the row is the value itself
			field, dest = p.in.Names.Field(columns[i].Name), "r"
		}
		if s.Via != "" {
			dest = s.Via + "(" + dest + ")"
		}
		field = unique(field, fields)
		h := handle{Field: field, Quoted: sqltext.Quote(unique(sqlName(columns[i].Name, field), sqlNames))}
		t, nullable := bare(s.Type)
		h.Type = t
		h.Kind = kindOf(p.madeOf(t, nil), t, nullable || undecided(t))
		if p.keptAsText(t) {
			h.Kind = kindOf("any", "any", nullable)
		}
		h.Nullable = nullable || !refusesNull(t)
		h.Form = formOf(declared[i], t)
		h.Numeric = declared[i] != "" && p.numeric(declared[i], t, nil)
		r.Handles = append(r.Handles, h)
		r.Scan = append(r.Scan, dest)
	}
	p.add(r)
	return nil
}

// declaredTypes returns the declared types of a query's columns. An expression has
// that of the column whose values it returns, as max(column) does.
func (p *plan) declaredTypes(text string, columns []sqlite.Column) []string {
	types := make([]string, len(columns))
	for i, c := range columns {
		if types[i] = c.DeclType; strings.EqualFold(c.DeclType, "ANY") {
			types[i] = "" // what it converts is not known before its table is
		}
	}
	stmt, err := syntax.Parse(text)
	if err != nil {
		return types
	}
	for i, c := range p.infer.Analyze(stmt).Columns {
		if o := c.Type.Source(); i < len(types) && types[i] == "" && o.Column != nil {
			types[i] = o.Column.Affine()
		}
	}
	return types
}

// keptAsText reports whether a column of some table keeps values of type t as text
// that does not sort as they do. It is not known which column a result comes from.
func (p *plan) keptAsText(t string) bool {
	for i := range p.relations {
		r := &p.relations[i]
		if r.Table == nil {
			continue
		}
		for col, c := range r.Table.Columns {
			if r.Handles[col].Type == t && sortsAsText(&c, t) {
				return true
			}
		}
	}
	return false
}

// arg is what a parameter of a query binds, or a place for predicates.
type arg struct {
	sqlc.Arg
	Place *sqlc.Place
	At    int // where in the query the place is
}

// positional returns the query with a bare ? for every parameter, and what each of
// them and each place binds. Such a query can stand anywhere in another one; a numbered
// parameter would count from the beginning of the whole statement.
func positional(text string, args []sqlc.Arg, places []sqlc.Place) (string, []arg, error) {
	start := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
	var b strings.Builder
	var bound []arg
	last := 0 // the highest number so far; a bare ? has the next one
	for _, t := range sqltext.Tokens(strings.TrimSuffix(strings.TrimSpace(text), ";")) {
		if len(places) > 0 && t.Start+start == places[0].Start {
			bound = append(bound, arg{Place: &places[0], At: b.Len()})
			places = places[1:]
		}
		if t.Kind != sqltext.Variable {
			b.WriteString(t.Text)
			continue
		}
		number := last + 1
		if t.Text != "?" {
			n, err := strconv.Atoi(strings.TrimPrefix(t.Text, "?"))
			if err != nil {
				return "", nil, fmt.Errorf("sqlc left the parameter %s in it", t.Text)
			}
			number = n
		}
		if number < 1 || number > len(args) {
			return "", nil, fmt.Errorf("its parameter %s is number %d of %d", t.Text, number, len(args))
		}
		last = max(last, number)
		bound = append(bound, arg{Arg: args[number-1]})
		b.WriteByte('?')
	}
	return b.String(), bound, nil
}

// cteName returns a name for the query that neither its text nor a table has, so that the
// WITH clause around it does not hide anything from it, nor from subqueries in predicates.
func (p *plan) cteName(name, text string) string {
	used := map[string]bool{}
	for _, t := range p.in.Schema.Tables {
		used[sqltext.Fold(t.Name)] = true
	}
	for _, t := range sqltext.Significant(text) {
		used[sqltext.Fold(t.Name())] = true
	}
	for used[sqltext.Fold(name)] {
		name += "_"
	}
	return name
}

// sqlName returns the result column's own name, unless that is the text of an
// expression; then it returns the name of its field.
func sqlName(column, field string) string {
	if names.IsIdentifier(column) {
		return column
	}
	return field
}

// unique adds a number to a name that was used before. SQLite ignores the case of
// ASCII letters.
func unique(name string, seen map[string]bool) string {
	candidate := name
	for i := 2; seen[sqltext.Fold(candidate)]; i++ {
		candidate = fmt.Sprintf("%s_%d", name, i)
	}
	seen[sqltext.Fold(candidate)] = true
	return candidate
}
