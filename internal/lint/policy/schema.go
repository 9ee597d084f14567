package policy

import (
	"context"
	"errors"
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
		conn = migrated(root)
		projects.conns[root] = conn
	}
	if conn == nil {
		return nil, ErrNoSchema
	}
	return conn.Describe(sql)
}

// migrated is a connection to the migrated database, or nil. What is wrong with
// a configuration or a migration is for "drey generate" to say.
func migrated(root string) *sqlite.Conn {
	cfg, err := config.Load(root)
	if err != nil || len(cfg.Blocks) != 1 || len(cfg.Skipped) > 0 {
		return nil
	}
	files, err := migration.Load(root, cfg.Blocks[0].Schema)
	if err != nil {
		return nil
	}
	memory, err := sqlite.NewMemory()
	if err != nil {
		return nil
	}
	if _, err := migration.Apply(context.Background(), memory, files, nil); err != nil {
		_ = memory.Close()
		return nil
	}
	conn, err := memory.Conn() // stays open, as the cache does
	if err != nil {
		_ = memory.Close()
		return nil
	}
	return conn
}
