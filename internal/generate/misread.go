package generate

import (
	"slices"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/migration"
)

// warnMisread warns of texts in the schema that SQLite takes for strings, and people perhaps
// for columns. In a query such a text is refused.
func (r *run) warnMisread() error {
	var seen []*project.Database
	for _, b := range r.blocks {
		if b.uncertain() || slices.Contains(seen, b.Database) {
			continue
		}
		seen = append(seen, b.Database)
		found, err := b.Memory.Misread()
		if err != nil {
			return err
		}
		for _, m := range found {
			p := &diag.Problem{Msg: m.String(), Fix: m.Fix()}
			p.File, p.Line = migration.Created(b.Migrations, m.Kind, m.Name)
			r.result.Warnings = append(r.result.Warnings, p)
		}
	}
	return nil
}
