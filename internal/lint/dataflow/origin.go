package dataflow

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Origin is where text comes from that is not made of constants.
type Origin struct {
	Pos  token.Pos
	What string
	// Handed: the text is a parameter, or a part of one, and its callers are not all in
	// sight. They may well hand in constants.
	Handed bool
	// Foreign: it is a variable of another package.
	Foreign bool
	// Composed: the text is put together from parts.
	Composed bool
	others   []*Origin // that text comes from as well
	asks     []ask     // what it depends on in other packages, nothing if it is certain
	argument bool      // it is a parameter as a whole
	receiver bool      // it is a field of a receiver
	// In is the function that the text comes into, with those around it.
	In *ast.FuncDecl
}

// worst returns the origin that says most: one that is not handed in, or one that is
// put together. It keeps the other.
func worst(a, b *Origin) *Origin {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	if a.Handed && !a.Composed && (!b.Handed || b.Composed) {
		a, b = b, a
	}
	c := *a
	c.asks = both(a.asks, b.asks)
	if len(a.others) < most && b.Pos != a.Pos {
		c.others = slices.Concat(a.others, []*Origin{b}, b.others)
	}
	return &c
}

// in returns the origin of a text that comes into the declaration itself, or else the
// first.
func (o *Origin) in(decl *ast.FuncDecl) *Origin {
	for _, other := range o.others {
		if decl != nil && o.In != decl && other.In == decl {
			return other
		}
	}
	return o
}

func composed(o *Origin) *Origin {
	if o == nil || o.Composed {
		return o
	}
	c := *o
	c.Composed = true
	return &c
}

func (j *judge) origin(at ssa.Value, what string) *Origin {
	return &Origin{Pos: at.Pos(), What: what, In: declaration(at)}
}

// declaration returns the function that something is in, with those around it, or nil.
func declaration(at interface{ Parent() *ssa.Function }) (decl *ast.FuncDecl) {
	fn := at.Parent()
	for fn != nil && fn.Parent() != nil {
		fn = fn.Parent()
	}
	if fn != nil {
		decl, _ = fn.Syntax().(*ast.FuncDecl)
	}
	return decl
}

func (j *judge) involved(v ssa.Value) *Origin {
	return j.origin(v, "a text that is too involved to be followed")
}

// sameModule reports whether two packages seem to belong to one module: their paths
// begin alike.
func sameModule(a, b *types.Package) bool {
	if a == nil || b == nil || a == b {
		return a == b
	}
	x, y := strings.SplitN(a.Path(), "/", 4), strings.SplitN(b.Path(), "/", 4)
	n := min(len(x), len(y), 3)
	return strings.Contains(x[0], ".") && slices.Equal(x[:n], y[:n])
}
