package drawing

import (
	"slices"

	"github.com/dreysql/drey/internal/enum"
	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/stored"
)

// addTypes adds the Go types that the columns of tables have in the package of a block.
// Those of views come from the queries of these, which generate asks sqlc about.
func (s *Schema) addTypes(from *schema.Schema, b *config.Block, m *project.Module, queries []*query.Query) {
	enums := &enum.Plan{}
	if b.Enums.All || len(b.Enums.Columns) > 0 {
		var columns []string
		for name := range b.Enums.Columns {
			columns = append(columns, name)
		}
		slices.Sort(columns)
		taken, spelling := map[string]bool{}, sqlc.NewSpelling(from)
		for _, t := range from.Tables {
			taken[b.Names.Struct(spelling.Of(t.Name))] = true
		}
		for _, name := range m.Names() {
			taken[name] = true
		}
		for _, q := range queries {
			taken[q.Name], taken[q.Name+"Params"], taken[q.Name+"Row"] = true, true, true
		}
		enums, _ = enum.Make(from, enum.Options{All: b.Enums.All, Columns: columns, Names: b.Names, Taken: taken, // generate tells what is wrong
			Overridden: func(t *schema.Table, c *schema.Column) bool { return b.Overridden(t.Name, c.Name, c.Type, c.NotNull) }})
	}
	for _, t := range s.Tables {
		if t.Kind != schema.KindTable {
			continue
		}
		for _, c := range t.Columns {
			text := goType(b, enums, t.Table, &c.Column)
			if !slices.Contains(c.Go, text) {
				c.Go = append(c.Go, text)
			}
		}
	}
}

func goType(b *config.Block, enums *enum.Plan, t *schema.Table, c *schema.Column) string {
	required := c.NotNull || c.Inline
	if text, ok := b.GoType(t.Name, c.Name, c.Type, required); ok && required {
		return text
	} else if ok {
		return gotype.Parse(text).TakesNull(b.PointersForNull)
	}
	if e := enums.Column(t.Name, c.Name); e != nil {
		if required {
			return e.Name
		}
		return "*" + e.Name
	}
	base := stored.GoType(c.Type)
	if required {
		return base
	}
	return gotype.OrNull(base, b.PointersForNull)
}
