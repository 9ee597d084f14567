package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// root is the project's folder.
const root = "../.."

// buildFlags are how projects are built: nobody debugs them, and without inlining the compiler
// has a third less to do.
const buildFlags = "-ldflags=-w -gcflags=example.com/...=-l"

var moduleLine = regexp.MustCompile(`(?m)^module .*$`)

// writeModule makes dir a module that has this one's dependencies, in the same
// versions, so that nothing needs to be fetched for it.
func writeModule(dir, name string) error {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return err
	}
	mod = moduleLine.ReplaceAllLiteral(mod, []byte("module "+name))
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), mod, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o644)
}

// goGet adds a module that this one does not have to a project's.
func goGet(t *testing.T, dir, module string) {
	t.Helper()
	cmd := exec.Command("go", "get", module)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go get %s: %v\n%s", module, err, out)
	}
}

// generate runs drey generate in a folder. The command is the one that
// testscript.Main has put into PATH.
func generate(t *testing.T, dir string, flags ...string) {
	t.Helper()
	cmd := exec.Command("drey", append([]string{"generate", "--dir", dir}, flags...)...)
	cmd.Env = append(os.Environ(), "GOFLAGS="+buildFlags) // it has the go command compile as well
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("drey generate: %v\n%s", err, out)
	}
}

// goCommand runs the go command in a project.
func goCommand(t *testing.T, dir string, env []string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append(env, "CGO_ENABLED=0", "GOFLAGS=-mod=mod "+buildFlags)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", args[0], err, out)
	}
}
