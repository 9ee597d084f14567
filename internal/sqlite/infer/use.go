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
	OtherUse   UseKind = iota // anything else, a function's argument for one
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
	// Fallback: what it is compared with is a value that may take its place, as
	// in coalesce, or one of another branch, as in CASE.
	Fallback bool
}

// note records what a variable is used for. An occurrence that is seen again
// keeps the use that says more.
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

// compared is the use of a value that is compared with one of the type.
func compared(op string, with Type) *Use { return &Use{Kind: Compared, Op: op, Type: with} }

// assigned is the use of a value that is assigned to a column.
func assigned(to Type) *Use { return &Use{Kind: Assigned, Type: to} }

// calculated is the use of a number that is calculated with another value: of
// the same class, where that is a number itself.
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
