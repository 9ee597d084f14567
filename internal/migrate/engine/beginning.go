package engine

import (
	"context"
	"fmt"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Beginning are the statements with which a database begins that is newer than some of
// the migrations: the schema that they lead to. The engine need not take what it refuses
// in them. Their rows are not in it, so they must not leave any.
func Beginning(ctx context.Context, files []migration.File, judge Judge) (list []string, err error) {
	last := &files[len(files)-1]
	m, err := sqlite.NewMemory()
	if err != nil {
		return nil, err
	}
	defer m.Close()
	if _, err := migration.Apply(ctx, m, files, nil); err != nil {
		return nil, err
	}
	db, err := m.Open(nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	s, err := alter.Read(ctx, db, migration.VersionTable)
	if err != nil {
		return nil, err
	}
	var problems diag.Problems
	for _, o := range s.Objects {
		list = append(list, o.SQL)
		for _, part := range sqltext.Split(o.SQL) {
			if why, fix := judge(part.Text); why != "" {
				problems = append(problems, &diag.Problem{File: last.Path, Msg: fmt.Sprintf("%s %s: %s", o.Kind, o.Name, why), Fix: fix})
			}
		}
	}
	for _, t := range s.Schema.Tables {
		if t.Kind != schema.KindTable {
			continue
		}
		var filled bool
		if err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+sqltext.Quote(t.Name)+")").Scan(&filled); err != nil {
			return nil, err
		}
		if filled {
			problems = append(problems, &diag.Problem{File: last.Path,
				Msg: fmt.Sprintf("the migrations up to this one leave rows in %s, which a schema does not have", t.Name),
				Fix: "begin before the migration that inserts them"})
		}
	}
	return list, problems.Err()
}
