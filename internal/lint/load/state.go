package load

import (
	"crypto/sha256"
	"fmt"
	"go/parser"
	"go/token"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// state is what the go command reads of the modules on disk when it lists packages: the
// names of their folders and source files, what stands before the declarations of these,
// and the files that say which modules there are.
type state struct {
	files   *files
	hash    hash.Hash
	folders map[string]bool
}

// readState reads the state of the modules that are not downloaded. It is nil if not all
// that decides what the go command lists is known.
func (p *Program) readState() *state {
	s := &state{files: p.files, hash: sha256.New(), folders: map[string]bool{}}
	roots, ok := s.modules(p.environment["GOMOD"], p.environment["GOWORK"])
	if !ok {
		return nil
	}
	for _, root := range roots {
		if exists(root) && s.walk(root, false) != nil {
			return nil
		}
	}
	return s
}

func (s *state) sum() []byte { return s.hash.Sum(nil) }

// modules are the folders of the main modules and of those that replace others.
func (s *state) modules(goMod, goWork string) (roots []string, ok bool) {
	var others []string
	if goWork != "" && goWork != "off" {
		content, ok := s.module(goWork)
		if !ok {
			return nil, false
		}
		work, err := modfile.ParseWork(goWork, content, nil)
		if err != nil {
			return nil, false
		}
		dir := filepath.Dir(goWork)
		for _, use := range work.Use {
			roots = append(roots, below(dir, use.Path))
		}
		others = append(replacing(dir, work.Replace), filepath.Join(dir, "vendor"))
	} else if filepath.Base(goMod) == "go.mod" {
		roots = []string{filepath.Dir(goMod)}
	}
	main := len(roots)
	roots = append(roots, others...)
	for i := 0; i < len(roots); i++ {
		name := filepath.Join(roots[i], "go.mod")
		content, ok := s.module(name)
		if !ok {
			return nil, false
		}
		if i < main {
			file, err := modfile.Parse(name, content, nil)
			if err != nil {
				return nil, false
			}
			roots = append(roots, replacing(roots[i], file.Replace)...)
		}
	}
	slices.Sort(roots)
	return slices.Compact(roots), len(roots) > 0
}

// module adds a go.mod or go.work, and the files that stand beside it.
func (s *state) module(name string) (content []byte, ok bool) {
	sums := "go.sum"
	if filepath.Base(name) != "go.mod" {
		sums = strings.TrimSuffix(filepath.Base(name), ".work") + ".work.sum"
	}
	for _, file := range []string{name, filepath.Join(filepath.Dir(name), sums), filepath.Join(filepath.Dir(name), "vendor", "modules.txt")} {
		text, err := os.ReadFile(file)
		if err != nil && !os.IsNotExist(err) {
			return nil, false
		}
		fmt.Fprintf(s.hash, "%q %t %d\n", file, err == nil, len(text))
		s.hash.Write(text)
		if file == name {
			content = text
		}
	}
	return content, true
}

// replacing are the folders that replace modules.
func replacing(dir string, list []*modfile.Replace) (roots []string) {
	for _, r := range list {
		if r.New.Version == "" {
			roots = append(roots, below(dir, r.New.Path))
		}
	}
	return roots
}

func below(dir, path string) string {
	if path = filepath.FromSlash(path); filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// walk adds a folder of a module and those below it. embedded says that a package above
// may embed any file of it. What begins with a dot is not walked: the go command goes there
// only where an import or a pattern names it.
func (s *state) walk(dir string, embedded bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	s.folders[dir] = true
	fmt.Fprintf(s.hash, "folder %q\n", dir)
	heads := map[string][sha256.Size]byte{}
	for _, e := range entries {
		if name := e.Name(); filepath.Ext(name) == ".go" && !e.IsDir() && !strings.HasPrefix(name, ".") {
			head, embeds, err := s.files.head(filepath.Join(dir, name))
			if err != nil {
				return err
			}
			heads[name] = head
			embedded = embedded || embeds
		}
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		switch {
		case !e.IsDir():
			link := e.Type()&fs.ModeSymlink != 0 // it may be a folder
			if !embedded && (strings.HasPrefix(e.Name(), ".") || !link && !slices.Contains(sources, filepath.Ext(name))) {
				continue
			}
			fmt.Fprintf(s.hash, "%v %q %x\n", e.Type(), e.Name(), heads[e.Name()])
			if link {
				to, err := os.Readlink(name)
				if err != nil {
					return err
				}
				fmt.Fprintf(s.hash, "to %q\n", to)
			}
		case strings.HasPrefix(e.Name(), "."):
		case exists(filepath.Join(name, "go.mod")):
			fmt.Fprintf(s.hash, "module %q\n", name)
		default:
			if err := s.walk(name, embedded); err != nil {
				return err
			}
		}
	}
	return nil
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// sources are the kinds of file that a package can have.
var sources = []string{".go", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".F", ".for", ".f90",
	".s", ".S", ".sx", ".swig", ".swigcxx", ".syso"}

// header is what of a Go file decides what the go command lists: all that stands before its
// declarations, and the patterns of what it embeds, which can be anywhere.
func header(content []byte) (head []byte, embeds bool) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", content, parser.ImportsOnly|parser.SkipObjectResolution)
	if err != nil {
		return content, true
	}
	end := f.Name.End()
	for _, d := range f.Decls {
		end = max(end, d.End())
	}
	for _, i := range f.Imports {
		if i.Path.Value == `"embed"` || i.Path.Value == "`embed`" {
			return content, true
		}
	}
	return content[:fset.Position(end).Offset], false
}
