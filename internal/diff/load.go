package diff

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/migrate"
	"github.com/dreysql/drey/internal/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// header is what a SQLite database begins with,
// see https://www.sqlite.org/fileformat2.html.
var header = []byte("SQLite format 3\x00")

// Wanted reads a schema from a file: a SQLite database, or SQL that makes one in
// an empty database. SQL that fails is a [diag.Problem].
func Wanted(ctx context.Context, name string) (*Snapshot, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the wanted schema: %w", err)
	}
	if bytes.HasPrefix(content, header) {
		return Stored(ctx, migrate.Target{Path: name})
	}
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
	if err := c.Exec(string(content)); err != nil {
		p := &diag.Problem{File: name, Msg: err.Error(), Err: err, Fix: "write the statements that make the wanted schema in an empty database"}
		var at *sqlite.Error
		if errors.As(err, &at) {
			p.Line, p.Col = sqltext.Position(string(content), at.Offset)
		}
		return nil, p
	}
	return Of(ctx, m)
}

// Stored reads the schema of a database file.
func Stored(ctx context.Context, t migrate.Target) (*Snapshot, error) {
	db, err := t.Read(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	s, err := Read(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Path, err)
	}
	return s, nil
}

// Migrated is the schema that migrations make.
func Migrated(ctx context.Context, files []migration.File) (*Snapshot, error) {
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
	return Of(ctx, m)
}

// Of reads the schema of a database in memory.
func Of(ctx context.Context, m *sqlite.Memory) (*Snapshot, error) {
	db, err := m.Open(nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return Read(ctx, db)
}
