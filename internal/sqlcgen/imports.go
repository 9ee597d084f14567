package sqlcgen

import (
	"fmt"
	"go/ast"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// imports collects what a file imports. An import without a name of its own is
// called as its package is, which its path only hints at: the file's own use of
// it tells.
func (r *reader) imports(f *ast.File) error {
	used := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok {
				used[id.Name] = true
			}
		}
		return true
	})
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name
		} else if name = packageName(p, used); name == "" {
			return fmt.Errorf("what %s is called is not to be told: none of %s; name it in the override, as in {import: %q, package: %q, type: …}",
				p, strings.Join(slices.Sorted(maps.Keys(used)), ", "), p, "name")
		}
		if other, ok := r.pkg.Imports[name]; ok && other != p {
			return fmt.Errorf("it imports both %s and %s as %s in different files; give one of them another name in the override (package: …)", other, p, name)
		}
		r.pkg.Imports[name] = p
	}
	return nil
}

var (
	majorVersion = regexp.MustCompile(`^v[0-9]+$`)
	goPrefix     = regexp.MustCompile(`^go[-.]|[-.]go$|\.v[0-9]+$`)
)

// packageName guesses the name of the package of an import path: its last
// element, without what the habits of naming repositories add. It is one of
// the names that are used.
func packageName(importPath string, used map[string]bool) string {
	base := path.Base(importPath)
	if majorVersion.MatchString(base) {
		if parent := path.Base(path.Dir(importPath)); !used[base] {
			base = parent
		}
	}
	trimmed := goPrefix.ReplaceAllString(base, "")
	for _, name := range []string{base, trimmed, strings.ReplaceAll(trimmed, "-", "_"), strings.ReplaceAll(trimmed, "-", "")} {
		if used[name] {
			return name
		}
	}
	return ""
}
