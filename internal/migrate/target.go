package migrate

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/joho/godotenv"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/dreysql/drey/internal/sqlite"
)

// Target is the database to migrate: a file, or a cluster of rqlite.
type Target struct {
	Path  string   // of the file, or the addresses of the cluster's nodes, without passwords
	dsn   string   // a file's options
	nodes []string // of a cluster, with passwords
	of    string   // what the file is a copy of, "" if it is the database itself
}

// String is what the database is called in messages.
func (t Target) String() string { return cmp.Or(t.of, t.Path) }

// lockWait is how long a connection waits for a lock of SQLite's.
const lockWait = 10 * time.Second

// ParseTarget reads a data source name as the goose command takes one: a path,
// or a file: URI, with the driver's options after a question mark; or the addresses of a
// cluster's nodes, as in http://user:password@host:4001,http://host:4003.
func ParseTarget(dbstring string) (Target, error) {
	if t, ok, err := parseCluster(dbstring); ok {
		return t, err
	}
	path, query, _ := strings.Cut(dbstring, "?")
	if rest, ok := strings.CutPrefix(path, "file:"); ok {
		decoded, err := url.PathUnescape(rest)
		if err != nil {
			return Target{}, fmt.Errorf("%s is no URI of a file: %w", dbstring, err)
		}
		path = decoded
		if rest, ok := strings.CutPrefix(path, "//"); ok {
			path = rest
		}
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return Target{}, fmt.Errorf("%s: its options cannot be read: %w", dbstring, err)
	}
	if path == "" || path == ":memory:" || values.Get("mode") == "memory" || values.Get("vfs") != "" {
		return Target{}, fmt.Errorf("%q is no database file: migrations of a database in memory would be gone at once", dbstring)
	}
	return Target{Path: path, dsn: query}, nil
}

// DSN is the data source name of a connection that runs migrations. mode is
// SQLite's: "rwc" creates the file and makes it use a WAL, "rw" takes it as it is.
func (t Target) DSN(mode string) string {
	options := url.Values{"mode": {mode}, "_txlock": {"immediate"},
		"_pragma": {fmt.Sprintf("busy_timeout(%d)", lockWait.Milliseconds())}}
	if mode == "rwc" {
		options.Add("_pragma", "journal_mode(WAL)")
	}
	given, _ := url.ParseQuery(t.dsn) // ParseTarget has read it
	for key, values := range given {
		if key != "mode" && key != "_txlock" {
			options[key] = append(options[key], values...)
		}
	}
	return fileURI(t.Path) + "?" + options.Encode()
}

// fileURI is the path in SQLite's URI form, see https://www.sqlite.org/uri.html.
func fileURI(path string) string {
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(path))
}

// Exists reports whether the file is there. A cluster always is.
func (t Target) Exists() (bool, error) {
	if t.Cluster() {
		return true, nil
	}
	info, err := os.Stat(t.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case info.IsDir():
		return false, fmt.Errorf("%s is a folder, no database file", t.Path)
	}
	return true, nil
}

// Read opens the database for reading. Any write to it fails.
func (t Target) Read(ctx context.Context) (*sql.DB, error) {
	if there, err := t.Exists(); err != nil {
		return nil, err
	} else if !there {
		return nil, fmt.Errorf("%s: %w", t.Path, fs.ErrNotExist)
	}
	db, err := sqlite.OpenFile(t.DSN("rw") + "&_pragma=query_only(1)")(nil)
	if err != nil {
		return nil, err
	}
	if err := awake(ctx, db); err != nil {
		db.Close()
		return nil, fmt.Errorf("open %s: %w", t.Path, err)
	}
	return db, nil
}

// awake opens the connection. Switching to WAL takes a lock, and SQLite does
// not wait for it by itself while somebody else is switching.
func awake(ctx context.Context, db *sql.DB) error {
	for deadline := time.Now().Add(lockWait); ; {
		_, err := db.ExecContext(ctx, "SELECT 1 FROM sqlite_schema")
		var coded interface{ Code() int }
		busy := errors.As(err, &coded) && coded.Code()&0xff == sqlite3.SQLITE_BUSY
		if !busy || time.Now().After(deadline) {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

// Environment is what the goose command reads: the environment, and the file
// .env for what is not set there.
type Environment struct{ file map[string]string }

// ReadEnvironment reads .env in a folder, if it is there.
func ReadEnvironment(dir string) (Environment, error) {
	file, err := godotenv.Read(filepath.Join(dir, ".env"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Environment{}, fmt.Errorf("read %s: %w", filepath.Join(dir, ".env"), err)
	}
	return Environment{file}, nil
}

// Get returns a variable, "" where it is not set.
func (e Environment) Get(name string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return e.file[name]
}
