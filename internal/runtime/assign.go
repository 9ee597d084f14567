package runtime

// Assignment gives a column of source S a value in an Update. It is made by
// Set, SetNull, SetDefault and Add of a column handle.
type Assignment[S any] struct {
	rel   *relation
	value any
	col   uint16
	how   assign
}

// assign is the kind of an assignment. It is part of the shape key.
type assign uint8

const (
	assignValue assign = iota
	assignDefault
	assignSum
)

// ComputedColumn is in the handle of a generated column, and hides what would
// assign to it.
type ComputedColumn struct {
	Set, SetDefault, SetNull, Add struct{}
}
