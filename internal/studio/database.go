package studio

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/sqlite"
)

// Database is what studio is over.
type Database struct {
	Name   string       // as it is shown
	Path   string       // of the file
	reads  *sql.DB      // each connection refuses to write
	writes *sql.DB      // of one connection, nil where nothing may be written
	client *drey.Client // of a cluster, nil for a file
}

// The numbers of connections and milliseconds.
const (
	readers  = 6
	lockWait = 1500
)

// OpenFile opens a database file, which must be there. Without write its connections refuse
// to write. What SQLite keeps beside a file in WAL mode it keeps for studio as well.
func OpenFile(ctx context.Context, path string, write bool) (*Database, error) {
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such database", path)
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder, no database file", path)
	}
	d := &Database{Name: filepath.Base(path), Path: path}
	var err error
	if d.reads, err = open(path, "query_only(1)"); err != nil {
		return nil, err
	}
	d.reads.SetMaxOpenConns(readers)
	d.reads.SetMaxIdleConns(readers)
	if write {
		if d.writes, err = open(path, "foreign_keys(1)"); err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	return d, nil
}

func open(path, pragma string) (*sql.DB, error) {
	uri := "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(path))
	options := url.Values{"mode": {"rw"}, "_dqs": {"0"}, "_txlock": {"immediate"}, "_pragma": {fmt.Sprintf("busy_timeout(%d)", lockWait), pragma}}
	return sqlite.OpenFile(uri + "?" + options.Encode())(sqlite.Interruptible)
}

// OpenCluster opens a cluster of rqlite by a client, to read: a cluster does not have
// transactions to try a change in. Closing it closes the client.
func OpenCluster(name string, client *drey.Client) *Database {
	return &Database{Name: name, Path: name, reads: client.ReadDB(), client: client}
}

// Close closes the connections.
func (d *Database) Close() error {
	if d.client != nil {
		return d.client.Close()
	}
	err := d.reads.Close()
	if d.writes != nil {
		err = errors.Join(err, d.writes.Close())
	}
	return err
}

// read calls f with a connection that only reads.
func (d *Database) read(ctx context.Context, f func(c drey.Conn) error) error {
	if d.client != nil {
		return f(d.client)
	}
	conn, err := d.reads.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return f(drey.OnDBTX(conn))
}
