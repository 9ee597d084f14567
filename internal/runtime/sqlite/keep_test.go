package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// The write-ahead log stays bounded although somebody reads at every moment.
func TestWALIsBounded(t *testing.T) {
	const limit = 1 << 20
	c, path := openFile(t, sqlite.Options{MaxWAL: limit})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	title := strings.Repeat("x", 4000)
	rows := make([]link, 50)
	for i := range rows {
		rows[i] = link{ID: int64(i + 2), UserID: 1, Slug: strings.Repeat("s", i+1), Title: &title}
	}
	if _, err := links.Insert().Exec(ctx, c, rows...); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 3 { // who overlap
		group.Go(func() {
			for ctx.Err() == nil {
				for _, err := range links.Iter(ctx, c) {
					if err != nil {
						break
					}
				}
			}
		})
	}
	largest := int64(0)
	for range 800 {
		if _, err := links.Update(links.Clicks.Add(1), links.Title.Set(title)).Where(links.ID.Lte(20)).Exec(ctx, c); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, info.Size())
	}
	stop()
	group.Wait()
	// Without a bound these writes make a log of 34 MB. On a loaded machine a
	// checkpoint may have to give up on its readers and be tried again.
	if largest > 25*limit {
		t.Errorf("the log grew to %d MB", largest>>20)
	}
	if c.Stats().Checkpoints == 0 {
		t.Errorf("the log was never emptied; it had at most %d kB", largest>>10)
	}
}

func TestBackup(t *testing.T) {
	c, path := openFile(t, sqlite.Options{})
	ctx, dir := context.Background(), filepath.Dir(path)
	title := strings.Repeat("x", 3000)
	rows := make([]link, 4000)
	for i := range rows {
		rows[i] = link{ID: int64(i + 2), UserID: 1, Slug: "n" + strings.Repeat("s", i%50) + string(rune('a'+i/50)), Title: &title}
	}
	if _, err := links.Insert().Exec(ctx, c, rows...); err != nil {
		t.Fatal(err)
	}
	// Somebody writes meanwhile: both columns in one transaction.
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		for n := int64(1); ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			err := c.Tx(ctx, func(tx *drey.Tx) error {
				if _, err := links.Update(links.Clicks.Set(n)).Where(links.ID.Eq(1)).Exec(ctx, tx); err != nil {
					return err
				}
				_, err := links.Update(links.Clicks.Set(n)).Where(links.ID.Eq(4001)).Exec(ctx, tx)
				return err
			})
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	copied := filepath.Join(dir, "copy.db")
	last, total := 0, 0
	err := sqlite.Backup(ctx, c, copied, func(done, all int) { last, total = done, all })
	close(stop)
	group.Wait()
	if err != nil || last != total || total < 3000 {
		t.Fatalf("%v, %d of %d pages", err, last, total)
	}
	b, err := sqlite.Open(ctx, copied, fixture.Migrations, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := sqlite.Check(ctx, b); err != nil {
		t.Error(err)
	}
	if n, err := links.Count(ctx, b); n != 4001 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
	clicks, err := drey.Pluck(ctx, b, links.Where(links.ID.In(1, 4001)), links.Clicks)
	if err != nil || clicks[0] != clicks[1] {
		t.Errorf("the copy is of no single moment: %v, %v", clicks, err)
	}

	if err := sqlite.Backup(ctx, c, copied, nil); !errors.Is(err, os.ErrExist) {
		t.Errorf("over a file: %v", err)
	}
	if err := sqlite.Backup(ctx, c, filepath.Join(dir, "none", "x.db"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("into no folder: %v", err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	err = sqlite.Backup(cancelled, c, filepath.Join(dir, "other.db"), func(int, int) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "other*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
	if err := sqlite.Check(ctx, c); err != nil {
		t.Error(err)
	}
}

func TestBackupOfMemory(t *testing.T) {
	c, ctx := openFixture(t, 10), context.Background()
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := sqlite.Backup(ctx, c, path, nil); err != nil {
		t.Fatal(err)
	}
	b, err := sqlite.Open(ctx, path, fixture.Migrations, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if n, err := links.Count(ctx, b); n != 10 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
}

// A truncated database is detected; opening it does not crash.
func TestDamage(t *testing.T) {
	c, path := openFile(t, sqlite.Options{})
	ctx := context.Background()
	for i := range 50 {
		rows := make([]link, 50)
		for j := range rows {
			rows[j] = link{UserID: int64(j), Slug: strings.Repeat("ab", i+3) + string(rune('A'+j)), Created: drey.Unix(fixtureTime(i))}
		}
		if _, err := links.Insert(links.UserID, links.Slug, links.Created).Exec(ctx, c, rows...); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func([]byte) []byte{
		"truncated":     func(b []byte) []byte { return b[:len(b)/2] },
		"within a page": func(b []byte) []byte { return b[:len(b)/2+100] },
		"no database":   func([]byte) []byte { return []byte(strings.Repeat("This is no database. ", 500)) },
		"flipped": func(b []byte) []byte {
			for i := 4096 * 3; i < len(b); i += 37 {
				b[i] ^= 0x55
			}
			return b
		},
	} {
		spoilt := filepath.Join(t.TempDir(), "spoilt.db")
		if err := os.WriteFile(spoilt, spoil([]byte(string(whole))), 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := sqlite.Open(ctx, spoilt, fixture.Migrations, sqlite.Options{})
		if err != nil {
			if drey.FailureOf(err) != drey.Corrupt {
				t.Errorf("%s: Open: %v is %q", name, err, drey.FailureOf(err))
			}
			continue
		}
		if err := sqlite.Check(ctx, d); !errors.Is(err, drey.ErrCorrupt) || drey.FailureOf(err) != drey.Corrupt {
			t.Errorf("%s: Check: %v", name, err)
		}
		if _, err := links.All(ctx, d); err != nil && drey.FailureOf(err) != drey.Corrupt {
			t.Errorf("%s: All: %v is %q", name, err, drey.FailureOf(err))
		}
		if err := d.Close(); err != nil && drey.FailureOf(err) != drey.Corrupt {
			t.Errorf("%s: Close: %v is %q", name, err, drey.FailureOf(err))
		}
	}
	// Rows that refer to nothing are not damage to SQLite.
	if _, err := c.ExecContext(ctx, "CREATE TABLE notes (link INTEGER REFERENCES links (id))"); err != nil {
		t.Fatal(err)
	}
	conn, err := c.DB().Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(ctx, "PRAGMA foreign_keys = OFF; INSERT INTO notes VALUES (99999); PRAGMA foreign_keys = ON"); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if err := sqlite.Check(ctx, c); !errors.Is(err, drey.ErrCorrupt) || !strings.Contains(err.Error(), "notes has a row that refers to no row of links") {
		t.Errorf("a row that refers to nothing: %v", err)
	}
}
