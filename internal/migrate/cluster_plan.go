package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/migrate/engine"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Beginning is what a cluster that was never migrated begins with: the statements that make
// the schema of a version, which are none for 0, the versions that are applied with it, and
// the steps that are left.
func Beginning(ctx context.Context, files []migration.File, steps []Step, from int64) (schema []string, first []Applied, later []Step, err error) {
	if from == 0 {
		return nil, nil, steps, nil
	}
	at := slices.IndexFunc(files, func(f migration.File) bool { return f.Version() == from })
	if at < 0 {
		return nil, nil, nil, fmt.Errorf("there is no migration with version %d, with which a cluster is to begin", from)
	}
	if last := steps[len(steps)-1].File; len(steps) > 1 && last.Version() < from {
		return nil, nil, nil, fmt.Errorf("a cluster begins with version %d, and not with version %d", from, last.Version())
	}
	for i := range files[:at+1] {
		first = append(first, Applied{Version: files[i].Version()})
	}
	later = slices.DeleteFunc(slices.Clone(steps), func(s Step) bool { return s.File.Version() <= from })
	schema, err = engine.Beginning(ctx, files[:at+1], engine.Rqlite)
	return schema, first, later, err
}

// child is a table that refers to another.
type child struct{ table, refers string } // and the condition of its rows that do

// path is the file of the step's direction.
func (s Step) path() string {
	if s.Up {
		return s.File.Path
	}
	return s.File.Undoes()
}

// dropped are the tables that refer to those which a step drops, by the statement that
// does: where foreign keys are enforced, their rows would go or change with them.
func dropped(ctx context.Context, files []migration.File, applied []Applied, s Step) (map[int][]child, error) {
	parts := engine.Parts(s.Statements())
	drops := func(p engine.Part) bool { return engine.Begins(p.Tokens, "DROP", "TABLE") }
	if !slices.ContainsFunc(parts, drops) {
		return nil, nil
	}
	m, err := made(ctx, files, applied)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	db, err := m.Open(nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	found := map[int][]child{}
	for i, part := range parts {
		if drops(part) {
			is, err := schema.Read(ctx, db)
			if err != nil {
				return nil, err
			}
			found[i] = children(is, part.Tokens[len(part.Tokens)-1].Name())
		}
		if _, err := db.ExecContext(ctx, part.SQL); err != nil {
			return found, nil // it fails in the cluster as well
		}
	}
	return found, nil
}

// children are the other tables that refer to a table.
func children(s *schema.Schema, parent string) (list []child) {
	for _, t := range s.Tables {
		if sqltext.EqualFold(t.Name, parent) {
			continue
		}
		for _, fk := range t.ForeignKeys {
			if !sqltext.EqualFold(fk.Table, parent) {
				continue
			}
			var refers []string
			for _, column := range fk.From {
				refers = append(refers, sqltext.Quote(column)+" IS NOT NULL")
			}
			list = append(list, child{t.Name, strings.Join(refers, " AND ")})
		}
	}
	return list
}

// made is a database in memory with the migrations that are applied.
func made(ctx context.Context, files []migration.File, applied []Applied) (*sqlite.Memory, error) {
	m, err := sqlite.NewMemory()
	if err != nil {
		return nil, err
	}
	have := slices.DeleteFunc(slices.Clone(files), func(f migration.File) bool {
		return !slices.ContainsFunc(applied, func(a Applied) bool { return a.Version == f.Version() })
	})
	if len(have) == 0 {
		return m, nil
	}
	if _, err := migration.Apply(ctx, m, have, nil); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// Refused finds what a database does not take of a plan's steps: nothing of a file's. No
// step has been run by then.
func Refused(ctx context.Context, t Target, files []migration.File, applied []Applied, steps []Step) error {
	if !t.Cluster() {
		return nil
	}
	var problems diag.Problems
	then := slices.Clone(applied)
	for _, s := range steps {
		problems = append(problems, engine.Refused(s.path(), s.Statements(), engine.Rqlite)...)
		then = recorded(then, Applied{Version: s.File.Version()}, s.Up)
	}
	if err := problems.Err(); err != nil {
		return err
	}
	m, err := made(ctx, files, then)
	if err != nil {
		return err
	}
	defer m.Close()
	is, err := alter.Of(ctx, m, migration.VersionTable)
	if err != nil {
		return err
	}
	list := make([]migration.Migration, len(files))
	for i := range files {
		list[i] = migration.Migration{Path: files[i].Path, Up: files[i].Up()}
	}
	for _, f := range engine.RqliteSchema(is) {
		path, line := migration.Created(list, strings.ToUpper(f.Kind), f.Name)
		problems = append(problems, &diag.Problem{File: path, Line: line, Msg: f.Why, Fix: f.Fix})
	}
	return problems.Err()
}
