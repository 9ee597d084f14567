// Package policy is what the analyzers of drey's policy share: the directives in
// comments, and the migrated schema of the project that a file is in.
package policy

import (
	"go/ast"
	"go/token"
	"maps"
	"strings"
)

// The directives, each followed by its reason.
const (
	Native   = "@native-sql"         // raw SQL, for what nothing else expresses
	Dynamic  = "@native-sql-dynamic" // raw SQL built from strings
	OtherORM = "@other-orm"          // the import of another ORM or query builder
	Schema   = "@schema-change"      // a schema that is changed outside of migrations/
)

// minWords is the length from which words are a reason.
const minWords = 3

// Reasons has the directives with a reason by the line below them, and under
// line 0 those that hold for the whole package.
type Reasons map[int]map[string]bool

// ReadReasons reads the directives of a file. One whose reason is shorter than
// three words, or still has a placeholder like <why>, is none.
func ReadReasons(fset *token.FileSet, f *ast.File) Reasons {
	r := Reasons{}
	for _, group := range f.Comments {
		below := fset.Position(group.End()).Line + 1
		for _, c := range group.List {
			text, ok := strings.CutPrefix(c.Text, "//")
			words := strings.Fields(text)
			if !ok || len(words) <= minWords || strings.HasPrefix(words[1], "<") {
				continue
			}
			if r[below] == nil {
				r[below] = map[string]bool{}
			}
			r[below][words[0]] = true
		}
	}
	return r
}

// ReadPackage reads the directives of all files of a package. One in the package
// comment holds for the package.
func ReadPackage(fset *token.FileSet, files []*ast.File) map[*ast.File]Reasons {
	all := map[*ast.File]Reasons{}
	whole := map[string]bool{}
	for _, f := range files {
		all[f] = ReadReasons(fset, f)
		if f.Doc != nil {
			maps.Copy(whole, all[f][fset.Position(f.Doc.End()).Line+1])
		}
	}
	for _, r := range all {
		r[0] = whole
	}
	return all
}

// Above reports whether the directive stands above the line, or in the package
// comment.
func (r Reasons) Above(directive string, line int) bool {
	return r[line][directive] || r[0][directive]
}

// Over reports whether the directive stands above the line of a node, or above
// the statement that the node is in. parent gives the node around a node.
func (r Reasons) Over(fset *token.FileSet, directive string, n ast.Node, parent func(ast.Node) ast.Node) bool {
	for ; n != nil; n = parent(n) {
		if r.Above(directive, fset.Position(n.Pos()).Line) {
			return true
		}
		switch n.(type) {
		case ast.Stmt, *ast.ValueSpec, *ast.FuncLit, *ast.FuncDecl:
			return false
		}
	}
	return false
}
