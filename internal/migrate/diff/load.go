package diff

import (
	"context"
	"errors"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Made is the schema that SQL makes in an empty database. SQL that fails is a
// [diag.Problem] in the file of that name.
func Made(ctx context.Context, name, sql string) (*alter.Snapshot, error) {
	m, err := sqlite.NewMemory()
	if err != nil {
		return nil, err
	}
	defer m.Close()
	c, err := m.PlainConn()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if err := c.Exec(sql); err != nil {
		p := &diag.Problem{File: name, Msg: err.Error(), Err: err, Fix: "write the statements that make the wanted schema in an empty database"}
		var at *sqlite.Error
		if errors.As(err, &at) {
			p.Line, p.Col = sqltext.Position(sql, at.Offset)
		}
		return nil, p
	}
	return alter.Of(ctx, m, migration.VersionTable)
}

// Migrated is the schema that migrations make.
func Migrated(ctx context.Context, files []migration.File) (*alter.Snapshot, error) {
	m, err := sqlite.NewMemory()
	if err != nil {
		return nil, err
	}
	defer m.Close()
	if len(files) > 0 {
		if _, err := migration.Apply(ctx, m, files, nil); err != nil {
			return nil, err
		}
	}
	return alter.Of(ctx, m, migration.VersionTable)
}
