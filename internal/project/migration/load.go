package migration

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
)

// Load reads the migrations in the paths that sqlc.yaml gives as schema:
// folders, files and patterns, relative to root and slash-separated. They are
// sorted by version. Its error is [diag.Problems]: all that goose would skip,
// misread, or run in another order than that of the names.
func Load(root string, paths []string) ([]File, error) {
	var files []File
	var problems diag.Problems
	seen := map[string]bool{}
	for _, p := range paths {
		names, err := expand(root, p)
		if err != nil {
			problems = append(problems, &diag.Problem{File: p, Msg: "cannot read the migrations: " + cause(err), Err: err,
				Fix: "correct schema in sqlc.yaml, or create the folder"})
			continue
		}
		for _, name := range names {
			if seen[name] {
				continue
			}
			seen[name] = true
			f, problem := read(root, name)
			if problem != nil {
				problems = append(problems, problem)
			} else if f != nil {
				files = append(files, *f)
			}
		}
	}
	if len(problems) == 0 && len(files) == 0 {
		problems = append(problems, &diag.Problem{File: strings.Join(paths, ", "), Msg: "there is no migration here",
			Fix: "create one, as in 00001_init.sql with a line \"-- +goose Up\" and the SQL below it"})
	}
	problems = append(problems, duplicates(files)...)
	problems = append(problems, unordered(files)...)
	slices.SortStableFunc(files, func(a, b File) int { return cmp.Compare(a.version, b.version) })
	problems.Sort()
	return files, problems.Err()
}

var errNotSQL = errors.New("it is not an .sql file")

// expand returns the files of a path by sqlc's rules: a path with one of *?[]
// is a pattern, a folder stands for its files but not for its folders, and
// hidden files are left out.
func expand(root, p string) ([]string, error) {
	matches := []string{p}
	pattern := strings.ContainsAny(p, "*?[]")
	if pattern {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(p)))
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, errors.New("no file matches")
		}
		matches = matches[:0]
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
			if !pattern && path.Ext(m) != ".sql" {
				return nil, errNotSQL
			}
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

// cause is the error without the path that the problem has already.
func cause(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}
