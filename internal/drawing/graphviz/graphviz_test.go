package graphviz

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlain(t *testing.T) {
	got, err := Plain(t.Context(), `digraph { rankdir=RL; node [shape=box, fixedsize=true, width=2, height=1]; a -> b }`)
	if err != nil {
		t.Fatal(err)
	}
	if want := "graph 1 4.5 1\nnode a 3.5 0.5 2 1 "; !strings.HasPrefix(got, want) {
		t.Errorf("%s", got)
	}
	if _, err := Plain(t.Context(), `digraph {`); err == nil {
		t.Error("half a graph is laid out")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Plain(ctx, `digraph { a }`); !errors.Is(err, context.Canceled) {
		t.Errorf("a canceled context: %v", err)
	}
}

// TestOrigin compares the WebAssembly with that of the module, whose sum the go command
// checks.
func TestOrigin(t *testing.T) {
	if testing.Short() {
		t.Skip("it downloads a module")
	}
	download := exec.Command("go", "mod", "download", "-json", "github.com/goccy/go-graphviz@"+Version)
	download.Dir = t.TempDir()
	out, err := download.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(module.Dir, "internal", "wasm", "graphviz.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := code()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("graphviz.wasm.gz is another file")
	}
}
