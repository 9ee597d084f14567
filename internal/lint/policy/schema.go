package policy

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/dreysql/drey/internal/config"
	"github.com/dreysql/drey/internal/migration"
	"github.com/dreysql/drey/internal/sqlite"
)

// ErrNoSchema says that it is not known which schema SQL is for: there is no
// sqlc.yaml, it or its migrations are broken, or it has not one block.
var ErrNoSchema = errors.New("no single schema")

// projects has the migrated database of each project's folder, for as long as
// the process lives. Analyzers run side by side, a connection does not.
var projects = struct {
	sync.Mutex
	conns map[string]*sqlite.Conn
}{conns: map[string]*sqlite.Conn{}}

// Describe prepares a statement on the migrated schema of the project that dir
// is in. Its error is an [*sqlite.Error], or [ErrNoSchema].
func Describe(dir, sql string) (*sqlite.Stmt, error) {
	root, ok := Project(dir)
	if !ok {
		return nil, ErrNoSchema
	}
	projects.Lock()
	defer projects.Unlock()
	conn, known := projects.conns[root]
	if !known {
		conn, _ = migrated(root) // drey lint tells, see SchemaProblem
		projects.conns[root] = conn
	}
	if conn == nil {
		return nil, ErrNoSchema
	}
	return conn.Describe(sql)
}

// SchemaProblem is what keeps a project's schema from being known although it has
// one: its migrations cannot be read or applied. Without the schema no SQL is
// checked, which nobody would notice.
func SchemaProblem(root string) error {
	conn, err := migrated(root)
	if err != nil || conn == nil {
		return err
	}
	return conn.Close()
}

// migrated is a connection to the migrated database, or nil where a project has
// not exactly one schema of SQLite.
func migrated(root string) (*sqlite.Conn, error) {
	cfg, err := config.Load(root)
	if err != nil || len(cfg.Blocks) != 1 || len(cfg.Skipped) > 0 {
		return nil, err
	}
	files, err := migration.Load(root, cfg.Blocks[0].Schema)
	if err != nil {
		return nil, err
	}
	memory, err := cachedSchema(CacheDir(), files)
	if err != nil {
		return nil, err
	}
	conn, err := memory.Conn() // stays open, as the cache does
	if err != nil {
		return nil, errors.Join(err, memory.Close())
	}
	return conn, nil
}

// cachedSchema is the migrated database, from a file of the cache if it has one
// with the hash of these migrations. Under go vet each package is a process that
// would apply them all. Several processes may write one file: each writes its own
// and renames it. A file that is not whole is written again, and one that cannot
// be written is left. A cache of "" has none.
func cachedSchema(cache string, files []migration.File) (*sqlite.Memory, error) {
	if cache == "" {
		return applied(files)
	}
	name := filepath.Join(cache, "schema", schemaKey(files))
	if whole(name) {
		if memory, err := sqlite.LoadMemory(name); err == nil {
			return memory, nil
		}
	}
	memory, err := applied(files)
	if err == nil {
		_ = saveSchema(memory, name) // the next process applies them again
	}
	return memory, err
}

func applied(files []migration.File) (*sqlite.Memory, error) {
	memory, err := sqlite.NewMemory()
	if err != nil {
		return nil, err
	}
	if _, err := migration.Apply(context.Background(), memory, files, nil); err != nil {
		_ = memory.Close()
		return nil, err
	}
	return memory, nil
}

// schemaKey is the hash of what the schema depends on. The number goes up with
// whatever else changes it.
func schemaKey(files []migration.File) string {
	h := sha256.New()
	fmt.Fprintln(h, 1)
	for i := range files {
		fmt.Fprintf(h, "%s %d\n", files[i].Name(), len(files[i].Content))
		h.Write(files[i].Content)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:16])
}

// saveSchema writes the database with its SHA-256 sum behind it, which SQLite
// does not read: the size of a database is in its header.
func saveSchema(memory *sqlite.Memory, name string) error {
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
