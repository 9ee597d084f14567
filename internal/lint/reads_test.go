package lint

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// readers are packages by which a program reads files, and the environment.
var readers = []string{"os", "os/exec", "io/fs", "io/ioutil", "go/build", "go/parser", "syscall", "golang.org/x/tools/go/packages"}

// allowed are files that may import them: one parses what its pass has read, and the
// file that the other one reads is hashed, see Packages.
var allowed = []string{filepath.Join("otherorm", "otherorm.go"), filepath.Join("policy", "generated.go")}

// notAnalyzers run by other means than the driver, or what the driver hashes itself.
var notAnalyzers = []string{"cache", "corpus", "driver", "load", "oldnames", "projectcheck", "report"}

// TestReads: an analyzer reads files by its pass and by package policy alone. What it
// reads by itself would not be among what its results are kept by.
func TestReads(t *testing.T) {
	folders, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	for _, folder := range folders {
		if !folder.IsDir() || slices.Contains(notAnalyzers, folder.Name()) {
			continue
		}
		files, err := filepath.Glob(filepath.Join(folder.Name(), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			looked++
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range f.Imports {
				path, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				if slices.Contains(readers, path) && !slices.Contains(allowed, name) {
					t.Errorf("%s imports %s", name, path)
				}
			}
		}
	}
	if looked < 20 {
		t.Errorf("only %d files were looked at", looked)
	}
}
