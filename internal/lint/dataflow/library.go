package dataflow

import (
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/dreysql/drey/internal/lint/whole"
)

// through lists the functions and methods whose result only has text of their
// arguments and receivers, and says whether they put texts together.
var through = map[string]bool{
	"fmt.Append": true, "fmt.Appendln": true, "fmt.Sprint": true, "fmt.Sprintln": true,
	"strings.Join": true, "strings.Replace": true, "strings.ReplaceAll": true, "(*strings.Replacer).Replace": true, "bytes.Join": true,
	"strings.NewReplacer": false, "strings.Clone": false, "strings.Map": false,
	"strings.ToTitle": false, "strings.Cut": false, "strings.CutPrefix": false, "strings.CutSuffix": false, "strings.SplitN": false,
	"bytes.TrimSpace": false,
	"strconv.Quote":   false, "strconv.QuoteToASCII": false, "strconv.QuoteToGraphic": false, "strconv.Unquote": false,
	"strconv.AppendQuote": false, "strconv.AppendQuoteToASCII": false, "strconv.AppendInt": false, "strconv.AppendUint": false,
	"strconv.AppendFloat": false, "strconv.AppendBool": false,
	"slices.Insert": false, "slices.Reverse": false, "slices.Concat": false,
	"strings.Repeat": false, "strings.ToLower": false, "strings.ToUpper": false, "strings.Title": false,
	"strings.Trim": false, "strings.TrimLeft": false, "strings.TrimRight": false, "strings.TrimSpace": false,
	"strings.TrimPrefix": false, "strings.TrimSuffix": false, "strings.TrimFunc": false, "strings.Split": false, "strings.SplitSeq": false, "strings.FieldsSeq": false, "strings.SplitAfter": false,
	"strings.Fields": false,
	"slices.Clone":   false, "slices.Sorted": false, "slices.Compact": false, "slices.Values": false, "slices.All": false,
	"slices.Collect": false, "maps.Clone": false, "cmp.Or": false,
	"unicode.ToLower": false, "unicode.ToUpper": false,
}

// clean are the functions whose text is made of letters and digits.
var clean = map[string]bool{
	"encoding/hex.EncodeToString": true, "(*encoding/base64.Encoding).EncodeToString": true, "crypto/rand.Text": true,
	"(*math/big.Int).String": true, "github.com/google/uuid.NewString": true, "(github.com/google/uuid.UUID).String": true,
}

// quoting matches the names of functions that make an identifier of any text.
var quoting = regexp.MustCompile(`(?i)quote.*ident|ident.*quote|sanitize|^placeholders$|^quote$`)

