// Package config reads sqlc.yaml, the only configuration that drey has.
//
// Everything that stock sqlc accepts is accepted. drey's own options stand under
// the key options, which sqlc leaves to plugins:
//
//	options:
//	  drey:
//	    crud:
//	      skip:
//	        clicks: [update, upsert]   # operations of one table
//	        audit_log: all             # a whole table
//	    blocks:
//	      reporting:                   # the sql block of that name
//	        crud: false                # no CRUD at all
//
// Blocks of other engines than sqlite are left to sqlc.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/names"
)

// Config is a project's configuration.
type Config struct {
	File    string   // base name of the file
	Blocks  []*Block // with engine sqlite
	Skipped []string // what is left to sqlc, and why

	root *yaml.Node // the mapping
}

// Block is an sql block.
type Block struct {
	Name    string
	Line    int
	Schema  []string // paths as given, relative to the file's folder
	Queries []string
	Package string
	Out     string
	Names   names.Options

	BuildTags             string
	MethodsWithDBArgument bool

	CRUD CRUD

	node      *yaml.Node
	overrides []override
}

// CRUD are drey's options for the generated queries.
type CRUD struct {
	Off  bool
	Skip map[string][]string // operations by table; "all" is all of them
}

// files are the names that sqlc looks for, in its order.
var files = []string{"sqlc.json", "sqlc.yaml", "sqlc.yml"}

// Load reads the configuration in a folder. What is wrong with it is a
// [diag.Problems].
func Load(dir string) (*Config, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, &diag.Problem{File: dir, Msg: "this is no folder", Err: err, Fix: "give the folder of sqlc.yaml with --dir"}
	}
	for _, name := range files {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the configuration: %w", err)
		}
		return parse(dir, name, content)
	}
	return nil, &diag.Problem{File: filepath.ToSlash(filepath.Join(dir, "sqlc.yaml")), Msg: "there is no configuration here", Err: fs.ErrNotExist,
		Fix: "create it:\n" + example}
}

const example = `version: "2"
sql:
  - engine: sqlite
    schema: migrations
    queries: sql
    gen:
      go:
        package: db
        out: internal/db`

// yamlLine is how the YAML parser tells the line.
var yamlLine = regexp.MustCompile(`line (\d+): `)

func parse(dir, name string, content []byte) (*Config, error) {
	r := &reader{dir: dir, file: name}
	var doc yaml.Node
	if err := yaml.Unmarshal(content, &doc); err != nil {
		p := &diag.Problem{File: name, Msg: "this is no YAML: " + strings.TrimPrefix(err.Error(), "yaml: "), Err: err}
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			p.Line, _ = strconv.Atoi(m[1]) // digits, by the pattern
			p.Msg = "this is no YAML: " + strings.TrimPrefix(strings.Replace(err.Error(), m[0], "", 1), "yaml: ")
		}
		return nil, p
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, &diag.Problem{File: name, Line: 1, Msg: "the configuration is empty", Fix: "begin with this:\n" + example}
	}
	cfg := &Config{File: name, root: doc.Content[0]}
	r.config(cfg)
	r.problems.Sort()
	return cfg, r.problems.Err()
}

// reader collects what is wrong.
type reader struct {
	dir, file string
	problems  diag.Problems
}

func (r *reader) problem(n *yaml.Node, fix, format string, args ...any) {
	p := &diag.Problem{File: r.file, Msg: fmt.Sprintf(format, args...), Fix: fix}
	if n != nil {
		p.Line, p.Col = n.Line, n.Column
	}
	r.problems = append(r.problems, p)
}

func (r *reader) config(cfg *Config) {
	root := cfg.root
	switch version := r.text(root, "version"); version {
	case "2":
	case "1":
		r.problem(child(root, "version"), "move each entry of packages to sql, with gen.go around path (now out) and the emit_ options:\n"+
			"https://docs.sqlc.dev/en/latest/reference/config.html", "this is version 1 of sqlc's configuration; drey reads version 2")
		return
	default:
		r.problem(root, `write version: "2" on the first line`, "the version is missing or unknown")
		return
	}
	sql := child(root, "sql")
	if sql == nil || sql.Kind != yaml.SequenceNode || len(sql.Content) == 0 {
		r.problem(root, "add a block, as in\n"+example, "there is no sql block")
		return
	}
	var global goOptions // of the options, overrides and rename may be global
	r.decode(child(child(root, "overrides"), "go"), &global)
	outs := map[string]*Block{}
	for _, n := range sql.Content {
		if engine := r.text(n, "engine"); engine != "sqlite" {
			r.skip(cfg, n, engine)
			continue
		}
		b := r.block(n, &global)
		if other := outs[path.Clean(b.Out)]; other != nil && b.Out != "" {
			r.problem(child(child(child(n, "gen"), "go"), "out"), "give each block a folder of its own",
				"the block on line %d writes into %s as well", other.Line, b.Out)
		}
		outs[path.Clean(b.Out)] = b
		cfg.Blocks = append(cfg.Blocks, b)
	}
	if len(cfg.Blocks) == 0 && len(r.problems) == 0 {
		r.problem(sql, "add a block with engine: sqlite", "no block has the engine sqlite, the only one that drey generates for")
	}
	r.options(cfg)
}

// skip notes a block of another engine.
func (r *reader) skip(cfg *Config, n *yaml.Node, engine string) {
	switch engine {
	case "":
		r.problem(n, "add engine: sqlite", "the block has no engine")
	case "postgresql", "mysql":
		cfg.Skipped = append(cfg.Skipped, fmt.Sprintf("%s:%d: a block of engine %s is left to sqlc generate", r.file, n.Line, engine))
	default:
		r.problem(child(n, "engine"), "write engine: sqlite", "the engine %q is unknown", engine)
	}
}
