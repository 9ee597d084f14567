// Package workerd runs a worker in a local workerd, for tests. It needs Node
// and what "npm ci" puts into cmd/links-edge. Without them it skips the test,
// as it does for "go test -short", or fails it if the environment has
// WORKERD=required.
package workerd

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/service/worker/bundle"
)

// edge is the folder of the tools.
var edge = func() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "../../../cmd/links-edge")
}()

// Build builds the program of a package as a worker, as "make edge" does, and
// returns its folder.
func Build(t testing.TB, program string) string {
	t.Helper()
	Tool(t, filepath.Join("miniflare", "package.json"))
	folder := t.TempDir()
	if err := bundle.Build(t.Context(), program, folder, filepath.Join(edge, "worker.mjs")); err != nil {
		t.Fatal(err)
	}
	return folder
}

// Tool returns the path of something in the tools' folder, absolute.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(edge, "node_modules", name))
	if err == nil {
		_, err = os.Stat(path)
	}
	switch {
	case err != nil && os.Getenv("WORKERD") == "required":
		t.Fatalf("%v: run npm ci in cmd/links-edge", err)
	case err != nil:
		t.Skip("run npm ci in cmd/links-edge to have workerd")
	case testing.Short() && os.Getenv("WORKERD") != "required":
		t.Skip("workerd takes long")
	}
	return path
}

// Serve serves a worker's folder on loopback until the test ends, over a D1
// database with these statements, and returns its address.
func Serve(t testing.TB, folder string, statements ...string) string {
	t.Helper()
	return ServeBound(t, folder, Bindings{Statements: statements})
}

// Bindings are what a worker is given.
type Bindings struct {
	Statements []string          `json:"statements"` // that make the D1 database
	RateLimits []RateLimit       `json:"ratelimits"`
	Vars       map[string]string `json:"vars"`
}

// RateLimit is a rate limiting binding, as wrangler.jsonc has it.
type RateLimit struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace_id"`
	Simple    struct {
		Limit  int `json:"limit"`
		Period int `json:"period"` // seconds
	} `json:"simple"`
}

// ServeBound is Serve with more than a database.
func ServeBound(t testing.TB, folder string, b Bindings) string {
	t.Helper()
	bindings := filepath.Join(t.TempDir(), "bindings.json")
	b.Statements = append([]string{}, b.Statements...) // an empty list, not null
	content, err := json.Marshal(b)
	if err == nil {
		err = os.WriteFile(bindings, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute) // a busy machine measures for long
	node := exec.CommandContext(ctx, "node", "serve.mjs", folder, bindings)
	node.Dir = edge
	node.Stderr = os.Stderr
	stdin, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatalf("node: %v", err)
	}
	out := bufio.NewReader(stdout)
	log := make(chan struct{})
	t.Cleanup(func() {
		stdin.Close()
		<-log
		if err := node.Wait(); err != nil {
			t.Errorf("workerd: %v", err)
		}
		cancel()
	})
	url, err := out.ReadString('\n')
	go func() {
		defer close(log)
		_, _ = io.Copy(os.Stderr, out) // what the worker logs
	}()
	if err != nil {
		t.Fatalf("workerd did not start: %v", err)
	}
	return strings.TrimSuffix(strings.TrimSpace(url), "/")
}

// Schema is the schema of internal/db, a statement for each object, and what
// wrangler writes down of the migrations that cmd/links-edge has.
func Schema(t testing.TB) []string {
	t.Helper()
	c, err := db.Open(context.Background(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	statements := Statements(t, c.DB())
	files, err := filepath.Glob(filepath.Join(edge, "migrations", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatal("no migrations: ", err)
	}
	statements = append(statements, "CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE)")
	for _, file := range files {
		statements = append(statements, "INSERT INTO d1_migrations (name) VALUES ('"+filepath.Base(file)+"')")
	}
	return statements
}

// Statements are those that make the schema of a database, one for each object.
func Statements(t testing.TB, db *sql.DB) (statements []string) {
	t.Helper()
	// @native-sql the schema itself is not a source
	rows, err := db.QueryContext(context.Background(), `SELECT sql FROM sqlite_schema
		WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'
		ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 WHEN 'view' THEN 3 ELSE 4 END, rowid`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var statement string
		if err := rows.Scan(&statement); err != nil {
			t.Fatal(err)
		}
		statements = append(statements, statement)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return statements
}
