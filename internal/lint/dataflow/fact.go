package dataflow

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// passes is the fact that the text which an exported function returns only has
// constants, and text of some of its arguments, or that it fails unless one is of a list.
// A receiver is argument 0.
type passes struct {
	Results []passing
	Checked []int // arguments of which its last result says, by true or no error, that they are
}

type passing struct {
	Result    int
	Arguments []int
}

func (*passes) AFact() {}

func (*passes) String() string { return "passes text on" }

// export notes what the functions of a package do to text, for the packages that
// import it.
func (v *Values) export(pass *analysis.Pass) {
	if m := pass.Module; m == nil || m.Path == "" || m.Version != "" {
		return // it belongs to a library, which is not looked at
	}
	var fns []*types.Func
	for _, obj := range pass.TypesInfo.Defs {
		if fn, ok := obj.(*types.Func); ok && fn.Exported() && pass.Pkg.Name() != "main" && (givesText(fn.Signature()) || checksText(fn.Signature())) {
			fns = append(fns, fn)
		}
	}
	if len(fns) == 0 {
		return
	}
	v.read()
	p := v.build(pass.Files, 0) // it is not kept: most packages are not asked for more
	for _, fn := range fns {
		source := p.ssa.Prog.FuncValue(fn)
		if source == nil || len(source.Blocks) == 0 {
			continue
		}
		var fact passes
		for i := range fn.Signature().Results().Len() {
			if t := fn.Signature().Results().At(i).Type(); holdsText(t) {
				if used, ok := p.summary(source, i, t); ok {
					fact.Results = append(fact.Results, passing{i, used})
				}
			}
		}
		if checksText(fn.Signature()) {
			for i, param := range source.Params {
				if isTextual(param.Type()) && p.judge().certain(source, param, nil, nil, nil, 0) {
					fact.Checked = append(fact.Checked, i)
				}
			}
		}
		if len(fact.Results) > 0 || len(fact.Checked) > 0 {
			pass.ExportObjectFact(fn, &fact)
		}
	}
}

// givesText reports whether a function returns text, or a list of texts.
func givesText(sig *types.Signature) bool {
	return slices.ContainsFunc(slices.Collect(sig.Results().Variables()), func(v *types.Var) bool { return holdsText(v.Type()) })
}

// checksText reports whether a function may say if a text is one of a list.
func checksText(sig *types.Signature) bool {
	n := sig.Results().Len()
	text := sig.Recv() != nil && isTextual(sig.Recv().Type())
	for v := range sig.Params().Variables() {
		text = text || isTextual(v.Type())
	}
	return text && n > 0 && verdict(sig.Results().At(n-1).Type())
}

func holdsText(t types.Type) bool {
	if s, ok := t.Underlying().(*types.Slice); ok && !isTextual(t) {
		t = s.Elem()
	}
	return isTextual(t)
}

// summary lists the parameters whose text gets into a result. It is not ok if other
// text does.
func (p *program) summary(fn *ssa.Function, result int, t types.Type) (used []int, ok bool) {
	j := p.judge()
	j.summed, j.used = fn, map[int]bool{}
	var to *path
	if !isTextual(t) {
		to = j.step(path{})
	}
	for _, ret := range returns(fn) {
		if j.value(ret.Results[result], to, here(ret), nil) != nil {
			return nil, false
		}
	}
	for i := range j.used {
		used = append(used, i)
	}
	slices.Sort(used)
	return used, true
}
