// Package project is the one way to a project: its sqlc.yaml, its query files,
// its migration files, the migrated database of each schema, and the Go modules
// that its packages are in. Whatever generates, lints or migrates asks here,
// and nothing else reads these.
//
//   - [Open] reads the configuration in a folder. [Projects] finds the project
//     around a Go file, and opens each once.
//   - [Project.Schema] is the schema of a block. Blocks whose schema names the same
//     migrations share one, so that these are read and applied once.
//     [Schema.Files] are its migrations as they are written, [Schema.Database] is
//     what they make of a SQLite in memory, without those that fail, and
//     [Schema.Statements] prepares statements on it.
//   - [Project.Queries] are the files that people wrote into the folders of a block.
//   - [Project.Module] is the Go module that a block's package is in.
//
// Everything is read when it is first asked for, and kept for as long as the
// Project is. A program that waits for changes opens another one. Two projects do
// not share anything, and nothing outlives a project except the files in
// [CacheDir].
package project

import (
	"path"
	"strings"
	"sync"

	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/project/query"
)

// Project is a folder with a configuration. Its methods may be called from
// several goroutines.
type Project struct {
	Dir    string
	Config *config.Config

	mu       sync.Mutex
	schemas  map[string]*Schema // by the paths of blocks
	list     []*Schema          // each once
	modules  map[*config.Block]*Module
	requires []string // nil until it is read
}

// Open reads the configuration in a folder. Its error is that of [config.Load]:
// if it is about options, the project is there as well, without what is wrong. It
// is for finding more faults then.
func Open(dir string) (*Project, error) {
	cfg, err := config.Load(dir)
	return open(dir, cfg, err)
}

// OpenAs opens a folder as if the file of its configuration had that text. Its error is that
// of [Open].
func OpenAs(dir, name string, text []byte) (*Project, error) {
	cfg, err := config.Read(dir, name, text)
	return open(dir, cfg, err)
}

func open(dir string, cfg *config.Config, err error) (*Project, error) {
	if cfg == nil {
		return nil, err
	}
	return &Project{
		Dir: dir, Config: cfg,
		schemas: map[string]*Schema{}, modules: map[*config.Block]*Module{},
	}, err
}

// Close closes the databases of all schemas. The project can still be used: a
// database that is asked for after that is made anew.
func (p *Project) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var first error
	for _, s := range p.list {
		if err := s.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Schema is the schema of a block.
func (p *Project) Schema(b *config.Block) *Schema {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.schema(b.Schema)
}

// Schemas are those of all blocks, each once, in the order of the blocks.
func (p *Project) Schemas() []*Schema {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []*Schema
	seen := map[*Schema]bool{}
	for _, b := range p.Config.Blocks {
		if s := p.schema(b.Schema); !seen[s] {
			seen[s] = true
			list = append(list, s)
		}
	}
	return list
}

// schema finds the schema with these paths, or with other paths to the same files.
func (p *Project) schema(paths []string) *Schema {
	key := strings.Join(paths, "\x00")
	if s := p.schemas[key]; s != nil {
		return s
	}
	s := NewSchema(p.Dir, paths...)
	for _, other := range p.list {
		if s.same(other) {
			p.schemas[key] = other
			return other
		}
	}
	p.schemas[key] = s
	p.list = append(p.list, s)
	return s
}

// Blocks returns the blocks with the migrations of a schema.
func (p *Project) Blocks(s *Schema) []*config.Block {
	var list []*config.Block
	for _, b := range p.Config.Blocks {
		if of := p.Schema(b); of == s || of.same(s) {
			list = append(list, b)
		}
	}
	return list
}

// Queries are the files that a block names as its queries, and the queries in
// them, those of drey's own files included. Its error is that of [query.Load].
func (p *Project) Queries(b *config.Block) ([]query.File, []*query.Query, error) {
	return query.Load(p.Dir, b.Queries)
}

// AllQueries are the queries of a block's files, as they are on disk: those that people
// wrote, and those of drey's own files. Its error is that of [query.Load].
func (p *Project) AllQueries(b *config.Block) ([]*query.Query, error) {
	files, queries, err := p.Queries(b)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if !query.IsGenerated(f.Content) {
			continue
		}
		generated, err := query.Parse(f.Path, f.Content)
		if err != nil {
			return nil, err
		}
		queries = append(queries, generated...)
	}
	return queries, nil
}

// Module is the Go module that a block's package is in.
func (p *Project) Module(b *config.Block) (*Module, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m := p.modules[b]; m != nil {
		return m, nil
	}
	m, err := findModule(p.Dir, b)
	if err == nil {
		p.modules[b] = m
	}
	return m, err
}

// CRUDFolder is where the generated queries of a block are: the folder crud
// below the first folder of its own queries.
func (p *Project) CRUDFolder(b *config.Block) string {
	first := b.Queries[0]
	if at := strings.IndexAny(first, "*?[]"); at >= 0 {
		first = path.Dir(first[:at] + "x") // the folder above the first pattern
	}
	if p.isFile(first) {
		first = path.Dir(first)
	}
	if path.Base(first) == "crud" {
		return first
	}
	return path.Join(first, "crud")
}
