package migration

import (
	"cmp"
	"errors"
	"fmt"
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
// in the order in which their tool runs them. Its error is [diag.Problems]: all that
// the tool would skip, misread, or run in another order than that of the names.
func Load(root string, paths []string) ([]File, error) {
	_, files, err := LoadKind(root, paths)
	return files, err
}

// LoadKind is [Load], and tells the format of the files. Where there are no files, it is
// goose's: that is what drey writes. Each file that is in another format than most is
// one of the problems.
func LoadKind(root string, paths []string) (Kind, []File, error) {
	l := &loader{root: root}
	sources := l.sources(paths)
	kind := l.kind(sources)
	readers[kind.Format](l, slices.DeleteFunc(sources, func(s source) bool { return s.shows.Format != nil && s.shows.Format != kind.Format }))
	if len(l.problems) == 0 && len(l.files) == 0 {
		l.add(&diag.Problem{File: strings.Join(paths, ", "), Msg: "there is no migration here" + l.below(paths),
			Fix: "create one, as in 00001_init.sql with a line \"-- +goose Up\" and the SQL below it; or correct schema in sqlc.yaml"})
	}
	l.problems.Sort()
	return kind, l.files, l.problems.Err()
}

// loader reads the files of one schema.
type loader struct {
	root     string
	files    []File
	problems diag.Problems
}

func (l *loader) add(p *diag.Problem) { l.problems = append(l.problems, p) }

// readers read the files of a format, which may have some without a mark among them.
var readers = map[*Format]func(*loader, []source){
	Goose:         (*loader).goose,
	SQLMigrate:    (*loader).sqlMigrate,
	GolangMigrate: (*loader).golangMigrate,
	Dbmate:        (*loader).dbmate,
	Tern:          (*loader).tern,
	Atlas:         (*loader).atlas,
	Plain:         (*loader).plain,
}

// sources reads the SQL files in the paths, each once, in the order in which sqlc
// reads them. Migrations in Go are problems.
func (l *loader) sources(paths []string) []source {
	var list []source
	seen := map[string]bool{}
	for _, p := range paths {
		names, err := expand(l.root, p)
		if err != nil {
			l.add(&diag.Problem{File: p, Msg: "cannot read the migrations: " + cause(err), Err: err,
				Fix: "correct schema in sqlc.yaml, or create the folder"})
			continue
		}
		for _, name := range names {
			if seen[name] {
				continue
			}
			seen[name] = true
			s, problem := open(l.root, name)
			if problem != nil {
				l.add(problem)
			} else if s != nil {
				s.shows = s.show()
				list = append(list, *s)
			}
		}
	}
	return list
}

// below names the folders with SQL files below the paths, which nobody reads.
func (l *loader) below(paths []string) string {
	var found []string
	for _, p := range paths {
		names, err := filepath.Glob(filepath.Join(l.root, filepath.FromSlash(p), "*", "*.sql"))
		if err != nil {
			continue
		}
		for _, name := range names {
			folder := path.Join(p, filepath.Base(filepath.Dir(name)))
			if !slices.Contains(found, folder) {
				found = append(found, folder)
			}
		}
	}
	if len(found) == 0 {
		return ""
	}
	return fmt.Sprintf(", and folders in it are not read: there are SQL files in %s", strings.Join(found, ", "))
}

// goose reads goose's own files.
func (l *loader) goose(sources []source) {
	for i := range sources {
		f, problem := sources[i].goose()
		if problem != nil {
			l.add(problem)
		} else {
			l.files = append(l.files, *f)
		}
	}
	l.problems = append(l.problems, duplicates(l.files)...)
	l.problems = append(l.problems, unordered(l.files)...)
	slices.SortStableFunc(l.files, func(a, b File) int { return cmp.Compare(a.version, b.version) })
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
