package infer

import (
	"cmp"
	"slices"

	"github.com/sqlc-dev/meyer/ast"
)

// UseKind tells what a statement does with a parameter.
type UseKind uint8

// The kinds of use.
const (
	OtherUse   UseKind = iota // anything else, such as a function's argument
	Compared                  // with a value of the type, by = < IN BETWEEN …
	Assigned                  // to a column of the type, by INSERT or UPDATE
	Counted                   // LIMIT or OFFSET: an integer
	Calculated                // an operand of arithmetic: a number
	Joined                    // an operand of || or a LIKE pattern: text
	Converted                 // CAST(? AS …): anything will do
	Tested                    // IS NULL
)

// Use is one occurrence of a parameter.
type Use struct {
	Var  *ast.BindParam
	Kind UseKind
	Op   string // of a comparison
	Type Type   // the other side of a comparison, or the column assigned to
	// Fallback: it is compared with a value that may replace it, as in coalesce, or
	// with one of another branch, as in CASE.
	Fallback bool
}

// note records what a variable is used for. If an occurrence is seen again, the use
// that says more is kept.
func (w *walker) note(v *ast.BindParam, want *Use) {
	use := Use{Var: v}
	if want != nil {
		use.Kind, use.Op, use.Type, use.Fallback = want.Kind, want.Op, want.Type, want.Fallback
	}
	old, seen := w.uses[v]
	if !seen || old.Kind == OtherUse || old.Type.Class == Unknown && old.Type.Column == nil {
		w.uses[v] = use
	}
}

func (w *walker) sortedUses() []Use {
	uses := make([]Use, 0, len(w.uses))
	for _, u := range w.uses {
		uses = append(uses, u)
	}
	slices.SortFunc(uses, func(a, b Use) int { return cmp.Compare(a.Var.Start, b.Var.Start) })
	return uses
}

// compared returns the use of a value that is compared with one of the type.
func compared(op string, with Type) *Use { return &Use{Kind: Compared, Op: op, Type: with} }

// assigned returns the use of a value that is assigned to a column.
func assigned(to Type) *Use { return &Use{Kind: Assigned, Type: to} }

// calculated returns the use of a number that is calculated with another value: of
// the same class, if that is a number itself.
func calculated(with Type) *Use {
	class := number(with.Class)
	if class == Unknown {
		class = Integer | Real
	}
	return &Use{Kind: Calculated, Type: Type{Class: class}}
}

var (
	counted   = &Use{Kind: Counted, Type: Type{Class: Integer}}
	joined    = &Use{Kind: Joined, Type: Type{Class: Text}}
	converted = &Use{Kind: Converted}
	tested    = &Use{Kind: Tested}
)
