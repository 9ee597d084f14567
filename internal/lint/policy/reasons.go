// Package policy has what the analyzers of drey's policy share: the directives in
// comments, and the migrated schemas of the project that a package is in.
package policy

import (
	"go/ast"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The directives, each followed by its reason.
const (
	Native   = "@native-sql"         // raw SQL, for what nothing else expresses
	Dynamic  = "@native-sql-dynamic" // raw SQL built from strings
	OtherORM = "@other-orm"          // the import of another ORM or query builder
	Schema   = "@schema-change"      // a schema that is changed outside of migrations/

	EveryTenant = "@every-tenant" // the rows of every tenant
	WithDeleted = "@with-deleted" // rows that are deleted softly, among the live ones
	NotUpdated  = "@not-updated"  // a change that leaves updated_at or the version as it was
	DriverTimes = "@driver-times" // queries of sqlc's that write times as the driver does
)

// These are not a reason: fewer than three different words, or words that only say
// that there is raw SQL, that it has to be, or that a reason is to come.
const minWords, minLetters = 3, 10

// empty are words that are not a reason by themselves.
var empty = strings.Fields(`a again all allowed an and as be because by change comment disable do does drey dynamic explain
explained fine fix for from good have here i ignore import in is it its just keep later legacy lint linter me must
native necessary need needed needs no nolint not of ok okay on orm other placeholder please query quick raw real
reason reasons required requires safe same say schema see silence so some sql statement tbd temporary that the there
this to trust use used uses using want we why with wontfix work works you`)

// later matches words with which somebody postpones a reason.
var later = regexp.MustCompile(`^(?i:todo|fixme|xxx|tbd|hack|lorem)\b`)

// isReason reports whether a text says why. In a script without spaces between
// words, letters are counted.
func isReason(text string) bool {
	text = strings.TrimLeft(text, " \t:-\u2013\u2014")
	if strings.HasPrefix(text, "<") || later.MatchString(text) {
		return false
	}
	words, letters, telling, wide := map[string]bool{}, 0, false, 0
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_' }) {
		words[strings.ToLower(word)] = true
		letters += utf8.RuneCountInString(word)
		telling = telling || !slices.Contains(empty, strings.ToLower(word))
		for _, r := range word {
			if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer) {
				wide++
			}
		}
	}
	return telling && (len(words) >= minWords && letters >= minLetters || wide >= minLetters)
}

// Reasons maps the line below a directive to the directives with a reason. Line 0
// has those for the whole package.
type Reasons map[int]map[string]bool

// ReadReasons reads the directives of a file. A directive does not count if its reason
// says nothing, if it comes after code on the same line, or in a block comment.
func ReadReasons(fset *token.FileSet, f *ast.File) Reasons {
	r := Reasons{}
	var code map[int]bool
	for _, group := range f.Comments {
		below := fset.Position(group.End()).Line + 1
		for _, c := range group.List {
			directive, why, ok := parse(c.Text)
			if !ok || !isReason(why) {
				continue
			}
			if code == nil {
				code = ends(fset, f)
			}
			if code[fset.Position(c.Pos()).Line] {
				continue
			}
			if r[below] == nil {
				r[below] = map[string]bool{}
			}
			r[below][directive] = true
		}
	}
	return r
}

// parse splits a comment into a directive and its reason.
func parse(comment string) (directive, why string, ok bool) {
	text, ok := strings.CutPrefix(comment, "//")
	text = strings.TrimSpace(text)
	if !ok || !strings.HasPrefix(text, "@") {
		return "", "", false
	}
	i := strings.IndexFunc(text, unicode.IsSpace)
	if i < 0 {
		return "", "", false
	}
	return strings.TrimSuffix(text[:i], ":"), text[i:], true
}

// ends returns the lines on which code ends or a block is opened.
func ends(fset *token.FileSet, f *ast.File) map[int]bool {
	lines := map[int]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil, *ast.File, *ast.Comment, *ast.CommentGroup:
		case *ast.BlockStmt:
			lines[fset.Position(n.Lbrace).Line] = true
			lines[fset.Position(n.End()).Line] = true
		default:
			lines[fset.Position(n.End()).Line] = true
		}
		return true
	})
	return lines
}

// ReadPackage reads the directives of all files of a package. A directive in the
// package comment holds for the whole package.
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

// Over reports whether the directive stands above the line of a node, or above the
// statement that the node is in. parent returns the node around a node.
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
