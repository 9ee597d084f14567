package otherorm

import (
	"fmt"
	"go/ast"

	"golang.org/x/tools/go/analysis"
)

// groups are the imports of a package that are reported together, in the order of the
// first ones.
type groups []*group

// group has the imports that lead to one ORM. Those of test files are a group of their
// own, since the package is also looked at without them.
type group struct {
	orm     string
	test    bool
	imports []imported
	files   map[string]bool
}

// imported is one import. what says where it leads.
type imported struct {
	at   ast.Expr
	what string
}

// add notes an import, unless the policy leaves its file alone.
func (g *groups) add(orm string, in file, at ast.Expr, what string) {
	if in.left {
		return
	}
	var of *group
	for _, known := range *g {
		if known.orm == orm && known.test == in.test {
			of = known
		}
	}
	if of == nil {
		of = &group{orm: orm, test: in.test, files: map[string]bool{}}
		*g = append(*g, of)
	}
	of.imports = append(of.imports, imported{at, what})
	of.files[in.name] = true
}

// report reports each group at its first import. The reports of the single imports, which
// baselines hold, are the related ones. message has a place for what is imported and one
// for how often.
func (g groups) report(pass *analysis.Pass, message string) {
	for _, of := range g {
		often := ""
		if len(of.imports) > 1 {
			often = fmt.Sprintf(" (%d imports", len(of.imports))
			if len(of.files) > 1 {
				often += fmt.Sprintf(", in %d files of this package", len(of.files))
			}
			often += ")"
		}
		first := of.imports[0]
		d := analysis.Diagnostic{Pos: first.at.Pos(), End: first.at.End(), Message: fmt.Sprintf(message, first.what, often)}
		if len(of.imports) > 1 {
			for _, i := range of.imports {
				d.Related = append(d.Related, analysis.RelatedInformation{Pos: i.at.Pos(), End: i.at.End(), Message: fmt.Sprintf(message, i.what, "")})
			}
		}
		pass.Report(d)
	}
}
