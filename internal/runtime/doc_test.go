package drey_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
)

// Every exported name of the runtime says what it is.
func TestEveryExportedNameIsExplained(t *testing.T) {
	for folder, least := range map[string]int{".": 150, "internal/sqldriver": 30, "internal/remote": 20, "sqlite": 6, "d1": 4, "rqlite": 30} {
		t.Run(folder, func(t *testing.T) { explains(t, folder, least) })
	}
}

// explains looks at the exported names of a folder, of which there are so many.
func explains(t *testing.T, folder string, least int) {
	fset := token.NewFileSet()
	var files []*ast.File
	entries, err := drey.Source.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		if e.IsDir() || strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := drey.Source.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(fset, name, src, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	pkg, err := doc.NewFromFiles(fset, files, path.Join("runtime", folder))
	if err != nil {
		t.Fatal(err)
	}
	if pkg.Doc == "" {
		t.Error("the package has no comment")
	}
	explained := map[string]bool{}
	values := func(list []*doc.Value) {
		for _, v := range list {
			for _, spec := range v.Decl.Specs {
				of := spec.(*ast.ValueSpec)
				for _, name := range of.Names {
					explained[name.Name] = v.Doc != "" || of.Doc.Text() != "" || of.Comment.Text() != ""
				}
			}
		}
	}
	funcs := func(prefix string, list []*doc.Func) {
		for _, f := range list {
			explained[prefix+f.Name] = f.Doc != "" || interfaces[f.Name]
		}
	}
	values(pkg.Consts)
	values(pkg.Vars)
	funcs("", pkg.Funcs)
	for _, typ := range pkg.Types {
		explained[typ.Name] = typ.Doc != ""
		values(typ.Consts)
		values(typ.Vars)
		funcs("", typ.Funcs)
		funcs(typ.Name+".", typ.Methods)
	}
	for _, name := range slices.Sorted(maps.Keys(explained)) {
		last := name[strings.LastIndexByte(name, '.')+1:]
		if ast.IsExported(last) && !explained[name] {
			t.Errorf("%s has no comment", name)
		}
	}
	if len(explained) < least {
		t.Errorf("only %d names were looked at", len(explained))
	}
	t.Logf("%d exported names", len(explained))
}

// interfaces are methods whose meaning an interface of the standard library or
// of squirrel's has given.
var interfaces = map[string]bool{"Scan": true, "Value": true, "Error": true, "Unwrap": true, "Is": true, "String": true, "ToSql": true}
