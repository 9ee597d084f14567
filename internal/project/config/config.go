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
//	        "*": [count, GetTagByName] # operations and queries of every table
//	    enums: true                    # a Go type for each column whose CHECK lists its values,
//	                                   # or for some, as in enums: [invoices.status]
//	    tenant: account_id             # the column that says whose a row is, of every table that has it,
//	                                   # or of some, as in tenant: [links.user_id]
//	    soft_delete: deleted_at        # the column that says since when a row is deleted
//	    updated_at: updated_at         # the column that says when a row was changed last
//	    version: version               # the column that counts the changes of a row
//	                                   # each of every table that has it, or [links.deleted_at, users.removed_at]
//	    explain: true                  # generate --check reports what drey explain does
//	    d1: true                       # the packages run on Cloudflare D1 as well
//	    rqlite: true                   # and on a cluster of rqlite, which runs every migration; or
//	                                   # {from: 6}: which begins with the schema of version 6
//	    runtime: example.com/x/drey    # the import path of a runtime that is there already: none is written
//	    blocks:
//	      reporting:                   # the sql block of that name
//	        crud: false                # no CRUD at all
//	    lint:                          # see [Lint]
//	      off: [handedit]
//
// The operations are get, list, count, create, update, upsert and delete.
//
// Blocks of other engines than sqlite are left to sqlc, and so is what a block
// has besides gen.go; [Config.Skipped] tells which. rules, analyzer and database
// are not used, since drey asks a database of its own.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/names"
)

// Config is a project's configuration.
type Config struct {
	File           string   // base name of the file
	Blocks         []*Block // with engine sqlite
	Skipped        []string // what is left to sqlc, and why
	OtherDatabases bool     // there are blocks that are left to sqlc as a whole, whose databases are not known
	D1             bool     // the packages run on Cloudflare D1 as well
	Rqlite         bool     // the packages run on a cluster of rqlite as well
	RqliteFrom     int64    // the version with whose schema a cluster begins, 0 where it runs every migration
	Explained      bool     // generate --check reports what drey explain does
	Runtime        string   // the import path of a runtime that is there already, "" where it is to be written
	Lint           Lint

	text []byte
	root *yaml.Node // the mapping
}

// Text is the file as it was read.
func (c *Config) Text() []byte { return c.text }

// Block is an sql block.
type Block struct {
	Name    string
	Line    int
	Schema  []string // paths as given, relative to the file's folder
	Queries []string // sql/crud where the list is empty
	Package string
	Out     string
	Names   names.Options

	BuildTags             string
	MethodsWithDBArgument bool
	OmitUnusedStructs     bool
	Positional            *int // how many parameters a method has without a struct for them; nil stands for 1
	PointersForNull       bool // emit_pointers_for_null_types
	JSONTags              names.JSONTags

	CRUD        *CRUD // shared by the blocks that options.drey.crud is for
	Enums       Enums
	Tenant      *Tenant // shared likewise; nil for none
	Upkeep      Upkeep
	StagedTypes []Type // what drey adds to the overrides, see [Config.Staged]

	// Doubtful: an option that changes types or names is wrong and left out.
	Doubtful bool

	node      *yaml.Node
	overrides []override
	spelled   map[string][]string // their columns as sqlc has them
}

// Enums are the columns whose CHECK becomes a Go type.
type Enums struct {
	All     bool
	Columns map[string]int // table.column, with the lines
}

// Tenant is the column that says whose a row is: one name for all tables that have
// such a column, or a column of each table that has tenants.
type Tenant struct {
	Column  string
	Line    int            // of Column
	Columns map[string]int // table.column, with the lines; nil where there is a Column
}

// Type is the Go type, of the package itself, of columns that are declared for
// sqlc with a type of drey's. Those that may be NULL are pointers to it.
type Type struct{ DBType, GoType string }

// CRUD are drey's options for the generated queries.
type CRUD struct {
	Off   bool
	Skip  map[string][]string // operations by table; "all" is all of them
	Lines map[string]int      // where Skip names each table
}

// Files are the names that sqlc looks for, in its order.
var Files = []string{"sqlc.yaml", "sqlc.yml", "sqlc.json"}

// ErrNone: the folder does not have a configuration.
var ErrNone = errors.New("there is no configuration here")

// Load reads the configuration in a folder. If something is wrong with it, the
// error is a [diag.Problems], or a single problem. With Problems the
// configuration may be there as well: the blocks that can be read, without the
// options that are wrong. It is for finding more faults, and not for generating
// anything.
func Load(dir string) (*Config, error) {
	name, content, err := Find(dir)
	if err != nil {
		return nil, err
	}
	return parse(dir, name, content)
}

// Find reads the file of the configuration in a folder, by its base name.
func Find(dir string) (name string, content []byte, err error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", nil, &diag.Problem{File: dir, Msg: "this is no folder", Err: err, Fix: "give the folder of sqlc.yaml with --dir"}
	}
	var found []string
	for _, name := range Files {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			found = append(found, name)
		}
	}
	switch {
	case len(found) == 0:
		return "", nil, &diag.Problem{File: filepath.ToSlash(filepath.Join(dir, "sqlc.yaml")), Msg: ErrNone.Error(), Err: ErrNone,
			Fix: "drey init writes one, and what belongs to it; or create it:\n" + example}
	case len(found) > 1 && slices.Contains(found, "sqlc.json"):
		return "", nil, &diag.Problem{File: "sqlc.json", Msg: "there is a " + found[0] + " as well, so sqlc reads neither", Fix: "remove one of them"}
	}
	if content, err = os.ReadFile(filepath.Join(dir, found[0])); err != nil {
		return "", nil, fmt.Errorf("read the configuration: %w", err)
	}
	return found[0], content, nil
}

