package sqlc

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

// ImportError is a package of an override that cannot be told apart from others.
// Path is its import path, and Package a name that it could be given.
type ImportError struct{ Path, msg, Package string }

func (e *ImportError) Error() string { return e.msg }

// imports returns what a file imports, by name. An import without a name of its own has the
// name of its package. The path only hints at that name; the file's own use of it
// decides.
func imports(f *ast.File) (map[string]string, error) {
	paths := map[string]string{}
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
			return nil, err
		}
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name
		} else if name = packageName(p, used); name == "" {
			return nil, &ImportError{p, fmt.Sprintf("what the package %s is called cannot be told: none of %s", p,
				strings.Join(slices.Sorted(maps.Keys(used)), ", ")), "name"}
		}
		if other, ok := paths[name]; ok && other != p {
			return nil, alike(p, other, name)
		}
		paths[name] = p
	}
	return paths, nil
}

// alike says that two packages have one name.
func alike(p, other, name string) error {
	return &ImportError{p, fmt.Sprintf("sqlc imports both %s and %s as %s", min(other, p), max(other, p), name), name + "2"}
}

var (
	majorVersion = regexp.MustCompile(`^v[0-9]+$`)
	goPrefix     = regexp.MustCompile(`^go[-.]|[-.]go$|\.v[0-9]+$`)
)

// packageName guesses the package name of an import path: its last element, without
// what the habits of naming repositories add. The result is one of the names that
// are used.
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
