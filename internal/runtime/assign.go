package runtime

// Assignment gives a column of source S a value in an Update. It is made by
// Set, SetNull, SetDefault and Add of a column handle; the zero value is absent
// and assigns nothing.
type Assignment[S any] struct{ assignment assignment }

// assignment is an Assignment without its source's type.
type assignment struct {
	rel   *relation
	value any
	col   uint16
	how   assign
	_     [0]func() // not comparable, which spares a function for each source
}

// assign is the kind of an assignment. It is part of the shape key.
type assign uint8

const (
	assignAbsent assign = iota
	assignValue
	assignDefault
	assignSum
)

// OptSet is the assignment that op makes of *v, and absent where v is nil:
//
//	db.Links.Update(db.OptSet(patch.Title, db.Links.Title.Set))
func OptSet[S, T any](v *T, op func(T) Assignment[S]) Assignment[S] {
	if v == nil {
		return Assignment[S]{}
	}
	return op(*v)
}

// ComputedColumn is in the handle of a generated column, and hides what would
// assign to it.
type ComputedColumn struct {
	Set, SetDefault, SetNull, Add isComputed
}

// isComputed is what the compiler names where somebody tries to assign.
type isComputed struct{}

// sql is what follows the column's = sign.
func (a *assignment) sql() string {
	switch a.how {
	case assignSum:
		return a.rel.columns[a.col] + " + ?"
	case assignDefault:
		if def, ok := a.rel.defaults[a.col]; ok {
			return "(" + def + ")"
		}
		return "NULL"
	}
	return "?"
}

// bound are the values that the assignment binds.
func (a *assignment) bound(args []any) []any {
	if a.how == assignDefault {
		return args
	}
	return append(args, a.value)
}