// Read reads the text of a configuration as if it were the file of that name in a folder. Its
// error is that of [Load].
func Read(dir, name string, content []byte) (*Config, error) { return parse(dir, name, content) }

const example = `version: "2"
sql:
  - engine: sqlite
    schema: migrations
    queries: sql
    gen:
      go:
        package: db
        out: internal/db
options:
  drey: {enums: true}`

func parse(dir, name string, content []byte) (*Config, error) {
	r := &reader{dir: dir, file: name, broken: map[*Block]bool{}}
	cfg := &Config{File: name, text: content, root: r.document(content)}
	if cfg.root != nil {
		r.config(cfg)
	}
	r.problems.Sort()
	if len(r.problems) > 0 {
		cfg.Blocks = slices.DeleteFunc(cfg.Blocks, func(b *Block) bool { return r.broken[b] })
		cfg.Without(r.problems)
	}
	return cfg, r.problems.Err()
}

// reader collects what is wrong.
type reader struct {
	dir, file string
	problems  diag.Problems
	broken    map[*Block]bool // blocks that cannot be told what they are of
	generated *yaml.Node      // the block without queries of its own, or nil
}

// What sqlc knows and drey does not hand on to it, so that sqlc would not find
// what is misspelt.
var (
	rootKeys  = []string{"version", "cloud", "servers", "sql", "overrides", "plugins", "rules", "options"}
	blockKeys = []string{"name", "engine", "schema", "queries", "database", "strict_function_checks", "strict_order_by",
		"gen", "codegen", "rules", "analyzer"}
	genKeys = []string{"go", "json"}
)

func (r *reader) config(cfg *Config) {
	root := cfg.root
	switch version := text(root, "version"); version {
	case "2":
	case "1":
		r.problem(value(root, "version"), "drey init --write does that; or write this instead:\n"+converted(root),
			"this is version 1 of sqlc's configuration; drey reads version 2")
		return
	case "":
		r.problem(root, `write version: "2" on the first line`, "the version is missing")
		return
	default:
		r.problem(value(root, "version"), `write version: "2"`, "there is no version %s of sqlc's configuration", version)
		return
	}
	r.known(root, "the configuration", rootKeys...)
	sql := child(root, "sql")
	if sql == nil || sql.Kind != yaml.SequenceNode || len(sql.Content) == 0 {
		r.problem(root, "add a block, as in\n"+example, "there is no sql block")
		return
	}
	var global goOptions // of the options, overrides and rename may be global
	r.decode(child(root, "overrides", "go"), &global)
	if list := child(root, "overrides", "go", "overrides"); list != nil {
		for i := range min(len(global.Overrides), len(list.Content)) {
			global.Overrides[i].line = list.Content[i].Line
		}
	}
	outs := map[string]*Block{}
	for _, n := range sql.Content {
		r.known(n, "a block of sql", blockKeys...)
		r.known(child(n, "gen"), "gen", genKeys...)
		if !r.generates(cfg, n) {
			continue
		}
		b := r.block(n, &global)
		if other := outs[b.Out]; other != nil && b.Out != "" {
			r.problem(child(n, "gen", "go", "out"), "give each block a folder of its own",
				"the block on line %d writes into %s as well", other.Line, b.Out)
			r.broken[b] = true
		}
		outs[b.Out] = b
		cfg.Blocks = append(cfg.Blocks, b)
	}
	if len(cfg.Blocks) == 0 && len(r.problems) == 0 {
		r.problem(sql, "add a block with engine: sqlite and gen.go", "no block generates Go for the engine sqlite, the only one of drey's")
	}
	r.options(cfg)
}

// generates reports whether drey generates anything for a block, and notes what
// is left to sqlc.
func (r *reader) generates(cfg *Config, n *yaml.Node) bool {
	left := func(n *yaml.Node, format string, args ...any) {
		cfg.Skipped = append(cfg.Skipped, fmt.Sprintf("%s:%d: %s is left to sqlc generate", r.file, n.Line, fmt.Sprintf(format, args...)))
	}
	switch engine := text(n, "engine"); engine {
	case "sqlite":
	case "":
		r.problem(n, "add engine: sqlite", "the block has no engine")
		return false
	case "postgresql", "mysql":
		left(n, "a block of engine %s", engine)
		cfg.OtherDatabases = true
		return false
	default:
		r.problem(child(n, "engine"), "write engine: sqlite", "the engine %q is unknown", engine)
		return false
	}
	others := 0
	if json := child(n, "gen", "json"); json != nil {
		left(json, "gen.json")
		others++
	}
	if plugins := child(n, "codegen"); plugins != nil {
		for _, p := range plugins.Content {
			left(p, "the plugin %s", text(p, "plugin"))
			others++
		}
	}
	if others > 0 && child(n, "gen", "go") == nil {
		cfg.OtherDatabases = true
		return false
	}
	return true
}
