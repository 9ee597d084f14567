// Package sqlctest lets a test run sqlc itself, v1.31.1 as it is linked into drey,
// in a process of its own.
package sqlctest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/sqlc-dev/sqlc/pkg/cli"
)

const asSQLC = "DREY_TEST_AS_SQLC"

// Main is the TestMain of a package whose tests call [Generate]. It makes the test
// binary behave as sqlc when Generate has started it.
func Main(m *testing.M) {
	if os.Getenv(asSQLC) != "" {
		os.Exit(cli.Run(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// Generate writes the files, by slash-separated path, to a new folder, runs
// "sqlc generate" there and returns the folder. A run that fails fails the
// test.
func Generate(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(self, "generate")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asSQLC+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("sqlc generate: %v\n%s", err, out)
	}
	return dir
}
