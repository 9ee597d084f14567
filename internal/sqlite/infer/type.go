package infer

import (
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/schema"
)

// Class is a set of SQLite storage classes, without NULL. The empty set means
// "unknown".
type Class uint8

// The storage classes.
const (
	Integer Class = 1 << iota
	Real
	Text
	Blob

	Unknown Class = 0
)

var classNames = []string{"integer", "real", "text", "blob"}

// String names the classes, as in "integer or text".
func (c Class) String() string {
	var names []string
	for i, name := range classNames {
		if c&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if names == nil {
		return "unknown"
	}
	return strings.Join(names, " or ")
}

// Null tells whether a value can be NULL.
type Null uint8

// The answers, ordered so that the larger one holds if either of two values makes
// the result NULL.
const (
	NotNull   Null = iota + 1 // it never is
	MaybeNull                 // not known
	CanBeNull                 // some rows, or the absence of rows, make it NULL
)

// Type is what is known about a value. The zero value means that nothing is known.
type Type struct {
	Class  Class // every class in it can occur, and no other
	Null   Null  // zero means MaybeNull
	Why    string
	Bool   bool           // the integers 0 and 1 only
	Number bool           // a number of unknown class
	Table  *schema.Table  // of a table's column as it is, also through views and subqueries; nil for an expression
	Column *schema.Column // the column of Table
	Joined bool           // NULL if an outer join does not find a row
	View   string         // "view.column" if it comes unchanged through a view's column
	Cast   string         // the type that a CAST has given it, or ""
	Like   Origin         // the column that its values come from, if it is an expression such as max(column)

	also  Class    // for the class Unknown: the classes that are known to occur
	none  bool     // always NULL
	digit bool     // it may be a literal 0 or 1, which is a truth value or a number
	small bool     // every integer in it is exact as a float64; for the class Unknown, it is a decimal number
	mixed bool     // it may have other values than those of the columns that it is like
	likes []Origin // those columns, if there are others besides Like
}

// Origin is a column of a table.
type Origin struct {
	Table  *schema.Table
	Column *schema.Column
}

// Source returns the column that the value is, or comes from; its Column is nil if
// there is none.
func (t Type) Source() Origin {
	if t.Column != nil {
		return Origin{t.Table, t.Column}
	}
	return t.Like
}

// Same returns the columns from which the value comes unchanged. It is empty if the
// value may be another one: max(a) and coalesce(a, b) have such columns, a + 1 and
// coalesce(a, 0) do not.
func (t Type) Same() []Origin {
	switch {
	case t.mixed || t.Source().Column == nil:
		return nil
	case t.Column == nil && t.likes != nil:
		return t.likes
	}
	return []Origin{t.Source()}
}

// Truth reports whether the value is the answer to a question: 0 or 1, but not as a
// number.
func (t Type) Truth() bool { return t.Bool && !t.digit }

// Occurs returns the classes that are known to occur, though others may as well.
func (t Type) Occurs() Class { return t.Class | t.also }

// Decimal reports whether the value comes from a column that is declared as a
// decimal number, or is calculated with one.
func (t Type) Decimal() bool { return t.Class == Unknown && t.small }

// Wide reports whether an integer among the values may have more digits than a
// float64 can hold.
func (t Type) Wide() bool {
	return (t.Class == Unknown || t.Class&Integer != 0) && !t.small && !t.Bool
}

// null returns the nullability with the zero value made explicit.
func (t Type) null() Null {
	if t.Null == 0 {
		return MaybeNull
	}
	return t.Null
}

// value returns the type as an expression has it, without where it came from.
func (t Type) value() Type {
	t.Like = t.Source()
	t.Table, t.Column, t.View, t.Joined = nil, nil, "", false
	return t
}

// orNull returns the type made nullable.
func (t Type) orNull(why string) Type {
	if t.Null != CanBeNull {
		t.Null, t.Why = CanBeNull, why
	}
	return t
}

// unsure returns the type with nothing known about NULL.
func (t Type) unsure() Type {
	t.Null, t.Why = MaybeNull, ""
	return t
}

// strict returns a type of the class which is NULL if an operand is.
func strict(class Class, operands ...Type) Type {
	t := Type{Class: class, Null: NotNull}
	for _, x := range operands {
		if x.null() > t.Null {
			t.Null, t.Why = x.null(), x.Why
		}
	}
	return t
}

// either returns the type of a value that is one of the two.
func either(a, b Type) Type {
	t := strict(a.Class|b.Class, a, b)
	t.also = a.Occurs() | b.Occurs()
	if a.Class == Unknown || b.Class == Unknown {
		t.Class = Unknown
	}
	t.Bool, t.digit = a.Bool && b.Bool, a.digit || b.digit
	t.small = !a.Wide() && !b.Wide()
	t.likes = slices.Clone(a.Same())
	for _, o := range b.Same() {
		if !slices.Contains(t.likes, o) {
			t.likes = append(t.likes, o)
		}
	}
	t.mixed = a.Same() == nil || b.Same() == nil
	if a.Column == b.Column {
		t.Table, t.Column, t.View = a.Table, a.Column, a.View
	}
	if t.Like = a.Source(); t.Like.Column == nil {
		t.Like = b.Source()
	}
	return t
}
