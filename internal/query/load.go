package query

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/sqlpath"
)

// File is a query file.
type File struct {
	Path    string // relative to the root, slash-separated
	Content []byte
}

// Load reads the query files of the paths, which are folders, files and
// patterns relative to root, as sqlc does: folders without their subfolders, no
// hidden files, no *.down.sql. A folder named crud need not exist yet. Two
// queries of one name are a problem, and so are those whose constants sqlc would
// give one name; of a generated query and one by hand, the one by hand counts.
func Load(root string, paths []string) ([]File, []*Query, error) {
	names, err := expand(root, paths)
	if err != nil {
		return nil, nil, err
	}
	var files []File
	var queries []*Query
	var problems diag.Problems
	read := map[string]bool{}
	for _, name := range names {
		if read[name] {
			problems = append(problems, &diag.Problem{File: name, Msg: "sqlc would read this file twice", Fix: "list it once under queries"})
			continue
		}
		read[name] = true
		content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return nil, nil, fmt.Errorf("read queries: %w", err)
		}
		files = append(files, File{name, content})
		if IsCRUD(content) {
			continue // it is generated anew
		}
		found, err := Parse(name, content)
		var list diag.Problems
		if errors.As(err, &list) {
			problems = append(problems, list...)
		}
		queries = append(queries, found...)
	}
	problems = append(problems, doubles(queries)...)
	problems.Sort()
	return files, queries, problems.Err()
}

func doubles(queries []*Query) diag.Problems {
	var problems diag.Problems
	first := map[string]*Query{}
	for _, q := range queries {
		key := constant(q.Name)
		other := first[key]
		if other == nil {
			first[key] = q
			continue
		}
		problems = append(problems, &diag.Problem{File: q.File, Line: q.Line, Query: q.Name,
			Msg: fmt.Sprintf("%s:%d has a query of this name already", other.File, other.Line),
			Fix: "give one of them another name"})
	}
	return problems
}

// constant is the name of the constant that sqlc makes of a query's name.
func constant(name string) string {
	r, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(r)) + name[size:]
}

func expand(root string, paths []string) ([]string, error) {
	var names []string
	add := func(name string) {
		base := path.Base(name)
		if strings.HasSuffix(base, ".sql") && !strings.HasPrefix(base, ".") && !strings.HasSuffix(base, ".down.sql") {
			names = append(names, path.Clean(name))
		}
	}
	for _, p := range paths {
		matches, err := sqlpath.Match(root, p)
		if err != nil {
			return nil, fmt.Errorf("read queries: %s: %w", p, err)
		}
		for _, m := range matches {
			abs := filepath.Join(root, filepath.FromSlash(m))
			info, err := os.Stat(abs)
			if errors.Is(err, fs.ErrNotExist) && path.Base(m) == "crud" {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("read queries: %w", err)
			}
			if !info.IsDir() {
				add(m)
				continue
			}
			entries, err := os.ReadDir(abs)
			if err != nil {
				return nil, fmt.Errorf("read queries: %w", err)
			}
			for _, e := range entries {
				add(path.Join(m, e.Name()))
			}
		}
	}
	return names, nil
}
