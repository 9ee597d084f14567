//go:build !js

package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"modernc.org/sqlite"
)

// keeper looks after the file of a database.
type keeper struct {
	path string
	max  int64   // bytes of the write-ahead log
	db   *sql.DB // that writes
	// patience is the busy timeout of its connection.
	patience time.Duration

	file   os.FileInfo // what was opened
	looked time.Time   // when it was last there
	moved  bool

	writes      int
	next        int64 // the size from which to try again
	checkpoints atomic.Int64
}

// How often the file is looked at, and the size of the log, in writes; and how
// long a checkpoint waits for readers.
const (
	lookAfter      = 100 * time.Millisecond
	looks          = 32
	checkpointWait = 500 * time.Millisecond
)

// guard refuses writes once another file, or none, is at the path. SQLite itself
// would go on writing to a file that nobody can open again, and a connection
// that is opened later would have another database. The caller has the turn to
// write.
func (k *keeper) guard() error {
	if !k.moved && time.Since(k.looked) > lookAfter {
		k.looked = time.Now()
		info, err := os.Stat(k.path)
		k.moved = errors.Is(err, os.ErrNotExist) || err == nil && !os.SameFile(info, k.file)
	}
	if k.moved {
		return fmt.Errorf("%w: %s", drey.ErrMoved, k.path)
	}
	return nil
}

// tidy empties the write-ahead log if it has grown. SQLite's own checkpoints
// copy it into the database, but start it anew only at a moment without
// readers, which never comes under constant reads. The caller has the turn to
// write.
func (k *keeper) tidy(ctx context.Context) {
	if k.writes++; k.writes%looks != 0 {
		return
	}
	info, err := os.Stat(k.path + "-wal")
	if err != nil || info.Size() < max(k.max, k.next) {
		return
	}
	// What has been written stays written, whatever becomes of the caller.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*checkpointWait)
	defer cancel()
	conn, err := k.db.Conn(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	var busy, frames, copied int64
	err = pragma(ctx, conn, busyTimeout(checkpointWait))
	if err == nil {
		err = conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &copied)
	}
	if e := pragma(context.WithoutCancel(ctx), conn, busyTimeout(k.patience)); e != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // it is not as others expect it
	}
	k.next = 0
	if err != nil || busy != 0 { // a reader that does not end; do not wait for it each time
		k.next = info.Size() + info.Size()/4
		return
	}
	k.checkpoints.Add(1)
}

func pragma(ctx context.Context, conn *sql.Conn, setting string) error {
	_, err := conn.ExecContext(ctx, "PRAGMA "+setting)
	return err
}

// optimize has SQLite renew the statistics that are out of date, as
// https://www.sqlite.org/pragma.html#pragma_optimize recommends before a
// connection is closed.
func (k *keeper) optimize() error {
	ctx, cancel := context.WithTimeout(context.Background(), checkpointWait)
	defer cancel()
	_, err := k.db.ExecContext(ctx, "PRAGMA analysis_limit = 400; PRAGMA optimize")
	switch drey.FailureOf(err) {
	case drey.NoFailure, drey.Busy, drey.Canceled, drey.Full, drey.ReadOnly: // it can wait
		return nil
	}
	return err
}

// Check looks for damage in the database and for rows that refer to nothing.
// If it finds any, the error is [drey.ErrCorrupt], with at most a hundred
// findings. It reads the whole database.
func Check(ctx context.Context, c *drey.Client) error {
	var found []string
	for _, query := range []string{
		"PRAGMA integrity_check(100)",
		`SELECT "table" || ' has a row that refers to no row of ' || parent || ', rowid ' || COALESCE(rowid, '?')
			FROM pragma_foreign_key_check LIMIT 100`,
	} {
		rows, err := c.ReadDB().QueryContext(ctx, query)
		if err == nil {
			for rows.Next() && err == nil {
				var finding string
				if err = rows.Scan(&finding); finding != "ok" {
					found = append(found, finding)
				}
			}
			err = errors.Join(err, rows.Err(), rows.Close())
		}
		if drey.FailureOf(err) == drey.Corrupt {
			found = append(found, err.Error())
		} else if err != nil {
			return fmt.Errorf("check the database: %w", err)
		}
	}
	if len(found) > 0 {
		return fmt.Errorf("%w: %s", drey.ErrCorrupt, strings.Join(found, "; "))
	}
	return nil
}

