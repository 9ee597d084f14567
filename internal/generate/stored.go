package generate

import (
	"context"
	"errors"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/query"
	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqlcgen"
	"github.com/dreysql/drey/internal/stored"
	"github.com/dreysql/drey/internal/syntax"
)

// checkStored finds what the schema of a block, its migrations and its queries
// write that Go could not read or find.
func (b *block) checkStored(ctx context.Context) (problems, warnings diag.Problems, err error) {
	if b.doubt.any() || b.Doubtful { // what fails may make it right
		return nil, nil, nil
	}
	types := b.types()
	problems, warnings, err = stored.Check(ctx, b.memory, b.schema, types, b.places)
	if err != nil {
		return nil, nil, err
	}
	var writes []*stored.Finding
	by := map[*stored.Finding]*query.Query{}
	for _, q := range b.queries.all {
		stmt, err := syntax.Parse(q.Text)
		if err != nil || q.CRUD { // a macro of sqlc's in an odd place, say
			continue
		}
		for _, w := range stored.Writes(stmt, q.Text, b.schema, types) {
			writes, by[w] = append(writes, w), q
		}
	}
	if len(writes) == 0 {
		return problems, warnings, nil
	}
	db, err := b.memory.Open(nil)
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

// types are the Go types that sqlc gave the columns, or would have given those
// of a table that no query uses.
func (b *block) types() stored.Types {
	models := map[string]*sqlcgen.Struct{}
	if b.generate != nil {
		for _, m := range b.generate.Models {
			models[m.Name] = m
		}
	}
	others := stored.TypesOf(b.GoType)
	return func(t *schema.Table, c *schema.Column) gotype.Type {
		if m := models[b.Names.Struct(t.Name)]; m != nil && len(m.Fields) == len(t.Columns) {
			for i := range t.Columns {
				if &t.Columns[i] == c {
					return gotype.Parse(b.plainType(m.Fields[i].Type))
				}
			}
		}
		return others(t, c)
	}
}
