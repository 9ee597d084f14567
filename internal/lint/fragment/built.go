package fragment

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// built puts together what is written to a local strings.Builder, in the order of the
// code: as if every branch were taken. It returns nil if that is not clear.
func (r *reader) built(obj types.Object, depth int) (list []piece) {
	calls, ok := r.flow.Writes(obj)
	if !ok {
		return nil
	}
	for _, call := range calls {
		list = append(list, r.written(call, depth)...)
	}
	return list
}

// written takes apart what a call writes to a builder.
func (r *reader) written(call *ast.CallExpr, depth int) (list []piece) {
	fn, _ := typeutil.Callee(r.flow.Info, call).(*types.Func)
	switch {
	case fn == nil || call.Ellipsis.IsValid():
	case fn.Name() == "WriteString":
		return r.pieces(call.Args[0], depth)
	case fn.Name() == "WriteByte" || fn.Name() == "WriteRune":
		if c := r.flow.Info.Types[call.Args[0]].Value; c != nil {
			n, _ := constant.Int64Val(constant.ToInt(c))
			return []piece{{text: string(rune(n)), at: call.Args[0]}}
		}
	case fn.FullName() == "fmt.Fprintf" && len(call.Args) > 1:
		if format, ok := r.constant(call.Args[1]); ok {
			return r.formatted(call.Args[1], format, call.Args[2:], depth)
		}
	case strings.HasPrefix(fn.FullName(), "fmt.Fprint") && len(call.Args) == 2:
		list = r.pieces(call.Args[1], depth)
		if fn.Name() == "Fprintln" {
			list = append(list, piece{text: "\n"})
		}
		return list
	}
	return r.hole(nil)
}
