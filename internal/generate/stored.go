package generate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/syntax"
	"github.com/dreysql/drey/internal/stored"
)

// checkAllStored finds what blocks write that Go could not read or find.
func (r *run) checkAllStored(ctx context.Context) error {
	type found struct {
		problems, warnings diag.Problems
		notes              []string
		err                error
	}
	of := map[*block]*found{}
	for _, b := range r.blocks {
		of[b] = &found{}
	}
	bySchema(r.blocks, func(b *block) {
		f := of[b]
		f.problems, f.warnings, f.err = b.checkStored(ctx, r.cfg.File)
		if f.err == nil && !b.uncertain() {
			warnings, notes := b.nullOverrides(r.cfg.File, b.types())
			f.warnings, f.notes = append(f.warnings, warnings...), notes
		}
	})
	for _, b := range r.blocks {
		if of[b].err != nil {
			return of[b].err
		}
		r.problems = append(r.problems, of[b].problems...)
		r.result.Warnings = append(r.result.Warnings, of[b].warnings...)
		for _, note := range of[b].notes {
			if !slices.Contains(r.result.Notes, note) { // of an override for several blocks
				r.result.Notes = append(r.result.Notes, note)
			}
		}
	}
	return nil
}

// checkStored finds what the schema of a block, its migrations and its queries
// write that Go could not read or find.
func (b *block) checkStored(ctx context.Context, file string) (problems, warnings diag.Problems, err error) {
	if b.uncertain() { // what fails may make it right
		return nil, nil, nil
	}
	types := b.types()
	problems, warnings, err = stored.Check(ctx, b.Memory, b.Database.Schema, types, b.Places)
	if err != nil {
		return nil, nil, err
	}
	problems = append(problems, b.unreadableBools(file, types)...)
	var writes []*stored.Finding
	by := map[*stored.Finding]*query.Query{}
	for _, q := range b.queries.all {
		if q.Generated {
			continue
		}
		stmt, err := syntax.Parse(q.Text)
		if err != nil { // a macro of sqlc's in an odd place, say
			continue
		}
		for _, w := range stored.Writes(stmt, q.Text, b.Database.Schema, types) {
			writes, by[w] = append(writes, w), q
		}
	}
	if len(writes) == 0 {
		return problems, warnings, nil
	}
	db, err := b.Memory.Open(nil)
	if err != nil {
		return nil, nil, err
	}
	defer db.Close()
	prober, err := stored.NewProber(ctx, db)
	if err != nil {
		return nil, nil, err
	}
	found, err := prober.Judge(writes)
	for _, f := range found {
		p := by[f].At(f.Offset)
		p.Msg, p.Fix = f.Msg(), f.Fix()
		problems = append(problems, p)
	}
	return problems, warnings, errors.Join(err, prober.Close())
}

// unreadableBools finds overrides that give columns a bool with a name of its own.
// SQLite does not have bools. database/sql converts numbers to numbers and strings
// of whatever name, but to bools only of the type bool itself.
func (b *block) unreadableBools(file string, types stored.Types) (problems diag.Problems) {
	for _, t := range b.Database.Schema.Tables {
		for i := range t.Columns {
			c := &t.Columns[i]
			typ := types(t, c)
			line := b.OverrideLine(t.Name, c.Name, c.Type, c.NotNull || c.Inline)
			if typ.Base != "bool" || typ.Named == "" || line == 0 {
				continue
			}
			name := typ.Named[strings.LastIndexByte(typ.Named, '.')+1:]
			problems = append(problems, &diag.Problem{
				File: file, Line: line,
				Msg: fmt.Sprintf("go_type: %s is a bool without a method Scan, and database/sql reads the integers of column %s.%s into the type bool alone: no row could be read",
					typ.Named, t.Name, c.Name),
				Fix: fmt.Sprintf("leave the override out, which makes it a bool; or give it the methods func (v *%[1]s) Scan(src any) error and func (v %[1]s) Value() (driver.Value, error)", name),
			})
		}
	}
	return problems
}

// types are the Go types that sqlc gave the columns, or would have given those
// of a table that no query uses.
func (b *block) types() stored.Types {
	models := map[string]*sqlc.Struct{}
	if b.generate != nil {
		for _, m := range b.generate.Models {
			models[m.Name] = m
		}
	}
	spelling := sqlc.NewSpelling(b.Database.Schema)
	others := stored.TypesOf(b.module.GoTypes(b.Block))
	return func(t *schema.Table, c *schema.Column) gotype.Type {
		if m := models[b.Names.Struct(spelling.Of(t.Name))]; m != nil && len(m.Fields) == len(t.Columns) {
			for i := range t.Columns {
				if &t.Columns[i] == c {
					return b.module.Underlying(b.Block, gotype.Parse(b.plainType(m.Fields[i].Type)))
				}
			}
		}
		return others(t, c)
	}
}
