package sqlc

import (
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
	"sync"
)

// known are files of sqlc's that have been read. Blocks with one schema have the files of
// its tables in common, and so has a package with what it is completed to. It is safe for
// concurrent use.
type known struct {
	mu    sync.Mutex
	files map[digest]*file
}

// digest is the hash of a file's text, but for the name of the package.
type digest [sha256.Size]byte

func newKnown() *known { return &known{files: map[digest]*file{}} }

func (k *known) file(of digest) *file {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.files[of]
}

func (k *known) add(of digest, f *file) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.files[of] = f
}

// file is what a file declares.
type file struct {
	imports   map[string]string // import paths by name
	idents    []string
	structs   []*Struct
	models    bool              // it has neither queries nor functions such as New
	constants map[string]string // SQL by name of the constant

	mu      sync.Mutex
	methods map[digest][]*Method // of queries, by the models beside them
}

// beside returns the file's methods, nil if they have not been read beside these models.
func (f *file) beside(models digest) []*Method {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.methods[models]
}

func (f *file) read(models digest, methods []*Method) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.methods[models] = methods
}

// any reports whether the file declares one of these types or queries, or sqlc's interface,
// which names all queries.
func (f *file) any(names map[string]bool) bool {
	if slices.ContainsFunc(f.idents, func(id string) bool { return names[id] || id == "Querier" }) {
		return true
	}
	for _, text := range f.constants {
		if fields := strings.Fields(text); names[fields[2]] { // -- name: GetLink :one
			return true
		}
	}
	return false
}

// files are those of a package while they are read.
type files struct {
	sources map[string][]byte
	known   *known
	fset    *token.FileSet
	trees   map[string]*ast.File // of those that are not known
	digests map[string]digest
}

func newFiles(sources map[string][]byte, k *known) *files {
	return &files{sources: sources, known: k, fset: token.NewFileSet(), trees: map[string]*ast.File{}, digests: map[string]digest{}}
}

func (s *files) names() []string { return slices.Sorted(maps.Keys(s.sources)) }

// declared is what a file declares, and the name of its package.
func (s *files) declared(name string) (*file, string, error) {
	src := s.sources[name]
	clause := packageClause.FindSubmatchIndex(src)
	if clause == nil {
		tree, err := s.tree(name) // it says what is wrong
		if err != nil {
			return nil, "", err
		}
		f, err := declarations(s.fset, tree)
		return f, tree.Name.Name, err
	}
	h := sha256.New()
	h.Write(src[:clause[0]])
	h.Write([]byte{0})
	h.Write(src[clause[1]:])
	s.digests[name] = digest(h.Sum(nil))
	pkg := string(src[clause[2]:clause[3]])
	if f := s.known.file(s.digests[name]); f != nil {
		return f, pkg, nil
	}
	tree, err := s.tree(name)
	if err != nil {
		return nil, "", err
	}
	f, err := declarations(s.fset, tree)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", name, err)
	}
	s.known.add(s.digests[name], f)
	return f, pkg, nil
}

func (s *files) tree(name string) (tree *ast.File, err error) {
	if s.trees[name] == nil {
		if tree, err = parser.ParseFile(s.fset, name, s.sources[name], parser.SkipObjectResolution); err != nil {
			return nil, err
		}
		s.trees[name] = tree
	}
	return s.trees[name], nil
}
