package infer

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// scope says what names mean at one place of a statement.
type scope struct {
	outer   *scope
	sources []*source
	results []*ast.ResultColumn // of the select, whose aliases its other clauses may use
	busy    map[string]bool     // aliases being resolved
	columns []Column            // of a compound select, which its ORDER BY may use
	ctes    []*cte
	windows map[string]*ast.WindowDef
	either  bool            // there is a RIGHT or FULL join
	merged  map[string]bool // columns that USING of a RIGHT or FULL join takes from either side
	grouped bool            // the select has GROUP BY
	lone    Null            // CanBeNull for an aggregate without GROUP BY, which has one row even if it finds none
}

// cte is a common table expression.
type cte struct {
	name    string
	columns []Column
	known   bool
	used    bool // a FROM clause names it
}

// source is one table of a FROM clause.
type source struct {
	name    string
	columns []Column
	open    bool // it may have columns that are not listed
	rowid   bool
	missing []*outerJoin    // the joins that can leave it without a row
	present map[string]bool // columns that a condition has made NOT NULL
}

// outerJoin is a join that can leave a side without a row.
type outerJoin struct {
	on      []ref // columns that are not NULL if it has found a row
	matched bool  // a condition requires that it has found one
}

// ref is a column of a source.
type ref struct {
	src  *source
	name string
}

// resolve finds the type of a table's column.
func (s *scope) resolve(c syntax.Column) (Type, bool) {
	for ; s != nil; s = s.outer {
		if _, t, ok := s.own(c); ok {
			return t, true
		}
	}
	return Type{}, false
}

// alias resolves a name as the name of a result column of the scope's select.
func (w *walker) alias(c syntax.Column, s *scope) (Type, bool) {
	if c.Table != "" || s.busy[fold(c.Name)] {
		return Type{}, false
	}
	for _, col := range s.columns {
		if sqltext.EqualFold(col.Name, c.Name) {
			return col.Type, true
		}
	}
	for _, rc := range s.results {
		if rc.Alias == nil || !sqltext.EqualFold(rc.Alias.Name, c.Name) {
			continue
		}
		if s.busy == nil {
			s.busy = map[string]bool{}
		}
		s.busy[fold(c.Name)] = true
		defer delete(s.busy, fold(c.Name))
		return w.expr(rc.Expr, s, nil), true
	}
	return Type{}, false
}

// own looks in the scope's own sources.
func (s *scope) own(c syntax.Column) (ref, Type, bool) {
	for _, src := range s.sources {
		if c.Table != "" && !sqltext.EqualFold(c.Table, src.name) {
			continue
		}
		if t, ok := src.lookup(c.Name); ok {
			if c.Table == "" && s.merged[fold(c.Name)] {
				t = t.unsure()
			}
			return ref{src, fold(c.Name)}, t.lone(s.lone), true
		}
		if _, truth := c.Bool(); src.open && !truth {
			return ref{src, fold(c.Name)}, Type{}, true
		}
	}
	return ref{}, Type{}, false
}

// lone returns the type in the one row of an aggregate over no rows.
func (t Type) lone(null Null) Type {
	switch null {
	case CanBeNull:
		return t.orNull("an aggregate without GROUP BY gives one row of NULLs where there are no rows")
	case MaybeNull:
		return t.unsure()
	}
	return t
}

func (src *source) lookup(name string) (Type, bool) {
	for _, c := range src.columns {
		if sqltext.EqualFold(c.Name, name) {
			return src.typed(c), true
		}
	}
	if src.rowid && isRowID(name) {
		return src.typed(Column{Name: name, Type: Type{Class: Integer, Null: NotNull}}), true
	}
	return Type{}, false
}

// typed returns the column's type after joins and conditions.
func (src *source) typed(c Column) Type {
	t := c.Type
	if src.present[fold(c.Name)] {
		t.Null, t.Why = NotNull, ""
	}
	if src.absent() {
		t = t.orNull("an outer join can leave " + src.name + " without a row")
		t.Joined = true
	}
	return t
}

// absent reports whether a row of the result may lack a row of the source.
func (src *source) absent() bool {
	for _, j := range src.missing {
		if !j.matched {
			return true
		}
	}
	return false
}

func isRowID(name string) bool {
	return sqltext.EqualFold(name, "rowid") || sqltext.EqualFold(name, "oid") || sqltext.EqualFold(name, "_rowid_")
}

// cte finds a common table expression.
func (s *scope) cte(name string) *cte {
	for ; s != nil; s = s.outer {
		for i := len(s.ctes) - 1; i >= 0; i-- {
			if sqltext.EqualFold(s.ctes[i].name, name) {
				return s.ctes[i]
			}
		}
	}
	return nil
}

// window finds a named window.
func (s *scope) window(name string) *ast.WindowDef { return s.windows[fold(name)] }
