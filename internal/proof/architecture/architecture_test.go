// Package architecture holds docs/architecture.md to the imports.
package architecture

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/dreysql/drey/"

// room is a line of one of the tables.
type room struct {
	name  string
	floor int
	part  string // the heading of the table
}

var (
	heading = regexp.MustCompile(`^## (.+)$`)
	line    = regexp.MustCompile("^\\| (\\d+) \\| `([^`]+)` \\|")
)

func rooms(t *testing.T) (list []room) {
	content, err := os.ReadFile("../../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	part := ""
	for l := range strings.Lines(string(content)) {
		if m := heading.FindStringSubmatch(strings.TrimSpace(l)); m != nil {
			part = m[1]
		}
		if m := line.FindStringSubmatch(l); m != nil {
			floor, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, room{m[2], floor, part})
		}
	}
	return list
}

// of is the room of a package, the longest that its path begins with.
func of(list []room, pkg string) (found room) {
	for _, r := range list {
		if (pkg == r.name || strings.HasPrefix(pkg, r.name+"/")) && len(r.name) > len(found.name) {
			found = r
		}
	}
	return found
}

func TestImports(t *testing.T) {
	list := rooms(t)
	if len(list) < 20 {
		t.Fatalf("only %d rooms were read", len(list))
	}
	inhabited := map[room]bool{}
	for _, platform := range [][]string{nil, {"GOOS=js", "GOARCH=wasm"}} {
		cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", "./...")
		cmd.Dir, cmd.Env = "../../..", append(os.Environ(), platform...)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for dec := json.NewDecoder(bytes.NewReader(out)); ; {
			var p struct {
				ImportPath string
				Imports    []string
			}
			if err := dec.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			pkg := strings.TrimPrefix(p.ImportPath, module)
			from := of(list, pkg)
			if from.name == "" {
				t.Errorf("%s has no room in docs/architecture.md", pkg)
			}
			inhabited[from] = true
			for _, path := range p.Imports {
				imported, own := strings.CutPrefix(path, module)
				to := of(list, imported)
				switch {
				case !own || to == from:
				case to.part != from.part && !(from.part == "The tool" && to.name == "internal/runtime"):
					t.Errorf("%s imports %s, which is of another part: %s", pkg, imported, to.part)
				case to.part == from.part && to.floor >= from.floor:
					t.Errorf("%s, on floor %d, imports %s, on floor %d", pkg, from.floor, imported, to.floor)
				}
			}
		}
	}
	for _, r := range list {
		if !inhabited[r] {
			t.Errorf("there is no package in %s", r.name)
		}
	}
}
