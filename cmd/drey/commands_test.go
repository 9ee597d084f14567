package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// commands are what the scripts have beside testscript's own.
var commands = map[string]func(*testscript.TestScript, bool, []string){
	"module":  module,
	"refused": refused,
	"goose":   stockGoose,
}

// buildGoose builds the goose command once, where make has it as well.
var buildGoose = sync.OnceValues(func() (string, error) {
	name, err := filepath.Abs(filepath.Join(root, "bin", "goose"))
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "-C", filepath.Join(root, "internal", "tools"), "build",
		"-tags", "no_clickhouse no_libsql no_mssql no_mysql no_postgres no_vertica no_ydb",
		"-o", name, "github.com/pressly/goose/v3/cmd/goose").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build goose: %w\n%s", err, out)
	}
	return name, nil
})

// stockGoose runs the goose command on a database, with the migrations in the
// folder migrations. It writes to stderr. With ! it has to fail.
//
//	goose links.db up
func stockGoose(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: [!] goose database command")
	}
	name, err := buildGoose()
	ts.Check(err)
	if err := ts.Exec(name, append([]string{"-dir", "migrations", "sqlite3"}, args...)...); (err != nil) != neg {
		ts.Fatalf("goose %s: %v", strings.Join(args, " "), err)
	}
}

// module makes the folder a Go module of that name, see writeModule.
//
//	module example.com/shop
func module(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: module path")
	}
	ts.Check(writeModule(ts.MkAbs("."), args[0]))
}

// refused runs drey, which has to fail with that exit code and to leave every
// file below the folder as it was, its time included, but for what it keeps in the
// user's cache. What it said is then there for stdout, stderr and cmp.
//
//	refused 1 generate
func refused(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: refused code [arguments of drey]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	before, err := files(ts.MkAbs("."), ts.Getenv("XDG_CACHE_HOME"))
	ts.Check(err)
	code := 0
	var exit *exec.ExitError
	if err := ts.Exec("drey", args[1:]...); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("drey %s: exit code %d, want %d", strings.Join(args[1:], " "), code, want)
	}
	after, err := files(ts.MkAbs("."), ts.Getenv("XDG_CACHE_HOME"))
	ts.Check(err)
	for _, line := range before {
		if !slices.Contains(after, line) {
			ts.Fatalf("drey changed or removed a file: %s", line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			ts.Fatalf("drey wrote a file: %s", line)
		}
	}
}

// files describes every file and folder below dir, and not those below cache.
func files(dir, cache string) (lines []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == cache {
			return filepath.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !d.Type().IsRegular() {
			lines = append(lines, fmt.Sprintf("%s %v", path, info.Mode()))
			return nil
		}
		content, err := os.ReadFile(path)
		lines = append(lines, fmt.Sprintf("%s %v %s %x", path, info.Mode(), info.ModTime(), sha256.Sum256(content)))
		return err
	})
	return lines, err
}
