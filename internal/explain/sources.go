package explain

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Source is a table, a view or a query whose rows a caller may filter.
type Source struct {
	Name    string         `json:"name"`
	Kind    string         `json:"kind"` // table, view, query
	Columns []SourceColumn `json:"columns"`
}

// SourceColumn is a column that predicates may be on.
type SourceColumn struct {
	Name string `json:"name"`
	// Search is the step by which SQLite finds the rows of a value, "" if it reads all rows
	// of the source and compares each.
	Search string `json:"search,omitempty"`
	// Scanned are the tables that are read from end to end nonetheless.
	Scanned []string `json:"scanned,omitempty"`
}

// Sources returns which columns of each table, view and :many query a predicate can reach
// an index by. It asks SQLite for the plan of the statement that a predicate on the column
// makes of the source.
func (e *Explainer) Sources(queries []*query.Query) (list []Source, err error) {
	analyzer := infer.New(e.schema)
	add := func(name, kind, sql string, apart bool) error {
		s, err := e.source(sql, apart)
		s.Name, s.Kind = name, kind
		list = append(list, s)
		return err
	}
	for _, t := range e.schema.Tables {
		sql := "SELECT * FROM " + sqltext.Quote(t.Name)
		if err := add(t.Name, string(t.Kind), sql, t.Kind == schema.KindView && !analyzer.Settled(sql)); err != nil {
			return nil, err
		}
	}
	for _, q := range queries {
		sql := statement(q)
		stmt, err := syntax.Parse(sql)
		if _, ok := stmt.(*ast.SelectStmt); err != nil || !ok || q.Generated || q.Cmd != ":many" {
			continue
		}
		if err := add(q.Name, "query", sql, !analyzer.Settled(sql)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// source finds out about the columns of a SELECT. It is apart if SQLite must not put it
// together with what is around it.
func (e *Explainer) source(sql string, apart bool) (s Source, err error) {
	described, err := e.conn.Describe(sql)
	if err != nil {
		return s, err
	}
	as := " AS ("
	if apart {
		as = " AS MATERIALIZED ("
	}
	columns := make([]string, len(described.Columns))
	for i := range columns {
		columns[i] = "c" + strconv.Itoa(i)
	}
	filtered := "WITH drey_source (" + strings.Join(columns, ", ") + ")" + as + sql + "\n) SELECT * FROM drey_source"
	plan, err := read(e.conn, filtered)
	if err != nil {
		return s, err
	}
	var before []string
	walk(plan, func(s *Step) { before = append(before, s.Detail) })
	scans := scanned(plan)
	for i, c := range described.Columns {
		plan, err := read(e.conn, filtered+" WHERE "+columns[i]+" = ?")
		if err != nil {
			return s, err
		}
		column := SourceColumn{Name: c.Name}
		s.Columns = append(s.Columns, column)
		left := scanned(plan)
		if len(scans) > 0 && len(left) >= len(scans) {
			continue // what costs most is still there
		}
		walk(plan, func(step *Step) {
			if step.search && step.Kind == "" && step.Table != "" && column.Search == "" && !slices.Contains(before, step.Detail) && e.finds(step, c.Table, c.Origin) {
				column.Search = step.Detail
			}
		})
		if column.Search != "" {
			column.Scanned = left
		}
		s.Columns[i] = column
	}
	return s, nil
}

// scanned returns the tables that a plan scans.
func scanned(plan []*Step) (tables []string) {
	walk(plan, func(s *Step) {
		if s.Kind == Scan {
			tables = append(tables, s.Table)
		}
	})
	return tables
}

// finds reports whether a step finds rows by a column of a table; an expression has neither.
func (e *Explainer) finds(s *Step, table, column string) bool {
	name := "<expr>"
	if t := e.schema.Table(table); t != nil {
		c := t.Column(column)
		if c == nil || !sqltext.EqualFold(t.Name, s.Table) {
			return false
		}
		name = c.Name
		if c.RowIDAlias {
			name = "rowid"
		}
	}
	_, keys, _ := strings.Cut(s.Detail, " (")
	for _, k := range strings.Split(strings.TrimSuffix(keys, ")"), " AND ") {
		if found, ok := strings.CutSuffix(k, "=?"); ok && sqltext.EqualFold(found, name) {
			return true
		}
	}
	return false
}
