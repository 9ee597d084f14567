package links_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/db"
)

// TestGooseUp: "goose up", typed into the project's folder, makes the database
// that the service opens. The folder is a copy; the command is the pinned one.
func TestGooseUp(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("make", "-C", root, "-s", "bin/goose").CombinedOutput(); err != nil {
		t.Fatalf("make bin/goose: %v\n%s", err, out)
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "migrations"), os.DirFS("../../../migrations")); err != nil {
		t.Fatal(err)
	}
	env, err := os.ReadFile("../../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".env"), env, 0o644); err != nil {
		t.Fatal(err)
	}
	goose := func(command string) string {
		t.Helper()
		cmd := exec.Command(filepath.Join(root, "bin/goose"), command)
		cmd.Dir = dir
		cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GOOSE_") })
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("goose %s: %v\n%s", command, err, out)
		}
		return string(out)
	}
	goose("up")
	if status := goose("status"); strings.Contains(status, "Pending") {
		t.Errorf("goose status:\n%s", status)
	}
	ctx := context.Background()
	c, err := db.Open(ctx, filepath.Join(dir, "links.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.CreateUser(ctx, db.CreateUserParams{Email: "ada@example.com"}); err != nil {
		t.Error(err)
	}
}
