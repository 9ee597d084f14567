package diff

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// ErrUnfaithful: goose would read another text of the schema than the database has.
var ErrUnfaithful = errors.New("goose would read other text than the database has")

// Baseline is a migration that makes a schema in an empty database, byte by byte
// as sqlite_schema has it, and takes it back.
func Baseline(ctx context.Context, version int64, s *alter.Snapshot) (string, error) {
	empty := &alter.Snapshot{Schema: &schema.Schema{}}
	down, err := alter.Plan(ctx, s, empty, nil)
	if err != nil {
		return "", err
	}
	up := &alter.Script{}
	for _, o := range s.Objects {
		up.Statements = append(up.Statements, o.SQL)
	}
	text := File(version, up, down)
	return text, faithful(ctx, s, text)
}

// faithful has goose read the migration.
func faithful(ctx context.Context, s *alter.Snapshot, text string) error {
	dir, err := os.MkdirTemp("", "drey-baseline")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "00001_baseline.sql"), []byte(text), 0o600); err != nil {
		return err
	}
	files, err := migration.Load(dir, []string{"."})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnfaithful, err)
	}
	got, err := Migrated(ctx, files)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnfaithful, err)
	}
	for _, o := range s.Objects {
		if g := got.Object(o.Kind, o.Name); g == nil || g.SQL != o.SQL {
			return fmt.Errorf("%w: %s %s: a line of it ends in CR LF, or has an annotation of goose's", ErrUnfaithful, o.Kind, o.Name)
		}
	}
	return nil
}
