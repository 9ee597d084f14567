package runtime

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// Open opens the database file at path, which has to exist and to have the
// schema that this package was generated from: otherwise the error is
// [ErrSchemaOlder] or [ErrSchemaNewer]. [Migrate] creates a file and brings it
// up to date. The path ":memory:" opens a new database in memory, migrated.
//
// Every connection enforces foreign keys, waits up to ten seconds for a lock,
// syncs as WAL needs it, keeps times as UTC text that SQLite's own functions
// read, and takes "name" for an identifier only, never for a string.
// Transactions begin with BEGIN IMMEDIATE.
func Open(ctx context.Context, path string) (*Client, error) {
	if path == ":memory:" {
		return openMemory(ctx)
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open database: %w (Migrate or goose up creates it)", err)
	}
	db, err := connect(ctx, servingDSN(fileURI(path, "rw")))
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	if err := checkSchema(ctx, db); err != nil {
		db.Close()
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	c := NewClient(db)
	c.owned = true
	return c, nil
}

var memories atomic.Int64

// openMemory opens a database in memory that all connections of the pool share.
// It lives for as long as one connection is open, so the client holds one.
func openMemory(ctx context.Context) (*Client, error) {
	uri := fmt.Sprintf("file:/drey-%d-%d?vfs=memdb", os.Getpid(), memories.Add(1))
	db, err := connect(ctx, migratingDSN(uri))
	if err != nil {
		return nil, fmt.Errorf("open database in memory: %w", err)
	}
	defer db.Close()
	if _, err := migrate(ctx, db); err != nil {
		return nil, fmt.Errorf("migrate database in memory: %w", err)
	}
	kept, err := connect(ctx, servingDSN(uri))
	if err != nil {
		return nil, fmt.Errorf("open database in memory: %w", err)
	}
	anchor, err := kept.Conn(ctx)
	if err != nil {
		kept.Close()
		return nil, fmt.Errorf("open database in memory: %w", err)
	}
	c := NewClient(kept)
	c.owned, c.anchor = true, anchor
	return c, nil
}

// connect opens the database and one connection to it. To switch to WAL takes a
// lock for which SQLite does not wait by itself when somebody else is switching.
func connect(ctx context.Context, dsn string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(lockWait); ; {
		err := db.PingContext(ctx)
		if err == nil {
			return db, nil
		}
		if !isBusy(err) || time.Now().After(deadline) {
			db.Close()
			return nil, err
		}
		time.Sleep(time.Millisecond)
	}
}

// lockWait is how long a connection waits for a lock.
const lockWait = 10 * time.Second

// isBusy reports whether the error is SQLite's code 5, SQLITE_BUSY, or an
// extension of it.
func isBusy(err error) bool {
	var coded interface{ Code() int }
	return errors.As(err, &coded) && coded.Code()&0xff == 5
}

// fileURI is the path in SQLite's URI form, see https://www.sqlite.org/uri.html.
func fileURI(path, mode string) string {
	escape := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")
	return "file:" + escape.Replace(path) + "?mode=" + mode
}

var busyTimeout = fmt.Sprintf("busy_timeout(%d)", lockWait.Milliseconds())

// servingDSN adds the options of a connection that serves queries,
// migratingDSN those of one that runs migrations, which is what the goose
// command has. They are modernc's, see
// https://pkg.go.dev/modernc.org/sqlite#Driver.Open.
func servingDSN(uri string) string {
	return uri + "&" + url.Values{
		"_pragma": {
			busyTimeout,
			"journal_mode(WAL)",
			"synchronous(NORMAL)",
			"foreign_keys(ON)",
		},
		"_txlock":      {"immediate"},
		"_time_format": {"sqlite"},
		"_timezone":    {"UTC"},
		"_dqs":         {"0"},
	}.Encode()
}

func migratingDSN(uri string) string {
	return uri + "&" + url.Values{
		"_pragma": {busyTimeout, "journal_mode(WAL)"},
		"_txlock": {"immediate"},
	}.Encode()
}
