package typedcolumns

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// replacement is a piece of code that a handle can replace.
type replacement struct {
	pos, end       token.Pos
	handle, method string
	value          ast.Expr // nil if the method takes none
	list           bool     // the value is a list of arguments
	orders         []order  // of an OrderBy, instead of the others
}

// covers reports whether the code at a place is replaced.
func (r *replacement) covers(pos token.Pos) bool {
	kept := r.value != nil && r.value.Pos() <= pos && pos < r.value.End()
	return r.pos <= pos && pos < r.end && !kept
}

// file reports what can be replaced in a file.
func (c *checker) file(f *ast.File, list []replacement) error {
	list = slices.DeleteFunc(list, func(r replacement) bool { return c.commented(f, &r) })
	name, imported := c.imported(f)
	if !imported {
		name = c.free(f, list)
	}
	list = slices.DeleteFunc(list, func(r replacement) bool { return name == "" || c.hidden(f, name, imported, r.pos) })
	if len(list) == 0 || !c.needed(f, list) {
		return nil
	}
	content, err := c.ReadFile(c.Fset.File(f.FileStart).Name())
	if err != nil {
		return err
	}
	source := func(n ast.Node) string {
		return string(content[c.Fset.Position(n.Pos()).Offset:c.Fset.Position(n.End()).Offset])
	}
	var edits []analysis.TextEdit
	if !imported {
		edits = append(edits, c.addImport(f, name))
	}
	for _, r := range list {
		text, handle, what := r.condition(name, source), name+"."+r.handle+"."+r.method, "condition"
		if r.orders != nil {
			text, handle, what = r.clauses(name), name+"."+r.orders[0].handle+"."+r.orders[0].method, "order"
		}
		c.Report(analysis.Diagnostic{
			Pos: r.pos, End: r.end,
			Message: "a column in a string is not checked by the compiler; " + handle + " is the same " + what,
			SuggestedFixes: []analysis.SuggestedFix{{
				Message:   "Use " + handle,
				TextEdits: append(slices.Clip(edits), analysis.TextEdit{Pos: r.pos, End: r.end, NewText: []byte(text)}),
			}},
		})
	}
	return nil
}

// condition is the call of a handle that says the same as a condition. name is that of
// the generated package.
func (r *replacement) condition(name string, source func(ast.Node) string) string {
	value := ""
	if r.value != nil {
		value = source(r.value)
	}
	if r.list {
		value += "..."
	}
	return name + "." + r.handle + "." + r.method + "(" + value + ")"
}

// commented reports whether a comment would get lost.
func (c *checker) commented(f *ast.File, r *replacement) bool {
	return slices.ContainsFunc(f.Comments, func(g *ast.CommentGroup) bool { return r.covers(g.Pos()) })
}

// imported returns the name by which a file imports the generated package.
func (c *checker) imported(f *ast.File) (string, bool) {
	for _, spec := range f.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err != nil || p != c.db.Path() {
			continue
		}
		switch {
		case spec.Name == nil:
			return c.db.Name(), true
		case spec.Name.Name == ".":
			return "", true // any other import of it would be unused
		case spec.Name.Name != "_":
			return spec.Name.Name, true
		}
	}
	return "", false
}

// free returns a name for the import of the generated package that is not used for
// anything else there, or "".
func (c *checker) free(f *ast.File, list []replacement) string {
	if slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool { return spec.Path.Value == `"C"` }) {
		return "" // it would go after a comment that is code
	}
	for _, name := range []string{c.db.Name(), c.db.Name() + "gen"} {
		scope := c.TypesInfo.Scopes[f]
		taken := slices.ContainsFunc(list, func(r replacement) bool { return c.hidden(f, name, false, r.pos) })
		if !taken && scope.Lookup(name) == nil && c.Pkg.Scope().Lookup(name) == nil && types.Universe.Lookup(name) == nil {
			return name
		}
	}
	return ""
}

// hidden reports whether a name means something else at a place than the generated
// package, or means anything at all if that is not imported.
func (c *checker) hidden(f *ast.File, name string, imported bool, pos token.Pos) bool {
	scope := c.TypesInfo.Scopes[f].Innermost(pos)
	if scope == nil {
		return true
	}
	_, obj := scope.LookupParent(name, pos)
	if !imported {
		return obj != nil
	}
	pkg, ok := obj.(*types.PkgName)
	return !ok || pkg.Imported() != c.db
}

// needed reports whether a file still uses squirrel after the replacement. A fix
// may not leave an unused import.
func (c *checker) needed(f *ast.File, list []replacement) (found bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return !found
		}
		pkg, ok := c.TypesInfo.Uses[id].(*types.PkgName)
		covered := func(r replacement) bool { return r.covers(id.Pos()) }
		found = found || ok && pkg.Imported().Path() == squirrel && !slices.ContainsFunc(list, covered)
		return !found
	})
	return found || !slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool { return spec.Path.Value == strconv.Quote(squirrel) })
}

// addImport returns the edit that imports the generated package: in a group of its
// own after the others, or among those of its module.
func (c *checker) addImport(f *ast.File, name string) analysis.TextEdit {
	line := strconv.Quote(c.db.Path())
	if name != path.Base(c.db.Path()) {
		line = name + " " + line
	}
	insert := func(pos token.Pos, format string) analysis.TextEdit {
		return analysis.TextEdit{Pos: pos, End: pos, NewText: fmt.Appendf(nil, format, line)}
	}
	var last *ast.GenDecl
	for _, d := range f.Decls {
		if decl, ok := d.(*ast.GenDecl); ok && decl.Tok == token.IMPORT {
			last = decl
		}
	}
	switch {
	case last == nil:
		return insert(f.Name.End(), "\n\nimport %s")
	case !last.Rparen.IsValid():
		return insert(last.End(), "\nimport %s")
	case len(last.Specs) == 0:
		return insert(last.Rparen, "\n\t%s\n")
	}
	before := last.Specs[len(last.Specs)-1].(*ast.ImportSpec)
	if c.Pass.Module != nil && strings.HasPrefix(before.Path.Value, `"`+c.Pass.Module.Path+"/") {
		return insert(last.Rparen, "\t%s\n")
	}
	return insert(last.Rparen, "\n\t%s\n")
}
