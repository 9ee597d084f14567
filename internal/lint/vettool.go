package lint

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/dreysql/drey/internal/config"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/migration"
)

// RunVettool does what the go command asks of the program it has as -vettool,
// and exits. It returns where the arguments, without the program's name, are not
// the go command's. The protocol is that of package unitchecker.
func RunVettool(args []string) {
	switch {
	case len(args) == 0:
	case args[0] == "-V=full":
		id, err := toolID()
		if err != nil {
			fmt.Fprintf(os.Stderr, "drey: %v\n", err)
			os.Exit(1)
		}
		// The go command takes the part behind the last slash.
		fmt.Printf("drey version devel buildID=/%s\n", id)
		os.Exit(0)
	case args[0] == "-flags", args[0][0] == '-' && strings.HasSuffix(args[len(args)-1], ".cfg"), len(args) == 1 && filepath.Base(args[0]) == "vet.cfg":
		unitchecker.Main(Analyzers()...)
	}
}

// toolID is a hash of all that a report depends on and that the go command does
// not know of, so that it does not take a report for valid from its cache: this
// program, and the configurations and migrations of the module around the
// current folder, or of the workspace. Those of other modules are not in it.
func toolID() (string, error) {
	h := sha256.New()
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	if err := policy.HashFile(h, program); err != nil {
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
		case e.Type().IsRegular() && policy.IsConfig(e.Name()):
			return hashProject(h, path)
		}
		return nil
	})
	return fmt.Sprintf("%x", h.Sum(nil)[:16]), err
}

// hashProject adds a configuration and the migrations that it names.
func hashProject(h io.Writer, file string) error {
	fmt.Fprintf(h, "%q\n", file)
	if err := policy.HashFile(h, file); err != nil {
		return err
	}
	root := filepath.Dir(file)
	cfg, err := config.Load(root)
	if err != nil {
		return nil // it has no schema, and its text is in the hash
	}
	for _, b := range cfg.Blocks {
		files, err := migration.Load(root, b.Schema)
		fmt.Fprintf(h, "%d %v\n", len(files), err) // broken ones are no schema, but for what is wrong
		for i := range files {
			fmt.Fprintf(h, "%q\n", files[i].Content)
		}
	}
	return nil
}

// skipped reports whether the go command finds no packages in such a folder.
func skipped(name string) bool {
	return name == "vendor" || name == "node_modules" || name == "testdata" || strings.HasPrefix(name, ".") && name != "."
}

// moduleRoot is the nearest folder with a go.work, or else a go.mod.
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
