package export

import (
	"bytes"
	"context"
	"fmt"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/migrate/engine"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// beginning is the file with which a database begins that is newer than some of
// the migrations: the schema that they lead to. D1 need not take what it refuses
// in them. Their rows are not in it, so they must not leave any.
func beginning(ctx context.Context, files []migration.File) ([]byte, error) {
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
	var b bytes.Buffer
	fmt.Fprintf(&b, "-- Exported by drey: the schema that the migrations up to %s lead to.\n", last.Name())
	var problems diag.Problems
	for _, o := range s.Objects {
		fmt.Fprintf(&b, "%s;\n", o.SQL)
		for _, part := range sqltext.Split(o.SQL) {
			if why, fix := engine.D1(part.Text); why != "" {
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
	return b.Bytes(), problems.Err()
}
