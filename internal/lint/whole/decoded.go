package whole

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// Owner is the type that a field belongs to, or the one around it.
func (q Question) Owner() string {
	name, _, _ := strings.Cut(string(q.Object), ".")
	return q.Package + "." + name
}

// reading are the packages whose functions only read what they are given, or set it to
// what its tags say.
var reading = map[string]bool{
	"fmt": true, "log": true, "log/slog": true, "errors": true,
	"github.com/rs/zerolog": true, "github.com/sirupsen/logrus": true, "go.uber.org/zap": true, "github.com/go-logr/logr": true,
	"k8s.io/klog": true, "k8s.io/klog/v2": true, "github.com/golang/glog": true, "github.com/hashicorp/go-hclog": true,
	"github.com/go-kit/log": true, "github.com/pkg/errors": true, "github.com/cockroachdb/errors": true,
	"github.com/davecgh/go-spew/spew":        true,
	"github.com/go-playground/validator/v10": true, "github.com/creasty/defaults": true,
}

// reads reports whether a function only reads what it is given, as those do that print
// or encode it.
func reads(fn *types.Func) bool {
	if fn.Pkg() == nil {
		return false
	}
	if reading[fn.Pkg().Path()] {
		return !strings.Contains(fn.Name(), "can") // Scan, Sscan
	}
	return encoders[fn.FullName()]
}

var encoders = map[string]bool{
	"encoding/json.Marshal": true, "encoding/json.MarshalIndent": true, "(*encoding/json.Encoder).Encode": true,
	"encoding/xml.Marshal": true, "encoding/xml.MarshalIndent": true, "(*encoding/xml.Encoder).Encode": true,
	"(*encoding/gob.Encoder).Encode": true, "gopkg.in/yaml.v2.Marshal": true, "gopkg.in/yaml.v3.Marshal": true,
	"go.yaml.in/yaml/v3.Marshal": true, "(*gopkg.in/yaml.v3.Encoder).Encode": true,
	"(*text/template.Template).Execute": true, "(*text/template.Template).ExecuteTemplate": true,
	"(*html/template.Template).Execute": true, "(*html/template.Template).ExecuteTemplate": true,
}

// moving are the packages whose generic functions do not change what is in values.
var moving = map[string]bool{"slices": true, "maps": true, "cmp": true, "sync": true, "sync/atomic": true, "iter": true}

// Decoded lists the structs that a package hands to functions which take any value, by a
// pointer, a slice or a map, or that generic functions make. These may set all their exported fields, as those do that
// decode JSON or scan rows.
func Decoded(info *types.Info) map[string]bool {
	found, seen := map[string]bool{}, map[types.Type]bool{}
	for e := range info.Types {
		call, ok := e.(*ast.CallExpr)
		if !ok {
			continue
		}
		if fn, ok := typeutil.Callee(info, call).(*types.Func); ok && reads(fn) {
			continue
		}
		sig, _ := types.Unalias(info.TypeOf(call.Fun)).Underlying().(*types.Signature)
		for i, arg := range call.Args {
			to := info.TypeOf(call.Fun) // of a conversion
			if sig != nil && !info.Types[call.Fun].IsType() && sig.Params().Len() > 0 {
				to = sig.Params().At(min(i, sig.Params().Len()-1)).Type()
				if s, ok := to.Underlying().(*types.Slice); ok && sig.Variadic() && i >= sig.Params().Len()-1 && !call.Ellipsis.IsValid() {
					to = s.Elem()
				}
			}
			if from := info.TypeOf(arg); from != nil && to != nil && taking(to) && !types.IsInterface(from) {
				decoded(from, false, found, seen)
			}
		}
	}
	for id, of := range info.Instances {
		if fn, ok := info.Uses[id].(*types.Func); ok && fn.Pkg() != nil && !moving[fn.Pkg().Path()] {
			for t := range of.TypeArgs.Types() {
				decoded(t, true, found, seen)
			}
		}
	}
	return found
}

// taking reports whether a type is an interface that any value has, or any message of
// protocol buffers. What the methods of other interfaces do is seen where they are.
func taking(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	if !ok {
		return false
	}
	message, _, _ := types.LookupFieldOrMethod(i, false, nil, "ProtoReflect")
	return i.Empty() || message != nil
}

// decoded adds the structs that can be set through a value.
func decoded(t types.Type, settable bool, found map[string]bool, seen map[types.Type]bool) {
	if seen[t] {
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		seen[t] = true
		decoded(u.Elem(), true, found, seen)
	case *types.Slice:
		seen[t] = true
		decoded(u.Elem(), true, found, seen)
	case *types.Map:
		seen[t] = true
		decoded(u.Elem(), true, found, seen)
	case *types.Array:
		decoded(u.Elem(), settable, found, seen)
	case *types.Struct:
		if n, ok := types.Unalias(t).(*types.Named); ok && settable && n.Obj().Pkg() != nil {
			found[n.Obj().Pkg().Path()+"."+n.Origin().Obj().Name()] = true
		}
		if settable {
			seen[t] = true
		}
		for f := range u.Fields() {
			if f.Exported() || f.Embedded() {
				decoded(f.Type(), settable, found, seen)
			}
		}
	}
}
