package generate

import (
	"context"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/migration"
	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqlcgen"
	"github.com/dreysql/drey/internal/stored"
)

// checkStored finds what the schema of a block, or its migrations, write that Go
// could not read or find.
func (b *block) checkStored(ctx context.Context) (diag.Problems, error) {
	db, err := b.memory.Open(nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return stored.Check(ctx, db, b.schema, b.types(), migration.FindPlaces(b.migrations))
}

// types are the Go types that sqlc gave the columns, or would have given those
// of a table that no query uses.
func (b *block) types() stored.Types {
	models := map[string]*sqlcgen.Struct{}
	for _, m := range b.generate.Models {
		models[m.Name] = m
	}
	others := stored.TypesOf(b.GoType)
	return func(t *schema.Table, c *schema.Column) gotype.Type {
		if m := models[b.Names.Struct(t.Name)]; m != nil && len(m.Fields) == len(t.Columns) {
			for i := range t.Columns {
				if &t.Columns[i] == c {
					return gotype.Parse(m.Fields[i].Type)
				}
			}
		}
		return others(t, c)
	}
}
