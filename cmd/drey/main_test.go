package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dreysql/drey/internal/sqlc"
)

func TestMain(m *testing.M) {
	sqlc.RunChild()
	testscript.Main(m, map[string]func(){"drey": main})
}

// The scripts run drey as a user does. They share the machine's Go caches, and
// the module's own versions of squirrel and the driver.
func TestScripts(t *testing.T) {
	rootDir, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	goEnv := func(name string) string {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	env := []string{
		"ROOT=" + rootDir,
		"CGO_ENABLED=0",
		"GOCACHE=" + goEnv("GOCACHE"),
		"GOMODCACHE=" + goEnv("GOMODCACHE"),
		"GOPROXY=" + goEnv("GOPROXY"),
		"GOFLAGS=-mod=mod " + buildFlags,
		"GOTOOLCHAIN=local",
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		Cmds:                commands,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, env...)
			e.Setenv("XDG_CACHE_HOME", filepath.Join(e.WorkDir, ".tmp", "cache")) // the home is not one to write to
			return requireModules(e.WorkDir)
		},
	})
}

// requireModules gives a script's project the modules that a generated package
// needs, unless its go.mod says that it goes without.
func requireModules(dir string) error {
	file := filepath.Join(dir, "go.mod")
	mod, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return writeModule(dir, "example.com/script")
	}
	if err != nil || strings.Contains(string(mod), "// without requirements") {
		return err
	}
	_, name, _ := strings.Cut(string(mod), "module ")
	name, _, _ = strings.Cut(name, "\n")
	return writeModule(dir, name)
}