// backupPages is how many pages of a backup are copied between two looks at
// the context.
const backupPages = 1024

// Backup copies the database into a new file, as it is now: later writes are not in it.
// Reads and writes do not wait. But it takes one of the readers, and the write-ahead
// log grows until the copy is done. progress, which may be nil, is told how many pages
// have been copied, and of how many. The file appears under its name only when it is
// whole and on disk. If there is such a file already, the error is os.ErrExist.
func Backup(ctx context.Context, c *drey.Client, path string, progress func(done, total int)) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("backup to %s: %w", path, os.ErrExist)
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.partial")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	partial := file.Name()
	defer func() {
		if err != nil {
			err = fmt.Errorf("backup to %s: %w", path, err)
			_ = os.Remove(partial)
			_ = os.Remove(partial + "-journal")
		}
	}()
	if err := file.Close(); err != nil {
		return err
	}
	if err := copyTo(ctx, c, partial, progress); err != nil {
		return err
	}
	if err := syncFile(partial); err != nil {
		return err
	}
	// A link, unlike a renaming, fails where a file has come meanwhile.
	if err := os.Link(partial, path); err != nil {
		if errors.Is(err, os.ErrExist) {
			return err
		}
		if err := os.Rename(partial, path); err != nil { // no links on this file system
			return err
		}
	} else if err := os.Remove(partial); err != nil {
		return err
	}
	return syncFile(filepath.Dir(path))
}

func copyTo(ctx context.Context, c *drey.Client, path string, progress func(done, total int)) error {
	conn, err := c.ReadDB().Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// SQLite begins a backup anew when another connection writes between two of
	// its steps, unless its own holds a snapshot.
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var n int64
	if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema").Scan(&n); err != nil {
		return err
	}
	return conn.Raw(func(dc any) (err error) {
		source, ok := unwrapped(dc).(interface {
			NewBackup(string) (*sqlite.Backup, error)
		})
		if !ok {
			return fmt.Errorf("the driver's %T has no NewBackup", dc)
		}
		b, err := source.NewBackup(fileURI(path, "rw"))
		if err != nil {
			return err
		}
		defer func() {
			if e := b.Finish(); err == nil {
				err = e
			}
			if e := (*sqlite.Error)(nil); errors.As(err, &e) {
				err = copyError{e}
			}
		}()
		for more := true; more; {
			if err := ctx.Err(); err != nil {
				return err
			}
			if more, err = b.Step(backupPages); err != nil {
				return err
			}
			if progress != nil {
				progress(b.PageCount()-b.Remaining(), b.PageCount())
			}
		}
		return nil
	})
}

// copyError is an error of a backup without what the driver adds to it: the
// message of the connection that is read, which does not know of an error in the
// copy.
type copyError struct{ of *sqlite.Error }

func (e copyError) Error() string { return strings.Replace(e.of.Error(), ": not an error", "", 1) }
func (e copyError) Unwrap() error { return e.of }

// unwrapped is the driver's own connection below its wrappers.
func unwrapped(dc any) any {
	for {
		switch w := dc.(type) {
		case interface{ Unwrap() driver.Conn }:
			dc = w.Unwrap()
		case interface{ Raw() driver.Conn }: // otelsql's
			dc = w.Raw()
		default:
			return dc
		}
	}
}

// syncFile waits until what was written to a file, or a folder's names, are on
// disk.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	err = f.Sync()
	if info, e := f.Stat(); e == nil && info.IsDir() {
		return nil // not every system can sync a folder
	}
	return err
}
