package sqlite

import (
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"

	sqlite3 "modernc.org/sqlite/lib"
)

// Save writes the database into a new file.
func (m *Memory) Save(path string) error {
	file, err := open(fileURI(path, ""), nil)
	if err != nil {
		return err
	}
	if err := copyInto(m.anchor, file); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// LoadMemory reads a database from a file that must not change meanwhile.
func LoadMemory(path string) (*Memory, error) {
	file, err := open(fileURI(path, "mode=ro&immutable=1"), nil)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	m, err := NewMemory()
	if err != nil {
		return nil, err
	}
	if err := copyInto(file, m.anchor); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// fileURI names a file, see https://www.sqlite.org/uri.html.
func fileURI(path, query string) string {
	path = filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query}).String()
}

// ReadFile opens a database for reading, which leaves it as it is. Beside it, SQLite makes
// the -shm file of a write-ahead log that a process has left when it died, as every reader
// does; no other file is made. ReadFile waits at most five seconds for whoever is writing.
func ReadFile(path string) (*Conn, error) {
	head := make([]byte, 20)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	_, err = io.ReadFull(f, head)
	f.Close()
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	options := "mode=ro"
	if wal, err := os.Stat(path + "-wal"); head[18] == 2 && (err != nil || wal.Size() == 0) {
		options += "&immutable=1" // SQLite would make files beside it, although the write-ahead log is empty
	}
	c, err := open(fileURI(path, options), nil)
	if err != nil {
		return nil, err
	}
	if _, err := c.Rows("PRAGMA busy_timeout = 5000"); err != nil {
		c.Close()
		return nil, err
	}
	if _, err := c.Rows("SELECT 1 FROM sqlite_schema LIMIT 1"); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// WriteFile opens a database that is there for writing. Foreign keys are enforced, and
// triggers do not run. It waits at most five seconds for whoever is writing.
func WriteFile(path string) (*Conn, error) {
	settings := []setting{{sqlite3.SQLITE_DBCONFIG_ENABLE_FKEY, 1}, {sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}}
	c, err := open(fileURI(path, "mode=rw"), settings)
	if err != nil {
		return nil, err
	}
	if _, err := c.Rows("PRAGMA busy_timeout = 5000"); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}
