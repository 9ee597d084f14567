package seed

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// column is a column that is written.
type column struct {
	schema.Column
	source   *source // nil for one of a foreign key, and for a rowid
	another  bool    // its values are all different
	serial   uint64  // how many of these were made
	nulls    float64 // the fraction of NULLs
	nullable bool    // NULL is a value that the table and the Go type take
	learned  []any   // what the solver has found
}

// The fractions of NULLs.
const (
	someNulls = 0.1
	mostNulls = 0.9 // of what is not the rule, as deleted_at
)

func nullsOf(name string) float64 {
	if ends(snake(name), "deleted_at", "deleted", "revoked_at", "archived_at", "cancelled_at", "canceled_at", "disabled_at", "banned_at") {
		return mostNulls
	}
	return someNulls
}

// unwritten are the columns of a table that are left out: the generated ones, and those
// that a trigger computes when rows are inserted.
func unwritten(s *schema.Schema, t *schema.Table) map[string]bool {
	out := map[string]bool{}
	for _, c := range t.Columns {
		if c.Generated != schema.NotGenerated {
			out[sqltext.Fold(c.Name)] = true
		}
	}
	for _, tr := range s.Triggers {
		parsed, err := syntax.Parse(tr.SQL)
		create, ok := parsed.(*ast.CreateTriggerStmt)
		if err != nil || !ok || create.Event != "INSERT" {
			continue
		}
		for _, stmt := range create.Body {
			update, ok := stmt.(*ast.UpdateStmt)
			if !ok || !sqltext.EqualFold(syntax.Target(update).Name.Name, t.Name) {
				continue
			}
			for _, set := range update.Set {
				for _, name := range syntax.Names(set.Columns) {
					if c := t.Column(name); c != nil && optional(t, c) {
						out[sqltext.Fold(name)] = true
					}
				}
			}
		}
	}
	return out
}

// optional reports whether a row may be without a column: nothing but the column itself
// depends on it.
func optional(t *schema.Table, c *schema.Column) bool {
	if c.Default == "" && (c.NotNull || checks.Of(t).NotNull(c)) || inKey(t, c.Name) {
		return false
	}
	d := &domain{column: c}
	return !slices.ContainsFunc(checks.Of(t).List, func(check checks.Check) bool {
		return d.about(check.Expr) && !d.alone(t, check.Expr)
	})
}

// inKey reports whether a column is in a key of its table, unique or foreign.
func inKey(t *schema.Table, name string) bool {
	has := func(list []string) bool {
		return slices.ContainsFunc(list, func(n string) bool { return sqltext.EqualFold(n, name) })
	}
	return has(t.PrimaryKey) ||
		slices.ContainsFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool { return has(fk.From) }) ||
		inUnique(t, name)
}

// inUnique reports whether a column is in a unique index.
func inUnique(t *schema.Table, name string) bool {
	return slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool {
		return ix.Unique && slices.ContainsFunc(indexed(&ix), func(n string) bool { return sqltext.EqualFold(n, name) })
	})
}

// indexed are the columns of an index, with those in its expressions.
func indexed(ix *schema.Index) (list []string) {
	for _, c := range ix.Columns {
		if c.Name != "" {
			list = append(list, c.Name)
			continue
		}
		for _, t := range sqltext.Significant(ix.SQL) {
			if t.Ident() {
				list = append(list, t.Name())
			}
		}
	}
	return list
}

// ordered are pairs of columns of which a CHECK says that the first is smaller.
func ordered(t *schema.Table, at func(name string) int) (pairs [][2]int) {
	for _, check := range checks.Of(t).List {
		ast.Walk(check.Expr, func(n ast.Node) bool {
			b, ok := n.(*ast.BinaryExpr)
			if !ok {
				return true
			}
			x, ok1 := syntax.ColumnOf(b.X)
			y, ok2 := syntax.ColumnOf(b.Y)
			if !ok1 || !ok2 || at(x.Name) < 0 || at(y.Name) < 0 {
				return true
			}
			switch b.Op {
			case ast.OpLt, ast.OpLe:
				pairs = append(pairs, [2]int{at(x.Name), at(y.Name)})
			case ast.OpGt, ast.OpGe:
				pairs = append(pairs, [2]int{at(y.Name), at(x.Name)})
			}
			return true
		})
	}
	return pairs
}

// less compares two numbers or two texts.
func less(a, b any) bool {
	switch a := a.(type) {
	case int64:
		switch b := b.(type) {
		case int64:
			return a < b
		case float64:
			return float64(a) < b
		}
	case float64:
		switch b := b.(type) {
		case int64:
			return a < float64(b)
		case float64:
			return a < b
		}
	case string:
		b, ok := b.(string)
		return ok && a < b
	}
	return false
}
