package generate

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/dreysql/drey/internal/emit"
)

// SharedPath is the import path of the runtime that projects of the tests name.
const SharedPath = "example.com/replay/drey"

// SharedRuntime returns the folder of the module with that runtime. It is compiled once, before
// projects ask for it that are generated side by side: each of them would compile it.
func SharedRuntime(t *testing.T) string {
	t.Helper()
	dir, err := sharedRuntime()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// RemoveShared removes the folder of the runtime.
func RemoveShared() error { return os.RemoveAll(sharedTop) }

var sharedTop string

var sharedRuntime = sync.OnceValues(func() (string, error) {
	var err error
	if sharedTop, err = os.MkdirTemp("", "drey-shared-*"); err != nil {
		return "", err
	}
	files, err := emit.Runtime(SharedPath, "test", emit.Engines{})
	if err != nil {
		return "", err
	}
	dir, user := filepath.Join(sharedTop, "drey"), filepath.Join(sharedTop, "user")
	all := map[string][]byte{filepath.Join(dir, "go.mod"): []byte("module " + SharedPath + "\n\ngo " + MinGo + "\n")}
	for name, content := range files {
		all[filepath.Join(dir, filepath.FromSlash(name))] = content
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			return "", err
		}
		if name == "go.mod" {
			content = SharedModule(content, "example.com/user", dir)
		}
		all[filepath.Join(user, name)] = content
	}
	for name, content := range all {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(name, content, 0o644); err != nil {
			return "", err
		}
	}
	cmd := exec.Command("go", "build", "-mod=mod", SharedPath+"/...")
	cmd.Dir = user
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return dir, nil
})

// SharedModule makes of this module's go.mod that of a module with the same requirements, so
// that nothing is fetched, and with the runtime in that folder.
func SharedModule(mod []byte, path, runtime string) []byte {
	mod = bytes.Replace(mod, []byte("module github.com/dreysql/drey\n"), []byte("module "+path+"\n"), 1)
	return fmt.Appendf(mod, "\nrequire %[1]s v0.0.0\n\nreplace %[1]s => %[2]s\n", SharedPath, runtime)
}
