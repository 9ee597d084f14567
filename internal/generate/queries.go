package generate

import (
	"context"
	"maps"
	"path"
	"slices"

	"github.com/dreysql/drey/internal/crud"
	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// queries are the queries of a block: those that people wrote, and those of
// every table.
type queries struct {
	folder string            // of the generated files
	crud   map[string]string // generated files by name
	files  []query.File      // all files
	all    []*query.Query    // that nothing has refused
	// partial: some queries are left out, and so is their Go.
	partial bool
	byHand  []*query.Query  // with those that are refused
	dropped map[string]bool // generated queries that cannot be had

	optional []crud.Optional // parameters of the generated ones
	raises   []string        // generated ones whose error the runtime reads
}

// readQueries reads the queries of every block and writes those of its tables.
// It leaves out those that SQLite does not prepare.
func (r *run) readQueries(context.Context) error {
	if err := r.checkSkip(); err != nil && !r.refuse(err) {
		return err
	}
	for _, b := range r.blocks {
		if err := r.readBlock(b); err != nil {
			return err
		}
		if err := r.prepare(b); err != nil {
			return err
		}
		r.checkTenants(b)
		r.checkUpkeep(b)
	}
	return nil
}

func (r *run) readBlock(b *block) error {
	q := &b.queries
	q.folder = r.project.CRUDFolder(b.Block)
	files, written, err := r.project.Queries(b.Block)
	if err != nil {
		if !r.refuse(err) {
			return err
		}
		q.partial = true
	}
	var byHand []*query.Query
	for _, w := range written {
		if !w.Generated && !query.SameName(byHand, w) {
			byHand = append(byHand, w)
		}
	}
	q.byHand, q.all = byHand, byHand
	for _, f := range files {
		if !query.IsGenerated(f.Content) { // those are generated anew
			q.files = append(q.files, f)
		}
	}
	if b.CRUD.Off {
		return nil
	}
	warnings, err := r.writeCRUD(b)
	if err != nil {
		return err
	}
	r.result.Warnings = append(r.result.Warnings, warnings...)
	_, _, err = r.drop(b.clashes())
	return err
}

// writeCRUD writes the queries of the block's tables, in place of what it has
// written before.
func (r *run) writeCRUD(b *block) (warnings diag.Problems, err error) {
	q := &b.queries
	q.optional, q.raises = nil, nil
	q.all = slices.DeleteFunc(slices.Clone(q.all), func(q *query.Query) bool { return q.Generated })
	q.files = slices.DeleteFunc(slices.Clone(q.files), func(f query.File) bool { return query.IsGenerated(f.Content) })
	generated, warnings, err := crud.Generate(b.Database.Schema, crud.Options{
		Names: b.Names, Skip: b.skip(), Tenants: b.tenants, Upkeep: b.upkeep, Written: q.byHand, Config: r.cfg.File, Line: b.Line,
		Positional: b.Positional, Optional: func(o crud.Optional) { q.optional = append(q.optional, o) },
		Raises: func(name string) { q.raises = append(q.raises, name) },
	})
	if err != nil {
		b.unnamed, q.partial = true, true
		if !r.refuse(err) {
			return nil, err
		}
		return nil, nil
	}
	q.crud = generated
	for _, name := range sortedKeys(generated) {
		f := query.File{Path: path.Join(q.folder, name), Content: []byte(generated[name])}
		q.files = append(q.files, f)
		parsed, err := r.common.parse(f)
		if err != nil {
			return nil, err
		}
		q.all = append(q.all, parsed...)
	}
	return warnings, nil
}

// checkSkip looks for what crud.skip names: in all blocks if it is for all.
func (r *run) checkSkip() error {
	var problems diag.Problems
	checked := map[*config.CRUD]bool{}
	for _, b := range r.blocks {
		if checked[b.CRUD] {
			continue
		}
		checked[b.CRUD] = true
		var sharing []crud.Block
		for _, other := range r.blocks {
			if other.CRUD == b.CRUD {
				sharing = append(sharing, crud.Block{Schema: other.Database.Schema, Names: other.Names, Positional: other.Positional, Upkeep: other.upkeep})
			}
		}
		known := maps.Clone(b.CRUD.Skip)
		maps.DeleteFunc(known, func(table string, _ []string) bool { return b.Doubt.Any() && b.Doubt.Is(sqltext.Quote(table)) })
		problems = append(problems, crud.CheckSkip(r.cfg.File, known, b.CRUD.Lines, sharing)...)
	}
	return problems.Err()
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
