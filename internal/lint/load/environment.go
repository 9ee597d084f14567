package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// environment is what the go command says of its settings.
type environment map[string]string

// passing are settings that have the name of a temporary folder in them.
var passing = []string{"GOGCCFLAGS", "GOTMPDIR"}

// readEnvironment asks the go command.
func readEnvironment(cfg *packages.Config) (environment, error) {
	cmd := exec.CommandContext(cfg.Context, "go", "env", "-json")
	cmd.Dir, cmd.Env = cfg.Dir, cfg.Env
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("ask the go command for its settings: %w", errors.Join(err, errors.New(strings.TrimSpace(said.String()))))
	}
	var e environment
	if err := json.Unmarshal(out, &e); err != nil {
		return nil, fmt.Errorf("ask the go command for its settings: %w", err)
	}
	return e, nil
}

// HashEnvironment adds the go command's settings to a hash: its version, the
// platform, its flags and whatever else changes what it lists and compiles.
func (p *Program) HashEnvironment(w io.Writer) {
	for _, name := range slices.Sorted(maps.Keys(p.environment)) {
		if !slices.Contains(passing, name) {
			fmt.Fprintf(w, "%q %q\n", name, p.environment[name])
		}
	}
}

// Fixed reports whether the files in a folder never change under its name: those of
// the go command's own packages, as long as its settings are the same, and those of
// modules that it has downloaded.
func (p *Program) Fixed(dir string) bool {
	for _, name := range []string{"GOROOT", "GOMODCACHE"} {
		if rel, err := filepath.Rel(p.environment[name], dir); p.environment[name] != "" && err == nil && filepath.IsLocal(rel) {
			return true
		}
	}
	return false
}
