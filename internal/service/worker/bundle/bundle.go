// Package bundle builds a worker: a program of Go as WebAssembly, with the JavaScript that
// starts it.
package bundle

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Build builds the main package at an import path or in a folder, as the go command takes
// it, and writes links.wasm, the glue of the Go distribution and the given files into the
// folder out.
//
// Some packages of the Go distribution are replaced by those beside this one, since a worker
// does not need what they do: [standIns].
func Build(ctx context.Context, program, out string, files ...string) error {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("go env GOROOT: %w", err)
	}
	goroot := strings.TrimSpace(string(root))
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "worker")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	overlay := filepath.Join(dir, "overlay.json")
	if err := writeOverlay(overlay, filepath.Join(goroot, "src")); err != nil {
		return err
	}
	build := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, "-trimpath", "-tags=nethttpomithttp2",
		"-ldflags=-s -w", "-o", filepath.Join(out, "links.wasm"), program)
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", program, err, said)
	}
	for _, file := range append(files, filepath.Join(goroot, "lib", "wasm", "wasm_exec.js")) {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(out, filepath.Base(file)), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// standIns are the folders beside this file, and the packages that they replace.
var standIns = map[string]string{
	// A worker is reached by TLS and speaks none itself. net/http imports it, and with it
	// come the curves, x509 and big numbers, which are a sixth of the program.
	"tls": "crypto/tls",
	// Squirrel's builders ask it whether a name is exported.
	"ast": "go/ast",
	// A worker does not have GODEBUG.
	"godebug": "internal/godebug",
	// A worker does not run in FIPS mode, for which crypto/rand has a generator of its own.
	"drbg": "crypto/internal/fips140/drbg",
}

// writeOverlay writes the file for the go command that puts the packages of [standIns] in
// the place of those below a folder. See
// https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies.
func writeOverlay(name, source string) error {
	_, self, _, _ := runtime.Caller(0)
	replace := map[string]string{}
	for standIn, path := range standIns {
		folder := filepath.Join(source, path)
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			return err
		}
		for _, file := range files {
			replace[file] = "" // is not there
		}
		replace[filepath.Join(folder, standIn+".go")] = filepath.Join(filepath.Dir(self), standIn, standIn+".go")
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o644)
}
