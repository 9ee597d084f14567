package verify

import (
	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// tables: a field of a table's row type can take NULL where its column can be NULL. It cannot
// where sqlc.yaml gives the column a type like string: then it gets the type that a result
// column of a query gets, so that there is one row type, and both halves read the row.
func (c *checker) tables() {
	for _, t := range c.Schema.Tables {
		if model := c.models[t]; t.Kind == schema.KindTable && model != nil {
			for i := range t.Columns {
				c.takeNull(model, i, c.infer.Column(t, &t.Columns[i]))
			}
		}
	}
}

// takeNull has a field of a row type take NULL, if its column can be NULL.
func (c *checker) takeNull(model *sqlc.Struct, i int, t infer.Type) {
	f := &model.Fields[i]
	goType := gotype.Parse(f.Type).TakesNull(c.PointersForNull)
	if t.Null == infer.CanBeNull && goType != f.Type {
		f.Type = goType
		c.completions.Model(model.Name, f.Name, goType)
	}
}
