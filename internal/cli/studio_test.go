package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/sqlite"
)

// What is looked at is what is named, or else what .env names, or else the local D1.
func TestStudioDatabase(t *testing.T) {
	const d1 = ".wrangler/state/v3/d1/miniflare-D1DatabaseObject/"
	for name, tt := range map[string]struct {
		files map[string]string
		o     studioOptions
		want  string // relative to the folder, or a part of the error
	}{
		"a file":                {nil, studioOptions{migrateProject: migrateProject{db: "x.db"}}, "x.db"},
		"a cluster":             {nil, studioOptions{migrateProject: migrateProject{db: "http://user:secret@a:4001"}}, "http://a:4001"},
		".env":                  {map[string]string{".env": "GOOSE_DBSTRING=shop.db"}, studioOptions{}, "shop.db"},
		".env before the D1":    {map[string]string{".env": "GOOSE_DBSTRING=shop.db", d1 + "0a.sqlite": ""}, studioOptions{}, "shop.db"},
		"the D1":                {map[string]string{d1 + "0a.sqlite": "", d1 + "metadata.sqlite": ""}, studioOptions{}, d1 + "0a.sqlite"},
		"the D1, as is said":    {map[string]string{".env": "GOOSE_DBSTRING=shop.db", d1 + "0a.sqlite": ""}, studioOptions{d1: true}, d1 + "0a.sqlite"},
		"several":               {map[string]string{d1 + "0a.sqlite": "", d1 + "0b.sqlite": ""}, studioOptions{}, "there are several local D1 databases"},
		"none":                  {nil, studioOptions{}, "no database is named"},
		"no D1":                 {map[string]string{".env": "GOOSE_DBSTRING=shop.db"}, studioOptions{d1: true}, "there is no local D1"},
		"both":                  {nil, studioOptions{migrateProject: migrateProject{db: "x.db"}, d1: true}, "--d1 finds the file by itself"},
		"what is not a file":    {nil, studioOptions{migrateProject: migrateProject{db: ":memory:"}}, "is no database file"},
		"what .env has is none": {map[string]string{".env": "GOOSE_DBSTRING=:memory:", d1 + "0a.sqlite": ""}, studioOptions{}, "is no database file"},
	} {
		dir := filepath.Join(t.TempDir(), "a [folder]")
		files(t, dir, "x", "")
		for name, content := range tt.files {
			files(t, dir, name, content)
		}
		t.Setenv("GOOSE_DBSTRING", "")
		tt.o.dir = dir
		got, err := tt.o.database()
		switch {
		case err != nil:
			var usage usageError
			if !strings.Contains(err.Error(), tt.want) || !errors.As(err, &usage) {
				t.Errorf("%s: %v", name, err)
			}
		case got.String() != tt.want && got.String() != filepath.Join(dir, filepath.FromSlash(tt.want)):
			t.Errorf("%s: %s", name, got)
		}
	}
}

// The command serves the project's pages at the address that it prints, until it is
// interrupted.
func TestStudio(t *testing.T) {
	dir := t.TempDir()
	files(t, dir,
		"sqlc.yaml", "version: \"2\"\nsql:\n  - engine: sqlite\n    schema: migrations\n    queries: sql\n    gen:\n      go:\n        package: db\n        out: db\n",
		"go.mod", "module example.com/shop\n",
		".env", "GOOSE_DBSTRING=shop.db\n",
		"migrations/00001_a.sql", "-- +goose Up\nCREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);\n-- +goose Down\nDROP TABLE posts;\n",
		"migrations/00002_b.sql", "-- +goose Up\nCREATE TABLE more (v TEXT);\n-- +goose Down\nDROP TABLE more;\n",
		"sql/posts.sql", "-- name: Newest :many\nSELECT * FROM posts ORDER BY id DESC;\n")
	t.Setenv("GOOSE_DBSTRING", "")
	var log bytes.Buffer
	if code := Main([]string{"migrate", "up-to", "1", "--dir", dir}, &log, &log); code != 0 {
		t.Fatal(log.String())
	}
	db, err := sqlite.OpenFile("file:" + filepath.Join(dir, "shop.db"))(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("INSERT INTO posts (title) VALUES ('hello'); ALTER TABLE posts ADD COLUMN drifted TEXT"); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	c := command()
	c.SetArgs([]string{"studio", "--dir", dir})
	c.SetOut(in)
	ended := make(chan error, 1)
	go func() { ended <- c.ExecuteContext(ctx) }()
	lines := bufio.NewScanner(out)
	lines.Scan()
	if lines.Text() != filepath.Join(dir, "shop.db")+" at" {
		t.Error(lines.Text())
	}
	lines.Scan()
	base, _, ok := strings.Cut(lines.Text(), "/?token=")
	if !ok || !strings.HasPrefix(base, "http://127.0.0.1:") {
		t.Fatal(lines.Text())
	}
	cookies, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: cookies, Timeout: time.Minute}
	enter, err := client.Get(lines.Text())
	if err != nil {
		t.Fatal(err)
	}
	enter.Body.Close()
	for path, want := range map[string]string{
		base + "/rows/posts": "hello", base + "/queries": "Newest", base + "/query/Newest": "hello",
		base + "/migrations": "posts.drifted",
	} {
		answer, err := client.Get(path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("%s: %s %s %v", path, answer.Status, body, err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// The page that leads a browser to the address is the user's alone.
func TestStudioOpens(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	path, err := pageTo("http://127.0.0.1:1/?token=x")
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
		t.Error(info.Mode(), err)
	}
	if content, err := os.ReadFile(path); err != nil || !strings.Contains(string(content), "url=http://127.0.0.1:1/?token=x") {
		t.Errorf("%s %v", content, err)
	}
}

// What does not make sense is told, and nothing is created.
func TestStudioRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		args string
		code int
		want string
	}{
		{"nothing.db", exitFailure, "there is no such database"},
		{".", exitFailure, "is a folder"},
		{"x.db y.db", exitUsage, "accepts at most 1 arg"},
		{"x.db --hide (", exitUsage, "--hide"},
		{"x.db --limit 0s", exitUsage, "--limit"},
		{"http://127.0.0.1:1 --write", exitUsage, "--write is for files"},
		{"x.db --port x", exitUsage, "--port"},
	} {
		t.Chdir(dir)
		var log bytes.Buffer
		if code := Main(append([]string{"studio"}, strings.Fields(tt.args)...), &log, &log); code != tt.code || !strings.Contains(log.String(), tt.want) {
			t.Errorf("%s: %d %s", tt.args, code, &log)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
			t.Errorf("%s: %v %v", tt.args, entries, err)
		}
	}
}
