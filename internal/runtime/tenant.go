package drey

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// Scoped is a table whose rows belong to tenants, as one of them has it; generated
// code makes it, by Of. What begins with it stays with that tenant's rows:
//
//   - a query has the predicate tenant = ?, in a relation, a subquery and a set as well
//   - an Update and a Delete have it, too, and an Update that assigns the tenant is [ErrTenant]
//   - an Insert sets the tenant. A row that names another one is [ErrTenant], and so is
//     OrUpdate of a row that is another's; OrReplace, which could delete one, is refused
//
// The zero value of its type is not a tenant, nor is NULL: whatever begins with that is
// [ErrTenant]. Of what OfEveryTenant gives, none of this holds.
type Scoped[S, R any] struct {
	Query[S, R]
	bound bool // its first predicate is the tenant's
	first [1]Predicate[S]
}

// NewScoped returns the rows of a table for which the predicate on its tenant holds;
// without one, those of every tenant.
func NewScoped[S, R any](r *Relation, fields func(*R, []any) []any, of ...Predicate[S]) *Scoped[S, R] {
	t := &Scoped[S, R]{Query: Query[S, R]{clauses[S]{rel: r}, scans[R]{fields: fields}}}
	if len(of) > 0 { // copied, so that of need not go to the heap
		t.bound, t.first[0] = true, said(of[0])
		t.where = t.first[:]
	}
	return t
}

// said is the predicate on a tenant, or one that fails where its value does not say one.
func said[S any](p Predicate[S]) Predicate[S] {
	if err := nobody(p.node.vals[0]); err != nil {
		return invalid[S](fmt.Errorf("%s: %w", p.node.on.name(), err))
	}
	return p
}

// nobody returns the error for a value that does not say a tenant.
func nobody(v any) error {
	switch v := v.(type) { // the usual ones
	case int64:
		if v != 0 {
			return nil
		}
	case string:
		if v != "" {
			return nil
		}
	}
	value, err := sqldriver.Bindable(v)
	if err != nil {
		return err
	}
	if r := reflect.ValueOf(v); value == nil || r.IsZero() || r.Kind() == reflect.Pointer && !r.IsNil() && r.Elem().IsZero() {
		return fmt.Errorf("%w: the zero value of its type is nobody's, and stands where a tenant was not said", ErrTenant)
	}
	if r := reflect.ValueOf(value); r.IsZero() || r.Kind() == reflect.Slice && r.Len() == 0 {
		return fmt.Errorf("%w: %v is nobody's, and stands where a tenant was not said", ErrTenant, value)
	}
	return nil
}

// tenantValue is a value that says whose the rows of a query are.
type tenantValue struct{ v any }

// Value is that of the tenant. The zero value of its type is [ErrTenant].
func (t tenantValue) Value() (driver.Value, error) {
	if err := nobody(t.v); err != nil {
		return nil, err
	}
	return sqldriver.Bindable(t.v)
}

// Update is [TableWrites.Update] of the tenant's rows.
func (t *Scoped[S, R]) Update(assignments ...Assignment[S]) *Mutation[S, R] {
	return &Mutation[S, R]{change[S]{clauses: clauses[S]{rel: t.rel, deleted: t.deleted, where: t.where[:t.own()]}, tenant: t.bound, update: true, set: assignments}, t.fields}
}

// Delete is [TableWrites.Delete] of the tenant's rows.
func (t *Scoped[S, R]) Delete() *Mutation[S, R] {
	return &Mutation[S, R]{change[S]{clauses: clauses[S]{rel: t.rel, deleted: t.deleted, where: t.where[:t.own()]}, tenant: t.bound}, t.fields}
}

// Insert is [TableWrites.Insert] of rows of the tenant.
func (t *Scoped[S, R]) Insert(columns ...AnyTarget[S]) *Insertion[S, R] {
	in := insertion{rel: t.rel, deleted: t.deleted, columns: columnsOf[S](columns)}
	if t.bound {
		in.tenant = &t.where[0].node
	}
	return &Insertion[S, R]{in, t.fields}
}

// own is the number of predicates on the tenant.
func (t *Scoped[S, R]) own() int {
	if t.bound {
		return 1
	}
	return 0
}

// refused is why the predicate on a tenant fails, nil if it does not.
func (n *node) refused() error {
	if n.op != opError {
		return nil
	}
	return n.vals[0].(error)
}

// whole reports whether the query is for all rows of its source, or of a tenant.
func whole[S any](q *clauses[S]) bool {
	where := q.where
	if len(where) > 0 && where[0].node.op == opEq && len(q.rel.Tenant) == 1 && where[0].node.on.is(q.rel.Tenant[0]) {
		where = where[1:]
	}
	return q.made == nil && len(where)+len(q.order) == 0 && q.has == 0
}

// assigns finds an assignment to the tenant.
func assigns(tenant *node, n int, at func(int) *assignment) error {
	for i := range n {
		if a := at(i); a.how != assignAbsent && a.on.col == tenant.on.col {
			return fmt.Errorf("%w: %s is assigned", ErrTenant, a.on.name())
		}
	}
	return nil
}

// checkTenant finds what would lead out of the tenant, whatever the rows are.
func (i *insertion) checkTenant() error {
	switch {
	case i.tenant == nil:
		return nil
	case i.tenant.refused() != nil:
		return i.tenant.refused()
	case i.conflict == conflictReplace:
		return errReplaceTenant
	}
	if i.from == nil { // otherwise the tenant is among the values, once
		if err := assigns(i.tenant, len(i.values), func(n int) *assignment { return &i.values[n] }); err != nil {
			return err
		}
	}
	return assigns(i.tenant, len(i.set), func(n int) *assignment { return &i.set[n] })
}

// withTenant adds the tenant to the columns that the rows give.
func (i *insertion) withTenant(columns []uint16) []uint16 {
	if i.tenant == nil || slices.Contains(columns, i.tenant.on.col) {
		return columns
	}
	return append(slices.Clip(columns), i.tenant.on.col)
}

// checkRow refuses a row of another tenant. A row whose tenant is the zero value of its
// type, or NULL, does not name one.
func (i *insertion) checkRow(fields []any) error {
	if i.tenant == nil {
		return nil
	}
	if err := i.tenant.refused(); err != nil {
		return err
	}
	col := i.tenant.on.col
	own, err := sqldriver.Bindable(i.tenant.vals[0])
	if err != nil {
		return err
	}
	if v := reflect.ValueOf(fields[col]); v.Kind() == reflect.Pointer && (v.IsNil() || v.Elem().IsZero()) {
		return nil
	}
	named, err := sqldriver.Bindable(i.rel.bind(col, fields[col]))
	if err != nil {
		return err
	}
	if named != nil && !reflect.DeepEqual(named, own) {
		return fmt.Errorf("%w: a row to insert has %s of another", ErrTenant, i.rel.Columns[col])
	}
	return nil
}

// ofTenant is a condition on the row that has the key already: it fails if that is
// another tenant's.
func (i *insertion) ofTenant(in scope) fragment {
	column := i.rel.Columns[i.tenant.on.col]
	return fragment{"CASE WHEN " + in.table + column + " = ? THEN TRUE ELSE " + raise(tenantMark, column+" of the row that has this key already") + " END", i.tenant.vals[:1]}
}

var errReplaceTenant = errors.New("OrReplace could delete a row of another tenant: use OrUpdate, or OfEveryTenant")
