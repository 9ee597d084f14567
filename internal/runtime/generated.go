package drey

import (
	"database/sql/driver"
	"sync/atomic"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// The names in this file are for generated code.

// Contract2 is the contract between this runtime and generated code. Code that
// was generated for another contract does not compile with it: run drey
// generate.
const Contract2 = 2

// ids numbers the parts of shape keys, so that no two packages of a process share a
// number.
var ids atomic.Uint32

// Number gives a relation the number that identifies it in shapes. Call it before
// any query runs on the relation.
func Number(r *Relation) *Relation {
	r.id = ids.Add(1)
	return r
}

// Returning knows the queries of a generated package that write and return rows.
type Returning = sqldriver.Returning

// Returned describes what such a query returns: its text, where to scan a row,
// and the columns that tell its rows apart.
type Returned = sqldriver.Returned

// NewReturning describes a package's queries. query finds one by the first line
// of its text; for any other text it returns the zero value.
func NewReturning(query func(name string) Returned) *Returning { return sqldriver.NewReturning(query) }

// BindDate binds v, a value of a DATE column, as its date in UTC.
func BindDate[T any](v T) driver.Valuer { return sqldriver.BindDate(v) }

// BindTenant binds v, which says whose the rows of a query are. The zero value of its type
// is [ErrTenant].
func BindTenant[T any](v T) driver.Valuer { return tenantValue{v} }

// Raised returns the error of this package that a statement has raised by an expression
// of its own, such as [ErrStale] by that of a version, and err itself if it is another.
func Raised(err error) error { return raised(err) }

// NewToOne returns the relation from rows of source F to the row of source S that their
// foreign key refers to. key returns the key of a row, also column by column. It reports
// false where the key is NULL.
func NewToOne[F, S, P any, K comparable](r *Route, key func(r *P, to []any) (K, []any, bool)) *ToOne[F, P, K, S] {
	return &ToOne[F, P, K, S]{foreignKey[P, K]{r.number(), key}}
}

// NewToMany is [NewToOne] in the other direction.
func NewToMany[F, S, P any, K comparable](r *Route, key func(r *P, to []any) (K, []any, bool)) *ToMany[F, P, K, S] {
	return &ToMany[F, P, K, S]{foreignKey[P, K]{r.number(), key}}
}
