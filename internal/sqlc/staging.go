package sqlc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/diag"
	v131 "github.com/dreysql/drey/internal/sqlc/v131"
)

// staging is the folder that sqlc works in:
//
//	sqlc.yaml
//	schema0/000000.sql          a table or view of the first block, and of others with the same schema
//	queries0/000000/links.sql   its first query in links.sql; sqlc names its Go after that
//	out0/                       its Go
//
// Every statement has a file of its own, so that sqlc's messages lead back to it,
// and so that sqlc does not have to find where a statement ends.
type staging struct {
	dir     string
	blocks  []Block
	objects [][]v131.Object    // of each block's schema
	schemas []string           // the folder of that
	origins map[string]*origin // by path in the folder
	views   map[string]*view   // by path in the folder
	lent    map[place]int      // the block in which sqlc makes the Go of a file
}

const configFile = "sqlc.yaml"

func queriesFolder(block int) string { return fmt.Sprintf("queries%d", block) }
func outFolder(block int) string     { return fmt.Sprintf("out%d", block) }

// write fills the folder.
func (s *staging) write(config Config) error {
	s.views = map[string]*view{}
	var problems diag.Problems
	for i, b := range s.blocks {
		if err := s.writeSchema(i); err != nil {
			return err
		}
		names := v131.NewSpelling(b.Schema)
		queries := map[string]int{} // by the file's name
		for j := range b.Queries {
			f := &b.Queries[j]
			if _, ok := s.lent[place{i, j}]; ok {
				continue
			}
			if p := unreadable(f); p != nil {
				problems = append(problems, p)
				continue
			}
			for _, o := range statements(f, names) {
				o.block = i
				base := v131.Encode(path.Base(f.Path))
				number := queries[strings.ToLower(base)] // a file system may ignore case
				queries[strings.ToLower(base)]++
				name := path.Join(queriesFolder(i), fmt.Sprintf("%06d", number), base)
				s.origins[name] = o
				if err := s.file(name, o.text()); err != nil {
					return err
				}
			}
		}
		if len(queries) == 0 {
			problems = append(problems, &diag.Problem{
				Msg: fmt.Sprintf("there are no queries for %s, and without any sqlc generates nothing", b.Out),
				Fix: `write one into a file under "queries", or have those of the tables generated, without crud: false`, Err: ErrRefused,
			})
		}
	}
	if len(problems) > 0 {
		return problems
	}
	content, err := config(func(i int) (string, []string, string) {
		return s.schemas[i], []string{queriesFolder(i) + "/*"}, outFolder(i)
	})
	if err != nil {
		return fmt.Errorf("run sqlc: %w", err)
	}
	return s.file(configFile, string(content))
}

// read finds what the schema of each block has, and which blocks have the same.
func (s *staging) read() {
	first := map[string]int{}
	for i, b := range s.blocks {
		objects := v131.Objects(b.Schema, b.Overridden, b.Staged)
		text := textOf(objects)
		if _, ok := first[text]; !ok {
			first[text] = i
		}
		s.objects = append(s.objects, objects)
		s.schemas = append(s.schemas, fmt.Sprintf("schema%d", first[text]))
	}
}

// writeSchema writes the schema of a block, if none before it has the same.
func (s *staging) writeSchema(block int) error {
	folder := s.schemas[block]
	if slices.Contains(s.schemas[:block], folder) {
		return nil
	}
	for j, o := range s.objects[block] {
		name := path.Join(folder, fmt.Sprintf("%06d.sql", j))
		if o.Plain != "" {
			s.views[name] = &view{o, o.SQL == o.Plain}
		}
		if !utf8.ValidString(o.SQL) {
			return fmt.Errorf("run sqlc: the schema of %q is not valid UTF-8", o.Table.Name)
		}
		if err := s.file(name, o.SQL); err != nil {
			return err
		}
	}
	return os.MkdirAll(filepath.Join(s.dir, folder), 0o755) // if there are no tables
}

func textOf(objects []v131.Object) string {
	var all strings.Builder
	for _, o := range objects {
		fmt.Fprintf(&all, "%q %q\n", o.SQL, o.Plain)
	}
	return all.String()
}

// file writes a file, in ASCII.
func (s *staging) file(name, content string) error {
	name = filepath.Join(s.dir, filepath.FromSlash(name))
	text := []byte(v131.Encode(content))
	err := os.WriteFile(name, text, 0o644)
	if errors.Is(err, fs.ErrNotExist) { // most files have a folder already
		if err = os.MkdirAll(filepath.Dir(name), 0o755); err == nil {
			err = os.WriteFile(name, text, 0o644)
		}
	}
	if err != nil {
		return fmt.Errorf("run sqlc: %w", err)
	}
	return nil
}

// output reads the files of a block's Go.
func (s *staging) output(block int) (map[string][]byte, error) {
	dir := filepath.Join(s.dir, outFolder(block))
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		name := v131.Decode(e.Name())
		if files[name], err = v131.DecodeGo(content); err != nil {
			if problems := s.malformed(v131.Decode(string(content))); len(problems) > 0 {
				return nil, problems
			}
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return files, nil
}
