package generate

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/emit"
	"github.com/dreysql/drey/internal/output"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/typecheck"
)

// runtime is the package that the generated packages of a module stand on.
type runtime struct {
	path   string            // its import path
	folder string            // absolute
	files  map[string][]byte // by name relative to its folder; nil where it is there already
}

// planRuntimes makes the runtime of each module.
func (r *run) planRuntimes(blocks []*block) (err error) {
	r.runtimes = map[string]*runtime{}
	for _, b := range blocks {
		if r.runtimes[b.module.Dir] != nil {
			continue
		}
		rt := &runtime{}
		if rt.path, rt.folder, err = r.project.Runtime(b.Block); err != nil {
			return err
		}
		if rt.folder != "" {
			if rt.files, err = emit.Runtime(rt.path, cmp.Or(release(), "devel"), r.engines()); err != nil {
				return err
			}
		}
		r.runtimes[b.module.Dir] = rt
	}
	return nil
}

// engines are those that the configuration asks for.
func (r *run) engines() emit.Engines { return emit.Engines{D1: r.cfg.D1, Rqlite: r.cfg.Rqlite} }

// sources are the runtime's packages, each after those that it imports.
func (rt *runtime) sources() (sources []typecheck.Source) {
	for _, folder := range emit.RuntimeFolders {
		s := typecheck.Source{Path: path.Join(rt.path, folder), Dir: filepath.Join(rt.folder, filepath.FromSlash(folder)), Files: map[string][]byte{}}
		for name, content := range rt.files {
			if path.Dir(name) == folder {
				s.Files[path.Base(name)] = content
			}
		}
		if len(s.Files) > 0 {
			sources = append(sources, s)
		}
	}
	return sources
}

// writeRuntimes adds the runtimes to what is written, and has those removed that
// were written elsewhere before.
func (r *run) writeRuntimes() error {
	places := map[string]bool{}
	for _, rt := range r.runtimes {
		if rt.files == nil {
			continue
		}
		place := r.relative(rt.folder)
		places[place] = true
		for name, content := range rt.files {
			r.result.tree.Files[path.Join(place, name)] = content
		}
		if by := r.inTheWay(place); by != "" {
			r.problems = append(r.problems, &diag.Problem{File: by,
				Msg: fmt.Sprintf("drey writes the package that generated code stands on into the folder %s, and this file is not drey's", place),
				Fix: "move it to another folder"})
		}
	}
	for _, b := range r.blocks {
		for at := path.Clean(b.Out); at != ".." && !strings.HasPrefix(at, "../"); at = path.Dir(at) {
			place := path.Join(at, project.RuntimeFolder)
			if !places[place] && r.isRuntime(place) {
				used, err := r.isImported(b.module, place)
				if err != nil {
					return err
				}
				places[place] = !used
			}
			if at == path.Dir(at) {
				break
			}
		}
	}
	for place, ours := range places {
		if !ours {
			continue
		}
		for _, folder := range emit.RuntimeFolders {
			r.result.tree.Folders = append(r.result.tree.Folders, path.Join(place, folder))
		}
	}
	return nil
}

// inTheWay is a Go file of people's own in a runtime's folder.
func (r *run) inTheWay(folder string) string {
	names, err := filepath.Glob(filepath.Join(r.project.Dir, filepath.FromSlash(folder), "*.go"))
	if err != nil {
		return ""
	}
	for _, name := range names {
		if src, err := os.ReadFile(name); err == nil && !output.Generated(src) && !strings.HasSuffix(name, "_test.go") {
			return path.Join(folder, filepath.Base(name))
		}
	}
	return ""
}

// isRuntime reports whether a folder has a runtime that drey has written.
func (r *run) isRuntime(folder string) bool {
	src, err := os.ReadFile(filepath.Join(r.project.Dir, filepath.FromSlash(folder), "generated.go"))
	return err == nil && output.Generated(src) && strings.Contains(string(src), "\nconst Contract")
}

// isImported reports whether anything in a module imports a runtime but the packages
// that are about to be generated anew. Then it is another configuration's.
func (r *run) isImported(m *project.Module, place string) (used bool, err error) {
	folder, err := filepath.Abs(filepath.Join(r.project.Dir, filepath.FromSlash(place)))
	if err != nil {
		return false, err
	}
	rel, err := filepath.Rel(m.Dir, folder)
	if err != nil || m.Dir == "" {
		return true, nil // it is not known by which path
	}
	importPath := path.Join(m.Path, filepath.ToSlash(rel))
	if importPath == r.cfg.Runtime {
		return true, nil
	}
	quoted := []byte(`"` + importPath)
	err = filepath.WalkDir(m.Dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if name == folder || d.Name() == "vendor" || d.Name() == "node_modules" || name != m.Dir && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		case !strings.HasSuffix(name, ".go"):
			return nil
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		anew := output.Generated(src) && slices.ContainsFunc(r.blocks, func(b *block) bool { return b.module.Out == filepath.Dir(name) })
		if _, after, found := bytes.Cut(src, quoted); found && !anew && len(after) > 0 && (after[0] == '"' || after[0] == '/') {
			used = true
			return fs.SkipAll
		}
		return nil
	})
	return used, err
}

// release is the version of this command, that of its module; "" where it was built
// from a folder.
func release() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || !strings.HasPrefix(info.Main.Version, "v") ||
		slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "vcs.revision" }) {
		return ""
	}
	return info.Main.Version
}
