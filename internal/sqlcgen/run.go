package sqlcgen

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/schema"
)

// Block is what one sql block of sqlc.yaml is generated from.
type Block struct {
	Schema  *schema.Schema
	Queries []File
}

// File is a query file.
type File struct {
	Path    string // relative to the project's root, slash-separated
	Content []byte
}

// Config writes the configuration for sqlc to read in the staging folder. place
// tells where the schema and the queries of the block of that number are, and
// where its Go goes.
type Config func(place func(block int) (schema string, queries []string, out string)) ([]byte, error)

const configFile = "sqlc.yaml"

// Run has sqlc generate the Go of all blocks, in a folder that is gone
// afterwards, and reads it back, in the order of the blocks. What sqlc refuses
// is a [diag.Problems], each at its place in the project's own files.
func Run(ctx context.Context, blocks []Block, config Config) ([]*Package, error) {
	dir, err := os.MkdirTemp("", "drey-sqlc-*")
	if err != nil {
		return nil, fmt.Errorf("run sqlc: %w", err)
	}
	defer os.RemoveAll(dir)
	s := &staging{dir: dir, blocks: blocks, origin: map[string]*File{}}
	if err := s.write(config); err != nil {
		return nil, fmt.Errorf("run sqlc: %w", err)
	}
	if said, err := child(ctx, dir); err != nil {
		var exit interface{ ExitCode() int }
		if !errors.As(err, &exit) {
			return nil, err
		}
		return nil, s.problems(said)
	}
	packages := make([]*Package, len(blocks))
	for i := range blocks {
		if packages[i], err = s.read(filepath.Join(dir, out(i))); err != nil {
			return nil, err
		}
	}
	return packages, nil
}

// staging is the folder that sqlc works in.
type staging struct {
	dir    string
	blocks []Block
	ascii  *ascii
	origin map[string]*File // by path in the folder
	ddl    []string
}

func out(block int) string { return fmt.Sprintf("out%d", block) }

// write fills the folder. Each query file has a folder of its own, so that a
// message of sqlc's leads back to it, and keeps its name, after which sqlc names
// the Go file.
func (s *staging) write(config Config) error {
	var texts [][]byte
	for _, b := range s.blocks {
		d := ddl(b.Schema)
		s.ddl = append(s.ddl, d)
		texts = append(texts, []byte(d))
		for _, f := range b.Queries {
			texts = append(texts, f.Content, []byte(f.Path))
		}
	}
	s.ascii = newASCII(texts...)
	queries := make([][]string, len(s.blocks))
	for i, b := range s.blocks {
		if err := s.file(fmt.Sprintf("schema%d.sql", i), s.ddl[i]); err != nil {
			return err
		}
		for j := range b.Queries {
			f := &b.Queries[j]
			name := path.Join(fmt.Sprintf("queries%d/%d", i, j), s.ascii.encode(path.Base(f.Path)))
			s.origin[name] = f
			queries[i] = append(queries[i], name)
			if err := s.file(name, string(f.Content)); err != nil {
				return err
			}
		}
	}
	content, err := config(func(i int) (string, []string, string) {
		return fmt.Sprintf("schema%d.sql", i), queries[i], out(i)
	})
	if err != nil {
		return err
	}
	return s.file(configFile, string(content))
}

func (s *staging) file(name, content string) error {
	name = filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(s.ascii.encode(content)), 0o644)
}

// message matches "file:line:column: text".
var message = regexp.MustCompile(`^(.+?):(\d+):(\d+): (.*)$`)

// problems turns what sqlc says into problems of the project's files.
func (s *staging) problems(said string) error {
	var list diag.Problems
	var other []string
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\n")
		m := message.FindStringSubmatch(line)
		if m == nil {
			if line != "" && !strings.HasPrefix(line, "# package ") {
				other = append(other, s.ascii.decode(line))
			}
			continue
		}
		row, _ := strconv.Atoi(m[2]) // digits, by the pattern
		col, _ := strconv.Atoi(m[3])
		p := &diag.Problem{Line: row, Col: col, Msg: "sqlc: " + s.ascii.decode(m[4]), Err: ErrRefused}
		if f := s.origin[filepath.ToSlash(m[1])]; f != nil {
			p.File, p.Col = f.Path, s.column(f, row, col)
		} else {
			p.Msg = "sqlc cannot read the schema: " + s.ascii.decode(m[4])
			p.Fix = "this is what it was given:\n" + lines(s.schemaOf(m[1]), row)
			p.Line, p.Col = 0, 0
		}
		list = append(list, p)
	}
	if len(list) == 0 || strings.Contains(said, "goroutine ") {
		return fmt.Errorf("%w: %s", ErrRefused, strings.Join(other[:min(len(other), 20)], "\n"))
	}
	list.Sort()
	return list
}

// ErrRefused: sqlc did not generate anything.
var ErrRefused = errors.New("sqlc failed")

// column is the column in the project's file, which has other characters.
func (s *staging) column(f *File, row, col int) int {
	all := strings.Split(s.ascii.encode(string(f.Content)), "\n")
	if row < 1 || row > len(all) || col < 1 || col > len(all[row-1])+1 {
		return 0
	}
	return len(s.ascii.decode(all[row-1][:col-1])) + 1
}

func (s *staging) schemaOf(name string) string {
	for i := range s.blocks {
		if name == fmt.Sprintf("schema%d.sql", i) {
			return s.ddl[i]
		}
	}
	return ""
}

// lines are the lines of text around one of them.
func lines(text string, around int) string {
	all := strings.Split(text, "\n")
	from := min(max(around-3, 0), len(all))
	return strings.Join(all[from:min(around+2, len(all))], "\n")
}
