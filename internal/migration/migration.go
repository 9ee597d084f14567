// Package migration reads a project's goose migrations and applies them, with
// goose itself, to a database in memory.
//
// What goose sends to SQLite is written down on its way there, so that the
// generated package can embed exactly these statements and a failure can be
// shown at its line.
package migration

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/dreysql/drey/internal/diag"
)

// Migration is an applied migration.
type Migration struct {
	Version int64
	Name    string      // base name of the file
	Path    string      // relative to the project's root
	NoTx    bool        // it has -- +goose NO TRANSACTION
	Up      []Statement // as goose ran them
}

// Statement is what goose sent to SQLite at once: usually one statement.
type Statement struct {
	SQL  string
	Line int // in the file, 0 if it cannot be told
}

// File is a migration file.
type File struct {
	Path    string // relative to the project's root, slash-separated
	Content []byte
	version int64
}

// Load reads the migrations in the paths that sqlc.yaml gives as schema:
// folders, files and patterns, relative to root. They are sorted by version.
// What goose would skip, or run in another order than sqlc reads it, is a
// problem.
func Load(root string, paths []string) ([]File, error) {
	var files []File
	var problems diag.Problems
	for _, p := range paths {
		names, err := expand(root, p)
		if err != nil {
			problems = append(problems, &diag.Problem{File: p, Msg: "cannot read the migrations: " + cause(err), Err: err,
				Fix: "correct schema: in sqlc.yaml, or create the folder"})
			continue
		}
		for _, name := range names {
			f, problem, err := read(root, name)
			switch {
			case err != nil:
				return nil, fmt.Errorf("read migration: %w", err)
			case problem != nil:
				problems = append(problems, problem)
			case f != nil:
				files = append(files, *f)
			}
		}
	}
	if len(problems) == 0 && len(files) == 0 {
		problems = append(problems, &diag.Problem{File: strings.Join(paths, ", "), Msg: "there is no migration here",
			Fix: "create one, as in 00001_init.sql with a line \"-- +goose Up\" and the SQL below it"})
	}
	problems = append(problems, order(files)...)
	slices.SortStableFunc(files, func(a, b File) int { return int(min(max(a.version-b.version, -1), 1)) })
	problems.Sort()
	return files, problems.Err()
}

// expand returns the files of a path, as sqlc's own rules have it.
func expand(root, p string) ([]string, error) {
	matches := []string{p}
	if strings.ContainsAny(p, "*?[]") {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(p)))
		if err != nil {
			return nil, err
		}
		if matches = nil; len(found) == 0 {
			return nil, fs.ErrNotExist
		}
		for _, f := range found {
			rel, err := filepath.Rel(root, f)
			if err != nil {
				return nil, err
			}
			matches = append(matches, filepath.ToSlash(rel))
		}
	}
	var names []string
	for _, m := range matches {
		abs := filepath.Join(root, filepath.FromSlash(m))
		info, err := os.Stat(abs)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			names = append(names, path.Clean(m))
			continue
		}
		entries, err := os.ReadDir(abs)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
				names = append(names, path.Join(m, e.Name()))
			}
		}
	}
	return names, nil
}

// cause is the error without the path that the message has already.
func cause(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

var (
	annotationUp = regexp.MustCompile(`(?mi)^--[ \t]*\+goose[ \t]+Up[ \t]*\r?$`)
	envsub       = regexp.MustCompile(`(?mi)^--[ \t]*\+goose[ \t]+ENVSUB[ \t]+ON[ \t]*\r?$`)
	numbered     = regexp.MustCompile(`^\d+_`)
)

// read reads one file of a migrations folder. A file that is no migration has
// neither content nor problem.
func read(root, name string) (*File, *diag.Problem, error) {
	base := path.Base(name)
	switch {
	case strings.HasSuffix(base, ".go"):
		if !numbered.MatchString(base) || strings.HasSuffix(base, "_test.go") {
			return nil, nil, nil
		}
		return nil, &diag.Problem{File: name,
			Msg: "this is a Go migration: what it does to the schema cannot be known without running it",
			Fix: "write the change of the schema as an SQL migration; move data in Go from the service or a command of its own"}, nil
	case !strings.HasSuffix(base, ".sql"):
		return nil, nil, nil
	}
	version, err := goose.NumericComponent(base)
	if err != nil {
		return nil, &diag.Problem{File: name, Msg: "goose skips this file: its name does not begin with a version, a number above 0 and _", Err: err,
			Fix: "name it as in 00001_" + strings.TrimLeft(base, "_"), Line: 0}, nil
	}
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return nil, nil, err
	}
	if !annotationUp.Match(content) {
		return nil, &diag.Problem{File: name, Line: 1, Msg: "there is no line \"-- +goose Up\" in this migration",
			Fix: "put \"-- +goose Up\" above the statements, and \"-- +goose Down\" above those that undo them"}, nil
	}
	if at := envsub.FindIndex(content); at != nil {
		return nil, &diag.Problem{File: name, Line: lineAt(content, at[0]),
			Msg: "ENVSUB ON makes the schema depend on the environment of whoever runs goose",
			Fix: "write the values out"}, nil
	}
	return &File{Path: name, Content: content, version: version}, nil, nil
}

func lineAt(content []byte, offset int) int {
	return 1 + strings.Count(string(content[:offset]), "\n")
}

// order finds versions that exist twice, and names that sort otherwise than
// their versions do: sqlc and every listing of the folder read them in the
// order of their names.
func order(files []File) diag.Problems {
	var problems diag.Problems
	byVersion := map[int64]string{}
	for _, f := range files {
		if other, ok := byVersion[f.version]; ok {
			problems = append(problems, &diag.Problem{File: f.Path,
				Msg: fmt.Sprintf("%s has the version %d as well", other, f.version),
				Fix: "give the younger one the next free version"})
		}
		byVersion[f.version] = f.Path
	}
	byName := slices.Clone(files)
	slices.SortFunc(byName, func(a, b File) int { return strings.Compare(path.Base(a.Path), path.Base(b.Path)) })
	for i := 1; i < len(byName); i++ {
		if a, b := byName[i-1], byName[i]; a.version > b.version {
			width := max(5, len(fmt.Sprint(slices.MaxFunc(files, func(a, b File) int { return int(min(max(a.version-b.version, -1), 1)) }).version)))
			problems = append(problems, &diag.Problem{File: b.Path,
				Msg: fmt.Sprintf("version %d sorts after %s, but goose runs it first: sqlc reads migrations in the order of their names", b.version, path.Base(a.Path)),
				Fix: fmt.Sprintf("pad the versions with zeros, as in %0*d_%s; goose takes them for the same", width, b.version, afterVersion(b.Path))})
		}
	}
	return problems
}

func afterVersion(name string) string {
	_, rest, _ := strings.Cut(path.Base(name), "_")
	return rest
}
