package stored

import (
	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
)

// Types says which Go type a column has.
type Types func(*schema.Table, *schema.Column) gotype.Type

// Overrides gives the Go type of a column that an override of sqlc.yaml names.
type Overrides func(table, column, declared string, notNull bool) (typ gotype.Type, ok bool)

// TypesOf are the types that columns get from overrides, which may be nil, and
// otherwise from their declared types.
func TypesOf(overrides Overrides) Types {
	return func(t *schema.Table, c *schema.Column) gotype.Type {
		nullable := !c.NotNull && !c.Inline
		if overrides != nil {
			if typ, ok := overrides(t.Name, c.Name, c.Type, !nullable); ok {
				return typ
			}
		}
		base := GoType(c.Type)
		return gotype.Type{Text: base, Base: base, Nullable: nullable || base == "any" || base == "[]byte"}
	}
}

// GoType is the Go type, without what makes it nullable, that a column of a
// declared type has where no override gives it another.
func GoType(declared string) string {
	if sqltime.FormOf(declared) != sqltime.None {
		return "time.Time"
	}
	return gotype.Of(declared)
}