// library judges the result of a function of another package, or of an interface.
func (j *judge) library(fn *types.Func, v *ssa.Call, result int, p *path, f *frame) *Origin {
	c := v.Common()
	args := arguments(c)
	name, recv := fn.FullName(), fn.Signature().Recv()
	path := ""
	if fn.Pkg() != nil {
		path = fn.Pkg().Path()
	}
	texts := slices.DeleteFunc(slices.Clone(args), func(a ssa.Value) bool { return !holdsText(a.Type()) })
	outside := func() *Origin {
		o := j.origin(v, "the result of "+fn.Name())
		if p != nil && sameModule(fn.Pkg(), j.pkg) { // it may well hold constants
			o.Handed = true
			o = worst(o, j.all(texts, v, f))
		}
		switch {
		case fn.Pkg() == nil || !j.inModule(fn.Pkg()):
			return o
		case c.IsInvoke():
			return o.asking(whole.Implemented, fn, result, p)
		}
		return o.asking(whole.Result, fn, result, p)
	}
	if j.gather != nil {
		j.takes(name, args, p, v, f)
		return nil
	}
	switch compose, passes := through[name]; {
	case clean[name]:
		return nil
	case name == "fmt.Sprintf":
		return composed(j.printed(args[0], args[1], v, f))
	case name == "fmt.Appendf":
		return composed(worst(j.value(args[0], nil, here(v), f), j.printed(args[1], args[2], v, f)))
	case rebinds(fn):
		return j.all(texts, v, f)
	case fn.Name() == "ToSql" || fn.Name() == "MustSql":
		return nil // judged where the statement is built
	case name == "maps.Keys" || name == "maps.Values":
		return j.value(args[0], j.step(mapPath(name == "maps.Keys", p)), here(v), f)
	case recv != nil && isBuilder(recv.Type()) && (fn.Name() == "String" || fn.Name() == "Bytes"):
		return composed(j.value(args[0], nil, here(v), f))
	case name == "bytes.NewBufferString", name == "bytes.NewBuffer":
		o, _ := j.stores(v, nil, f)
		return worst(o, j.whole(args[0], here(v), f))
	case strings.HasPrefix(name, "(*regexp.Regexp).Replace"):
		if j.quotes(f) || removes(j.pattern(args[0])) && j.whole(args[2], here(v), f) == nil {
			return nil
		}
		return composed(j.all(args[1:], v, f))
	case passes:
		if j.quotes(f) && (strings.Contains(name, "Replace") || name == "strings.Map") {
			return nil
		}
		o := j.all(args, v, f)
		if compose {
			o = composed(o)
		}
		return o
	}
	if fact := j.fact(fn); fact != nil {
		for _, r := range fact.Results {
			if r.Result != result {
				continue
			}
			var o *Origin
			for _, i := range r.Arguments {
				o = worst(o, j.whole(args[i], here(v), f))
			}
			return o
		}
	}
	switch {
	case quoting.MatchString(fn.Name()):
		return nil
	case path == "strconv", path == "reflect" && (recv == nil || recv.Type().String() != "reflect.Value"):
		return nil // numbers, and names of the program
	case recv != nil && (harmless(recv.Type()) || strings.HasPrefix(name, "(time.Time).")):
		return j.all(args[1:], v, f) // a number in words, a time in a format
	case path == "embed" || path == "io/fs" && embedded(args):
		return nil
	case path == "github.com/jmoiron/sqlx", (bindsArguments(fn.Signature(), result) || prints(fn)) && !sameModule(fn.Pkg(), j.pkg):
		return j.all(texts, v, f)
	}
	return outside()
}

func mapPath(key bool, p *path) path {
	if p != nil {
		p = p.rest
	}
	return path{key: key, rest: p}
}

func embedded(args []ssa.Value) bool {
	if len(args) == 0 {
		return false
	}
	m, ok := args[0].(*ssa.MakeInterface)
	return ok && m.X.Type().String() == "embed.FS"
}

// rebinds reports whether a function is sqlx's Rebind, or a method of an interface that is
// like it: it writes the placeholders of a query in another way.
func rebinds(fn *types.Func) bool {
	sig := fn.Signature()
	n := sig.Params().Len()
	if fn.Name() != "Rebind" || fn.Pkg() == nil || n == 0 || sig.Variadic() || sig.Results().Len() != 1 {
		return false
	}
	if recv := sig.Recv(); fn.Pkg().Path() != "github.com/jmoiron/sqlx" && (recv == nil || !types.IsInterface(recv.Type())) {
		return false
	}
	return isTextual(sig.Params().At(n-1).Type()) && isTextual(sig.Results().At(0).Type())
}

// prints reports whether a function is the String of a statement: of a type that also has a
// method which returns its text with arguments.
func prints(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	if fn.Name() != "String" || recv == nil {
		return false
	}
	methods := types.NewMethodSet(recv.Type())
	for m := range methods.Methods() {
		if sig := m.Obj().(*types.Func).Signature(); bindsArguments(sig, 0) && isTextual(sig.Results().At(0).Type()) {
			return true
		}
	}
	return false
}

// bindsArguments reports whether the result after this one is a []any.
func bindsArguments(sig *types.Signature, result int) bool {
	if result+1 >= sig.Results().Len() {
		return false
	}
	s, ok := sig.Results().At(result + 1).Type().(*types.Slice)
	return ok && types.IsInterface(s.Elem())
}

func (j *judge) quotes(f *frame) bool {
	return f != nil && f.quotes || f == nil && j.summed != nil && quoting.MatchString(j.summed.Name())
}
