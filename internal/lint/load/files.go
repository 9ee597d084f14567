package load

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/tools/go/packages"
)

// files are the hashes of the files of packages.
type files struct {
	mu   sync.Mutex
	sums map[string]*sum // by the file
}

type sum struct {
	once   sync.Once
	of     [sha256.Size]byte
	head   [sha256.Size]byte // of its header, if it is Go
	embeds bool
	err    error
}

func newFiles() *files { return &files{sums: map[string]*sum{}} }

// of returns the SHA-256 hash of a file as it was when it was first asked for.
func (f *files) of(name string) ([sha256.Size]byte, error) {
	s := f.read(name)
	return s.of, s.err
}

// head returns the hash of what of a Go file decides what the go command lists, and whether
// it may embed files.
func (f *files) head(name string) (head [sha256.Size]byte, embeds bool, err error) {
	s := f.read(name)
	return s.head, s.embeds, s.err
}

func (f *files) read(name string) *sum {
	f.mu.Lock()
	s := f.sums[name]
	if s == nil {
		s = &sum{}
		f.sums[name] = s
	}
	f.mu.Unlock()
	s.once.Do(func() {
		content, err := os.ReadFile(name)
		if s.err = err; err == nil {
			s.of = sha256.Sum256(content)
			if filepath.Ext(name) == ".go" {
				var head []byte
				head, s.embeds = header(content)
				s.head = sha256.Sum256(head)
			}
		}
	})
	return s
}

// Sum returns the SHA-256 hash of a file of a package, as it was when it was first
// read.
func (p *Program) Sum(file string) ([sha256.Size]byte, error) { return p.files.of(file) }

// HashFiles adds the names and the content of a package's files to a hash, those
// included that constraints leave out. Embedded files are not among them.
func (p *Program) HashFiles(w io.Writer, pkg *packages.Package) error {
	for _, name := range slices.Concat(pkg.GoFiles, pkg.OtherFiles, pkg.IgnoredFiles) {
		of, err := p.files.of(name)
		if err != nil {
			return fmt.Errorf("read package %s: %w", pkg.PkgPath, err)
		}
		fmt.Fprintf(w, "%q %x\n", name, of)
	}
	return nil
}

// Unchanged reports whether all files are as they were when they were first read, or
// cannot be read either.
func (p *Program) Unchanged() bool {
	again := newFiles()
	for name, s := range p.files.sums {
		if of, err := again.of(name); (s.err == nil) != (err == nil) || of != s.of {
			return false
		}
	}
	return true
}
