package studio

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/project/query"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// prepared is a named query.
type prepared struct {
	*query.Query
	Params  []parameter
	Selects bool // it reads; any other may write

	written *query.Written
	of      []int  // which parameter each of the text's is
	plain   string // with parameters ?1, ?2 in the order of Params
}

// parameter is a parameter of a query, and what it was given.
type parameter struct {
	Name     string
	Kind     kind
	Declared string   // the type of the column that it is compared with or assigned to
	Column   string   // that column
	Values   []string // that the column may have
	Slice    bool
	Null     bool // it may be NULL

	Text   string
	Given  bool
	IsNull bool
}

// nullMark names the parameters that are NULL in an address.
const nullMark = "@@null"

func isSelect(stmt ast.Stmt) bool {
	_, ok := stmt.(*ast.SelectStmt)
	return ok
}

// infer finds out what the parameters are compared with.
func (c *catalog) infer(p *prepared) *infer.Result {
	stmt, err := syntax.Parse(p.plain)
	if err != nil {
		return &infer.Result{}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.analyzer.Analyze(stmt)
	for _, use := range found.Uses {
		i := use.Var.Number - 1
		if i < 0 || i >= len(p.Params) || p.Params[i].Column != "" {
			continue
		}
		to := &p.Params[i]
		of := use.Type.Source()
		if of.Column != nil {
			to.Kind, to.Declared, to.Column = kindIn(of.Table, of.Column.Type), of.Column.Type, of.Table.Name+"."+of.Column.Name
			to.Null = to.Null || use.Kind == infer.Assigned && !of.Column.NotNull
			to.Values = valuesOf(of.Table, of.Column)
			continue
		}
		to.Kind = kindOfClass(use.Type.Class, to.Kind)
	}
	return found
}

func kindOfClass(class infer.Class, otherwise kind) kind {
	switch class {
	case infer.Integer, infer.Real, infer.Integer | infer.Real:
		return numberKind
	case infer.Text:
		return textKind
	case infer.Blob:
		return blobKind
	}
	return otherwise
}

// valuesOf are the values that a CHECK lists.
func valuesOf(t *schema.Table, c *schema.Column) (list []string) {
	if t == nil || t.Kind != schema.KindTable {
		return nil
	}
	values, ok := checks.Of(t).Values(c)
	if !ok {
		return nil
	}
	for _, v := range values {
		list = append(list, v.Text)
	}
	return list
}

// give reads the parameters from an address or a form, and reports whether all are there.
func (p *prepared) give(values url.Values) (all bool) {
	all = true
	for i := range p.Params {
		to := &p.Params[i]
		to.IsNull = slices.Contains(values[nullMark], to.Name)
		if list, ok := values[parameterMark+to.Name]; ok {
			to.Text, to.Given = list[0], true
		}
		to.Given = to.Given || to.IsNull
		all = all && to.Given
	}
	return all
}

// bind returns the text with a placeholder for each value, and the values.
func (p *prepared) bind() (text string, args []any, err error) {
	marks := make([]string, len(p.Params))
	for i, of := range p.Params {
		texts := []string{of.Text}
		if of.Slice {
			texts = splitList(of.Text)
		}
		var list []string
		for _, text := range texts {
			var v any
			if !of.IsNull {
				if v, err = of.Kind.parse(text); err != nil {
					return "", nil, &problem{Status: 400, Title: fmt.Sprintf("%q is not a value of the parameter %s", text, of.Name), Detail: err.Error()}
				}
			}
			args = append(args, v)
			list = append(list, fmt.Sprintf("?%d", len(args)))
		}
		if marks[i] = strings.Join(list, ", "); len(list) == 0 {
			marks[i] = "NULL"
		}
	}
	var b strings.Builder
	at, n := 0, 0
	for _, it := range p.written.Items {
		switch {
		case it.Embed != "":
			b.WriteString(p.written.Text[at:it.Start] + sqltext.Quote(it.Embed) + ".*")
		case it.Param != nil:
			b.WriteString(p.written.Text[at:it.Start] + marks[p.of[n]] + " ")
			n++
		default:
			continue
		}
		at = it.End
	}
	return b.String() + p.written.Text[at:], args, nil
}

// splitList splits at commas; one in a value has a backslash before it.
func splitList(text string) (list []string) {
	if text == "" {
		return nil
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text) && (text[i+1] == ',' || text[i+1] == '\\'):
			i++
			b.WriteByte(text[i])
		case text[i] == ',':
			list = append(list, strings.TrimSpace(b.String()))
			b.Reset()
		default:
			b.WriteByte(text[i])
		}
	}
	return append(list, strings.TrimSpace(b.String()))
}

