package load

import (
	"crypto/sha256"
	"fmt"
	"go/types"
	"maps"
	"slices"
)

// Declared returns the hash of what other packages can see of a package: of the types
// of what it exports, the values of its constants, and the types that those are made
// of. Where they are in the files is not part of it. Types of other packages are there
// by their names; exposes are the import paths of these packages.
func Declared(pkg *types.Package) (sum [sha256.Size]byte, exposes []string) {
	h := sha256.New()
	others := map[string]bool{}
	name := func(of *types.Package) string {
		if of != pkg {
			others[of.Path()] = true
		}
		return of.Path()
	}
	fmt.Fprintln(h, pkg.Path(), pkg.Name(), pkg.GoVersion())
	for _, declared := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(declared)
		typ, ok := obj.(*types.TypeName)
		if !ok && !obj.Exported() {
			continue
		}
		fmt.Fprintln(h, types.ObjectString(obj, name))
		if c, ok := obj.(*types.Const); ok {
			fmt.Fprintln(h, c.Val().ExactString())
		}
		if ok && !typ.IsAlias() {
			if named, ok := typ.Type().(*types.Named); ok {
				for m := range named.Methods() {
					fmt.Fprintln(h, types.ObjectString(m, name))
				}
			}
		}
	}
	return [sha256.Size]byte(h.Sum(nil)), slices.Sorted(maps.Keys(others))
}
