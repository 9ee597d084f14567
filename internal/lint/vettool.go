package lint

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"go/build"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
)

// RunVettool does what the go command asks of its -vettool program, and exits. It
// returns if the arguments, without the program's name, do not come from the go
// command. The protocol is that of package unitchecker.
func RunVettool(args []string) {
	switch {
	case len(args) == 0:
	case args[0] == "-V=full":
		id, err := toolID()
		if err != nil {
			fmt.Fprintf(os.Stderr, "drey: %v\n", err)
			os.Exit(1)
		}
		// The go command takes the part after the last slash.
		fmt.Printf("drey version devel buildID=/%s\n", id)
		os.Exit(0)
	case args[0] == "-flags":
		unitchecker.Main(Analyzers(&project.Projects{})...)
	case filepath.Base(args[len(args)-1]) == "vet.cfg":
		file := &os.Args[len(os.Args)-1]
		elsewhere, err := asDependency(file)
		if err != nil {
			fmt.Fprintf(os.Stderr, "drey: %v\n", err)
			os.Exit(1)
		}
		if elsewhere {
			unitchecker.Run(*file, nil)
		}
		unitchecker.Main(Analyzers(&project.Projects{})...)
	}
}

// asDependency looks at a package from which the go command only wants the facts,
// as a dependency of others. It reports whether the package belongs to another
// module: nobody asks for reports about those, and only their types are needed.
//
// A package of the main module is reported as well. Up to Go 1.26 at least the go
// command keeps the empty report of such a run for the package's own: after "go vet
// ./cmd" a "go vet ./..." would be silent about what cmd imports. A package with
// internal tests is reported as the variant with its tests, which is not a
// dependency of others.
func asDependency(file *string) (elsewhere bool, err error) {
	content, err := os.ReadFile(*file)
	if err != nil {
		return false, err
	}
	var known struct {
		Dir                       string
		Module                    *struct{ Path, Version string } // from Go 1.27 on instead of the next two
		ModulePath, ModuleVersion string
		VetxOnly                  bool
	}
	var all map[string]any
	if err := errors.Join(json.Unmarshal(content, &known), json.Unmarshal(content, &all)); err != nil {
		return false, fmt.Errorf("%s: %w", *file, err)
	}
	if m := known.Module; m != nil {
		known.ModulePath, known.ModuleVersion = m.Path, m.Version
	}
	switch {
	case !known.VetxOnly:
		return false, nil
	case known.ModulePath == "" || known.ModuleVersion != "":
		return true, nil
	case hasTests(known.Dir):
		return false, nil
	}
	all["VetxOnly"] = false
	if content, err = json.Marshal(all); err != nil {
		return false, err
	}
	*file = filepath.Join(filepath.Dir(*file), "report.cfg")
	return false, os.WriteFile(*file, content, 0o600)
}

// hasTests reports whether a package has internal tests that no constraint can
// leave out.
func hasTests(dir string) bool {
	p, err := build.ImportDir(dir, 0)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(p.TestGoFiles, func(name string) bool {
		content, err := os.ReadFile(filepath.Join(dir, name))
		return err == nil && !bytes.Contains(content, []byte("//go:build"))
	})
}

// toolID is a hash of everything that a report depends on and that the go command
// does not know, so that its cache does not keep stale reports: this program, and
// the configurations and migrations of the module around the current folder, or of
// the workspace. Those of other modules are not in it.
func toolID() (string, error) {
	h := sha256.New()
	if err := project.HashProgram(h); err != nil {
		return "", err
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	err = filepath.WalkDir(moduleRoot(dir), func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // what cannot be read is not linted either
		case e.IsDir() && skipped(e.Name()):
			return filepath.SkipDir
		case e.Type().IsRegular() && slices.Contains(config.Files, e.Name()):
			return hashProject(h, path)
		}
		return nil
	})
	return fmt.Sprintf("%x", h.Sum(nil)[:16]), err
}

// hashProject adds a configuration and the migrations that it names.
func hashProject(h io.Writer, file string) error {
	fmt.Fprintf(h, "%q\n", file)
	if err := project.HashFile(h, file); err != nil {
		return err
	}
	p, err := project.Open(filepath.Dir(file))
	if err != nil {
		return nil // it does not have a schema, and its text is in the hash
	}
	return hashSchema(h, p)
}

// skipped reports whether the go command ignores packages in such a folder.
func skipped(name string) bool {
	return name == "vendor" || name == "node_modules" || name == "testdata" || strings.HasPrefix(name, ".") && name != "."
}

// moduleRoot returns the nearest folder with a go.work, or else a go.mod.
func moduleRoot(dir string) string {
	for _, name := range []string{"go.work", "go.mod"} {
		for at := dir; ; at = filepath.Dir(at) {
			if _, err := os.Stat(filepath.Join(at, name)); err == nil {
				return at
			}
			if at == filepath.Dir(at) {
				break
			}
		}
	}
	return dir
}
