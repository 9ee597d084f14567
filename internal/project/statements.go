package project

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
)

// Statements prepares statements on a migrated database, for several goroutines.
type Statements struct {
	mu     sync.Mutex
	memory *sqlite.Memory // nil where the schema has it
	conn   *sqlite.Conn
}

// Describe prepares a statement. Its error is an [*sqlite.Error].
func (s *Statements) Describe(sql string) (*sqlite.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn.Describe(sql)
}

// Strings runs a query of one column of text.
func (s *Statements) Strings(query string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn.Strings(query)
}

func (s *Statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.conn.Close()
	if s.memory != nil {
		err = errors.Join(err, s.memory.Close())
	}
	return err
}

// Statements prepares statements on the database that all of the migrations make.
// It comes from a file in [CacheDir], if there is one of these migrations: each
// package that go vet looks at is a process, and each of them would apply them.
// If a migration cannot be read or applied, that is the error.
func (s *Schema) Statements() (*Statements, error) { return s.prepared(CacheDir()) }

// prepared is [Schema.Statements] with a folder of its own for the file. Several
// processes may write one file: each writes its own and renames it. A file that is
// not complete is written again, and one that cannot be written is left. If cache
// is "", there is no file.
func (s *Schema) prepared(cache string) (*Statements, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.statements != nil {
		return s.statements, nil
	}
	files, err := s.load()
	if err != nil {
		return nil, err
	}
	name := ""
	if cache != "" {
		name = filepath.Join(cache, "schema", schemaKey(files))
	}
	st := &Statements{}
	if s.database == nil && name != "" && whole(name) {
		st.memory, _ = sqlite.LoadMemory(name) // or else the migrations are applied
	}
	memory := st.memory
	if memory == nil {
		if memory, err = s.made(st, files); err != nil {
			return nil, err
		}
		if name != "" && !whole(name) {
			_ = save(memory, name) // the next process applies them again
		}
	}
	if st.conn, err = memory.Conn(); err != nil {
		if st.memory != nil {
			err = errors.Join(err, st.memory.Close())
		}
		return nil, err
	}
	s.statements = st
	return st, nil
}

// made is the schema's own database, or where that lacks views one that has them.
func (s *Schema) made(st *Statements, files []migration.File) (*sqlite.Memory, error) {
	ctx := context.Background()
	d, err := s.migrated(ctx)
	switch {
	case err != nil:
		return nil, err
	case len(d.failed) > 0:
		return nil, d.failed
	case !d.without:
		return d.Memory, nil
	}
	if st.memory, err = sqlite.NewMemory(); err != nil {
		return nil, err
	}
	if _, err := migration.Apply(ctx, st.memory, files, nil); err != nil {
		return nil, errors.Join(err, st.memory.Close())
	}
	return st.memory, nil
}

// schemaKey is the hash of what the schema depends on. The number goes up with
// whatever else changes it.
func schemaKey(files []migration.File) string {
	h := sha256.New()
	fmt.Fprintln(h, 2)
	for i := range files {
		text := files[i].Goose()
		fmt.Fprintf(h, "%d %s %d\n", files[i].Version(), files[i].Name(), len(text))
		h.Write(text)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:16])
}

// save writes the database with its SHA-256 sum after it, which SQLite does not
// read: the size of a database is in its header.
func save(memory *sqlite.Memory, name string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(name), "part-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	part := filepath.Join(dir, "schema")
	if err := memory.Save(part); err != nil {
		return err
	}
	content, err := os.ReadFile(part)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	if err := os.WriteFile(part, append(content, sum[:]...), 0o644); err != nil {
		return err
	}
	return os.Rename(part, name)
}

// whole reports whether a file is there and has the sum that it ends in.
func whole(name string) bool {
	content, err := os.ReadFile(name)
	n := len(content) - sha256.Size
	return err == nil && n > 0 && sha256.Sum256(content[:n]) == [sha256.Size]byte(content[n:])
}
