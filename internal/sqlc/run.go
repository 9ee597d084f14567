package sqlc

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/query"
	v131 "github.com/dreysql/drey/internal/sqlc/v131"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// Block is what one sql block of sqlc.yaml is generated from.
type Block struct {
	Schema  *schema.Schema
	Queries []query.File
	Out     string // the folder of its Go, for messages
	// Overridden reports whether the configuration gives a column its Go type. It
	// is nil if the configuration does not do that for any column.
	Overridden func(table, column, declaredType string, notNull bool) bool
	// Staged gives columns of tables other declared types.
	Staged v131.Types
	// Alike is equal for blocks whose options make the same Go of the same file of
	// queries. A generated file that several of them have is then given to sqlc once. It
	// is "" for a block that has to be given to sqlc whole.
	Alike string
}

// Config writes the configuration for sqlc to read in the staging folder, with one
// sql block for each [Block]. place returns where the schema and the queries of the
// block with that number are, and where its Go goes. The configuration may hold any
// characters; its names are matched with those in schema and queries.
type Config func(place func(block int) (schema string, queries []string, out string)) ([]byte, error)

// Run lets sqlc generate the Go of all blocks in a temporary folder, and reads it
// back, in the order of the blocks. If sqlc refuses something, the error is a
// [diag.Problems]: each problem is at its place in the project's own files and
// wraps [ErrRefused]. Cancelling the context ends sqlc.
func Run(ctx context.Context, blocks []Block, config Config) ([]*Package, error) {
	packages, lent, err := run(ctx, blocks, config, true)
	if err != nil && lent && ctx.Err() == nil { // what is wrong with a file is so in each block
		packages, _, err = run(ctx, blocks, config, false)
	}
	return packages, err
}

// run runs sqlc. With lend, a generated file that is the same in several blocks is
// given to sqlc for the first of them only; lent reports whether there are any.
func run(ctx context.Context, blocks []Block, config Config, lend bool) (_ []*Package, lent bool, _ error) {
	dir, err := os.MkdirTemp("", "drey-sqlc-*")
	if err != nil {
		return nil, false, fmt.Errorf("run sqlc: %w", err)
	}
	defer os.RemoveAll(dir)
	if strings.ContainsAny(dir, `*?[]\`) && os.PathSeparator == '/' {
		return nil, false, &diag.Problem{
			Msg: fmt.Sprintf("sqlc would take the folder for temporary files, %s, for a pattern", dir),
			Fix: "set TMPDIR to a folder without * ? [ ] and \\ in its path",
		}
	}
	s := &staging{dir: dir, blocks: blocks, origins: map[string]*origin{}}
	s.read()
	if lend {
		s.lend()
	}
	packages, err := s.run(ctx, config)
	return packages, len(s.lent) > 0, err
}

func (s *staging) run(ctx context.Context, config Config) ([]*Package, error) {
	if err := s.write(config); err != nil {
		return nil, err
	}
	for crashes := 0; ; {
		said, failed, err := child(ctx, s.dir)
		if err != nil {
			return nil, err
		}
		if _, crashed := v131.Crash(said); crashed || !failed && s.lacksOutput() {
			// It goes through maps, so on some statements it crashes now and then.
			if crashes++; crashes == 1 {
				continue
			}
			return nil, s.findCrash(ctx)
		}
		if !failed {
			return s.packages()
		}
		again, err := s.replaceViews(said)
		if err != nil {
			return nil, err
		}
		if !again {
			return nil, s.refused(said)
		}
	}
}

// packages reads back what sqlc wrote.
func (s *staging) packages() ([]*Package, error) {
	packages := make([]*Package, len(s.blocks))
	outputs := make([]map[string][]byte, len(s.blocks))
	known := newKnown()
	for i := range s.blocks {
		files, err := s.output(i)
		outputs[i] = files
		var problems diag.Problems
		if errors.As(err, &problems) {
			return nil, problems
		}
		if err != nil {
			return nil, fmt.Errorf("read sqlc's output: %w", err)
		}
	}
	for i, own := range outputs {
		files := maps.Clone(own)
		if err := s.borrow(i, files, outputs); err != nil {
			return nil, fmt.Errorf("read sqlc's output: %w", err)
		}
		var err error
		if packages[i], err = parse(files, known); err != nil {
			return nil, s.locate(i, err)
		}
	}
	if missing := s.missing(packages); len(missing) > 0 {
		missing.Sort()
		return nil, missing
	}
	return packages, nil
}

// locate finds the queries whose methods are strange.
func (s *staging) locate(block int, err error) error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	var problems diag.Problems
	for _, err := range joined.Unwrap() {
		p := s.ofMethod(block, err)
		if p == nil {
			return err
		}
		problems = append(problems, p)
	}
	problems.Sort()
	return problems
}

// ofMethod returns a strange method as a problem of its query, or nil.
func (s *staging) ofMethod(block int, err error) *diag.Problem {
	var e *MethodError
	if !errors.As(err, &e) {
		return nil
	}
	fix := "write the statement, or the override, in another way"
	var clash clashError
	if errors.As(err, &clash) {
		fix = clash.fix()
	}
	for _, o := range s.origins {
		if o.block == block && o.query == e.Method {
			line, col := o.position(1, 1)
			return &diag.Problem{
				File: o.file.Path, Line: line, Col: col, Query: o.query, Err: errors.Join(ErrNotGo, err),
				Msg: fmt.Sprintf("what sqlc generates for it cannot be used: %v", e.Err),
				Fix: fix,
			}
		}
	}
	return nil
}

// missing returns the queries that sqlc has silently skipped.
func (s *staging) missing(packages []*Package) (problems diag.Problems) {
	for _, o := range s.origins {
		if o.query == "" || packages[o.block].Method(o.query) != nil {
			continue
		}
		line, col := o.position(1, 1)
		problems = append(problems, &diag.Problem{
			File: o.file.Path, Line: line, Col: col, Query: o.query, Err: ErrRefused,
			Msg: "sqlc generates nothing for this statement, without a word",
			Fix: "queries are SELECT, VALUES, INSERT, UPDATE, DELETE and the statements that change the schema; leave others to code",
		})
	}
	return problems
}

// Method returns the method with that name, or nil.
func (p *Package) Method(name string) *Method {
	for _, m := range p.Queries {
		if m.Name == name {
			return m
		}
	}
	return nil
}
