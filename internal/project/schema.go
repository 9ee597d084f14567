package project

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
)

// Schema is a set of migrations and what they make. Its methods may be called
// from several goroutines.
type Schema struct {
	Root  string   // the folder that the paths are relative to
	Paths []string // folders, files and patterns, slash-separated

	mu         sync.Mutex
	loaded     bool
	files      []migration.File
	err        error
	kind       migration.Kind
	database   *Database
	statements *Statements
}

// NewSchema is the schema of migrations that no configuration names.
func NewSchema(root string, paths ...string) *Schema { return &Schema{Root: root, Paths: paths} }

// Files are the migrations as they are written, sorted by version. Its error is
// that of [migration.Load]: where it is about some of the files, the others are
// there as well.
func (s *Schema) Files() ([]migration.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.load()
}

// FilesOrNone is [Schema.Files] for a folder that may not have migrations yet.
func (s *Schema) FilesOrNone() ([]migration.File, error) {
	files, err := s.Files()
	var problems diag.Problems
	if len(files) > 0 || !errors.As(err, &problems) || len(problems) != 1 || len(s.Paths) != 1 {
		return files, err
	}
	entries, readErr := os.ReadDir(filepath.Join(s.Root, filepath.FromSlash(s.Paths[0])))
	if readErr != nil && !errors.Is(readErr, fs.ErrNotExist) ||
		slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return filepath.Ext(e.Name()) == ".sql" || filepath.Ext(e.Name()) == ".go" }) {
		return files, err
	}
	return nil, nil
}

// Kind is the format of the migrations, and what shows it. The error is that of
// [Schema.Files], with which it is there as well.
func (s *Schema) Kind() (migration.Kind, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.load()
	return s.kind, err
}

func (s *Schema) load() ([]migration.File, error) {
	if !s.loaded {
		s.kind, s.files, s.err = migration.LoadKind(s.Root, s.Paths)
		s.loaded = true
	}
	return slices.Clone(s.files), s.err
}

// same reports whether two schemas have the same migrations, by whatever paths.
func (s *Schema) same(other *Schema) bool {
	files, err := s.Files()
	others, otherErr := other.Files()
	return err == nil && otherErr == nil && slices.EqualFunc(files, others, func(a, b migration.File) bool {
		one, err := filepath.Abs(filepath.Join(s.Root, filepath.FromSlash(a.Path)))
		two, otherErr := filepath.Abs(filepath.Join(other.Root, filepath.FromSlash(b.Path)))
		return err == nil && otherErr == nil && one == two
	})
}

// Database returns what the migrations make of an empty SQLite in memory. What is
// wrong with them is in it: the database is then without that. The error is about
// anything else, ctx for one. It is the same database until it is closed, and for
// one goroutine at a time.
func (s *Schema) Database(ctx context.Context) (*Database, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.migrated(ctx)
}

func (s *Schema) migrated(ctx context.Context) (*Database, error) {
	if s.database != nil {
		return s.database, nil
	}
	d := &Database{}
	files, err := s.load()
	if err == nil || errors.As(err, &d.Problems) {
		err = d.migrate(ctx, s.Root, files)
	}
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	s.database = d
	return d, nil
}

// Applied is [Schema.Database] where all of the migrations make it. One that
// cannot be read or applied is the error, as is a view that they leave broken.
func (s *Schema) Applied(ctx context.Context) (*Database, error) {
	d, err := s.Database(ctx)
	switch {
	case err != nil:
		return nil, err
	case len(d.failed) > 0:
		return nil, d.failed
	case d.without:
		return nil, d.Problems
	}
	return d, nil
}

// Close drops the database, and what is prepared on it. It is made anew when it
// is asked for again.
func (s *Schema) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.statements != nil {
		err = s.statements.close()
	}
	if s.database != nil {
		err = errors.Join(err, s.database.close())
	}
	s.statements, s.database = nil, nil
	return err
}
