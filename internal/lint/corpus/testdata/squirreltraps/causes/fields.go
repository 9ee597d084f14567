package causes

import (
	sq "github.com/Masterminds/squirrel"

	"github.com/dreysql/drey/internal/lint/corpus/testdata/squirreltraps/causes/lib"
)

type queries struct{ all, some, lines sq.SelectBuilder }

// NewQueries gets the names of the tables as a whole.
func NewQueries(names *lib.Names) *queries { // want `the field Orders is not constant, and 2 statements`
	return &queries{all: all(names.Orders), some: some(names.Orders), lines: lines(names.Lines)}
}

func all(table string) sq.SelectBuilder {
	return sq.Select("id").From(table) // ok: reported where the names come in
}

func some(table string) sq.SelectBuilder {
	return sq.Select("id").From(table).Limit(1) // ok: reported where the names come in
}

func lines(table string) sq.SelectBuilder {
	return sq.Select("id").From(table) // want `it is the field Lines that is not constant`
}

type tables struct {
	names lib.Names // want `the field Orders is not constant, and 2 statements`
}

func NewTables(names lib.Names) *tables { return &tables{names} }

func (t *tables) orders() sq.SelectBuilder {
	return sq.Select("id").From(t.names.Orders) // ok: reported at the field
}

func (t *tables) deleteOrders() sq.DeleteBuilder {
	return sq.Delete(t.names.Orders) // ok: reported at the field
}

// NewExcused says why.
//
// @native-sql-dynamic the names of the tables come from the configuration
func NewExcused(names *lib.Names) (sq.SelectBuilder, sq.SelectBuilder) {
	return withReason(names.Orders), also(names.Orders)
}

func withReason(table string) sq.SelectBuilder {
	return sq.Select("id").From(table) // ok: the reason stands where the names come in
}

func also(table string) sq.SelectBuilder {
	return sq.Select("id").From(table) // ok: the reason stands where the names come in
}