// source is the source of a query's rows, and the order that it has by itself: the words of
// an address, "" without one; ok is false if the words cannot say it.
func (r *request) source(ctx context.Context, p *prepared, inferred *infer.Result) (s *source, with []any, order string, ok bool, err error) {
	text, args, err := p.bind()
	if err != nil {
		return nil, nil, "", false, err
	}
	rows, err := r.conn.QueryContext(ctx, "SELECT * FROM (\n"+text+"\n) LIMIT 0", args...)
	if err != nil {
		return nil, nil, "", false, err
	}
	types, err := rows.ColumnTypes()
	if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return nil, nil, "", false, err
	}
	var columns []*column
	texts := r.catalog.textsOf(&schema.Table{SQL: text})
	for i, t := range types {
		c := &column{Name: t.Name(), Declared: t.DatabaseTypeName(), Kind: kindOf(t.DatabaseTypeName())}
		var of infer.Type
		if i < len(inferred.Columns) {
			of = inferred.Columns[i].Type
			c.NotNull = of.Null == infer.NotNull
		}
		if c.Declared == "" {
			c.Kind = anyKind
		}
		c.Hidden = r.catalog.hides(c.Name) || r.catalog.hidesResult(of, texts)
		for n := 2; slices.ContainsFunc(columns, func(other *column) bool { return sqltext.EqualFold(other.Name, c.Name) }); n++ {
			c.Name = fmt.Sprintf("%s_%d", t.Name(), n)
		}
		columns = append(columns, c)
	}
	s = newSource("rows of "+p.Name, text, columns, r.catalog.keyOf(p.plain, columns), "")
	r.catalog.mu.Lock()
	s.relation.Apart = !r.catalog.analyzer.Settled(p.plain)
	r.catalog.mu.Unlock()
	s.query = drey.NewQuery[listed, struct{}](s.relation, func(*struct{}, []any) []any { return nil }, args...)
	order, ok = orderOf(p.plain, columns, inferred)
	return s, args, order, ok, nil
}

// orderOf is the order of a select in the words of an address; ok is false if these cannot
// say it.
func orderOf(text string, columns []*column, inferred *infer.Result) (order string, ok bool) {
	stmt, err := syntax.Parse(text)
	sel, is := stmt.(*ast.SelectStmt)
	if err != nil || !is {
		return "", false
	}
	core, is := sel.Cores[len(sel.Cores)-1].(*ast.SelectQuery)
	if !is || len(core.OrderBy) == 0 {
		return "", is
	}
	var terms []string
	for _, t := range core.OrderBy {
		of, plain := syntax.ColumnOf(t.Expr)
		i := slices.IndexFunc(columns, func(c *column) bool { return sqltext.EqualFold(c.Name, of.Name) })
		if !plain || i < 0 || i >= len(inferred.Columns) || columns[i].Filter == "" {
			return "", false
		}
		if is := inferred.Columns[i].Type.Column; of.Table != "" && (is == nil || !sqltext.EqualFold(is.Name, of.Name)) {
			return "", false // another column of that name
		}
		term := columns[i].Filter
		if t.Order == ast.SortDesc {
			term += ".desc"
		}
		switch t.Nulls {
		case ast.NullsFirst:
			term += ".nullsfirst"
		case ast.NullsLast:
			term += ".nullslast"
		}
		terms = append(terms, term)
	}
	return strings.Join(terms, ","), true
}
