package policy

import (
	"context"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/stored"
	"github.com/dreysql/drey/internal/upkeep"
)

// Kept returns what a statement does not look at of the columns that the data layer keeps
// up: deleted rows, the time of a change, the version. The problems are by the rules of
// package upkeep. If the statement may be for several databases, there are none unless all
// of them have some.
func (p Project) Kept(sql string) map[string]diag.Problems {
	if p.in == nil || p.in.Config.OtherDatabases {
		return nil
	}
	var found map[string]diag.Problems
	for _, s := range p.in.Schemas() {
		statements, err := p.statements(s)
		if err != nil {
			return nil
		}
		if _, err := statements.Describe(sql); err != nil {
			continue
		}
		if found = p.kept(s, sql); len(found) == 0 {
			return nil
		}
	}
	return found
}

// kept is Kept in one schema.
func (p Project) kept(s *project.Schema, sql string) map[string]diag.Problems {
	for _, b := range p.in.Blocks(s) {
		if len(b.Upkeep.Options()) == 0 {
			continue
		}
		d, err := s.Database(context.Background())
		if err != nil {
			return nil // drey lint tells
		}
		types := stored.TypesOf(nil)
		if m, err := p.in.Module(b); err == nil {
			types = stored.TypesOf(m.GoTypes(b))
		}
		plan := upkeep.Make(d.Schema, p.in.Config.File, b.Upkeep, upkeep.Types(types))
		if found := plan.Check(d.Schema, &query.Query{Text: sql}); len(found) > 0 {
			return found
		}
	}
	return nil
}
