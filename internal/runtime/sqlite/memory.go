//go:build !js

package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"

	"modernc.org/sqlite"

	drey "github.com/dreysql/drey/internal/runtime"
)

const memoryPath = ":memory:"

// memoryURI is the place of a new database in memory that all connections of the process
// can share. The database lives for as long as one of them is open. A process may have
// several copies of this package, so the name has what only this one has: an address.
func memoryURI() string {
	return fmt.Sprintf("file:/drey-%p-%d?vfs=memdb", &memories, memories.Add(1))
}

var memories atomic.Int64

// openMemory opens a copy of a database that the migrations have made.
func openMemory(ctx context.Context, migrations []Migration, o Options) (*drey.Client, error) {
	uri := memoryURI()
	held, err := templates.copy(ctx, migrations, uri)
	if err != nil {
		return nil, err
	}
	b, err := o.pools(uri)
	if err != nil {
		held.Close()
		return nil, err
	}
	b.Close = held.Close
	return drey.New(b), nil
}

// templateSet are databases in memory of which copies are opened: to copy one takes
// a fraction of the time that its migrations take. They stay for as long as the
// process. A template is a connection without a handle, so it does not have a
// goroutine.
type templateSet struct {
	turn chan struct{} // held by the one who uses kept and the connections in it
	kept []template    // the last one used comes last
}

type template struct {
	migrations []Migration
	conn       driver.Conn
}

// maxTemplates is how many templates are kept. A process has one for each generated
// package whose database it opens in memory.
const maxTemplates = 16

var templates = templateSet{turn: make(chan struct{}, 1)}

// copy makes a database at uri that is as the migrations make it. It lives until the
// connection that copy returns is closed, and the others to it.
func (s *templateSet) copy(ctx context.Context, migrations []Migration, uri string) (driver.Conn, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	t, err := s.of(ctx, migrations)
	if err != nil {
		return nil, err
	}
	source, ok := t.conn.(interface {
		NewBackup(string) (*sqlite.Backup, error)
	})
	if !ok {
		return nil, fmt.Errorf("the driver's %T has no NewBackup", t.conn)
	}
	b, err := source.NewBackup(uri)
	if err != nil {
		return nil, err
	}
	if _, err := b.Step(-1); err != nil {
		_ = b.Finish() // it says the same
		return nil, err
	}
	return b.Commit()
}

// of returns the template of these migrations, which it makes unless it is kept.
func (s *templateSet) of(ctx context.Context, migrations []Migration) (template, error) {
	at := slices.IndexFunc(s.kept, func(t template) bool {
		return slices.EqualFunc(t.migrations, migrations, func(a, b Migration) bool { return reflect.DeepEqual(a, b) })
	})
	if at >= 0 {
		t := s.kept[at]
		s.kept = append(slices.Delete(s.kept, at, at+1), t)
		return t, nil
	}
	conn, err := migratedMemory(ctx, migrations)
	if err != nil {
		return template{}, err
	}
	t := template{conn: conn}
	for _, m := range migrations {
		t.migrations = append(t.migrations, m.clone())
	}
	if len(s.kept) == maxTemplates {
		_ = s.kept[0].conn.Close() // nothing is lost
		s.kept = slices.Delete(s.kept, 0, 1)
	}
	s.kept = append(s.kept, t)
	return t, nil
}

// migratedMemory makes a database in memory and applies the migrations. It lives
// until the connection is closed.
func migratedMemory(ctx context.Context, migrations []Migration) (driver.Conn, error) {
	uri := memoryURI()
	db, err := connect(ctx, migratingDSN(uri), lockWait)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if _, err := migrate(ctx, db, migrations); err != nil {
		return nil, err
	}
	return db.Driver().Open(uri)
}

func (m Migration) clone() Migration {
	m.Up, m.Before, m.After = slices.Clone(m.Up), slices.Clone(m.Before), slices.Clone(m.After)
	return m
}
