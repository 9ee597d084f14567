// Package handed makes SQL of names that other packages hand in.
package handed

import (
	"context"
	"fmt"

	sq "github.com/Masterminds/squirrel"
)

// Counter is what other packages may see of it.
type Counter interface {
	CountBy(ctx context.Context, column string) sq.SelectBuilder
}

type Stock struct {
	Sort string
}

type Options struct {
	Group  string
	Fields []string
	Filter map[string]any
}

// CountBy groups by a column.
func (s *Stock) CountBy(_ context.Context, column string) sq.SelectBuilder {
	return sq.Select(column, "count(*) AS how_many").From("orders").GroupBy(column).OrderBy(s.Sort)
}

// Total sums up an expression.
func Total(of string) sq.SelectBuilder {
	return sq.Select(fmt.Sprintf("sum(%s) AS total", of)).From("orders")
}

// Read reads some columns.
func Read(columns ...string) sq.SelectBuilder { return sq.Select(columns...).From("orders") }

// ReadList reads a list of columns.
func ReadList(columns []string) sq.SelectBuilder { return Read(columns...) }

// By has its names in a struct.
func By(o Options) sq.SelectBuilder {
	return sq.Select(o.Fields...).From("orders").Where(sq.Eq(o.Filter)).GroupBy(o.Group)
}

// Change sets what a map has.
func Change(id int64, to map[string]any) sq.UpdateBuilder {
	return sq.Update("orders").SetMap(to).Where(sq.Eq{"id": id})
}

// From reads a table.
func From(table string) sq.SelectBuilder { return sq.Select("count(*)").From(table) }

// Where has the text of a condition.
func Where(condition string) sq.SelectBuilder {
	return sq.Select("id").From("orders").Where(condition)
}

// Generic is one of several types.
func Generic[T any](column string, is T) sq.SelectBuilder {
	return sq.Select("id").From("orders").Where(sq.Eq{column: is})
}

// Label does not make SQL of the name, and Keyed looks a name up.
func Label(column string) string { return "by " + column }

func Keyed(name string) sq.SelectBuilder {
	column := "status"
	if name == "largest" {
		column = "total"
	}
	return sq.Select("id").From("orders").OrderBy(column)
}

// Named uses a name that the statement defines.
func Named(order string) sq.SelectBuilder {
	return sq.Select("count(*) AS how_many").From("orders").GroupBy("status").OrderBy(order)
}

// Since adds a condition to a statement, and Joined a source.
func Since(b sq.SelectBuilder, day string, latest bool) sq.SelectBuilder {
	if latest {
		b = b.OrderBy("placed_at DESC")
	}
	return b.Where(sq.Gt{"placed_at": day})
}

func Joined(b sq.SelectBuilder) sq.SelectBuilder {
	return b.Join("customers c ON c.id = customer_id")
}

// Valued has values of any type, which may be texts.
func Valued[T any](of T, other any) sq.SelectBuilder {
	return sq.Select("id").From("orders").Where(sq.Expr(texts(of)+" = ?", other))
}

func texts(of any) string {
	if s, ok := of.(string); ok {
		return s
	}
	return "id"
}
