package torture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// writeBelowLimit is a process whose files may not grow beyond a limit. It
// writes until that is met, lifts the limit, and writes again.
func writeBelowLimit(path string) {
	ctx := context.Background()
	signal.Ignore(syscall.SIGXFSZ)
	fail := func(what string, err error) {
		fmt.Printf("%s: %v\n", what, err)
		os.Exit(1)
	}
	c, err := db.Open(ctx, path)
	if err != nil {
		fail("open", err)
	}
	limits := syscall.Rlimit{}
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limits); err != nil {
		fail("limit", err)
	}
	limits.Cur = 1 << 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limits); err != nil {
		fail("limit", err)
	}
	title := strings.Repeat("x", 5000)
	written := 0
	write := func() error {
		_, err := c.CreateLink(ctx, db.CreateLinkParams{UserID: 1, Slug: fmt.Sprint("link-", written), URL: "https://example.com", Title: &title})
		if err == nil {
			written++
		}
		return err
	}
	for err == nil && written < 10_000 {
		err = write()
	}
	fmt.Printf("limited: %q\n", drey.FailureOf(err))
	if n, err := db.Links.Count(ctx, c); err != nil || int(n) != written {
		fail(fmt.Sprintf("%d of %d are there", n, written), err)
	}
	limits.Cur = limits.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limits); err != nil {
		fail("no limit", err)
	}
	for range 10 {
		if err := write(); err != nil {
			fail("without a limit", err)
		}
	}
	if err := errors.Join(c.Check(ctx), c.Close()); err != nil {
		fail("close", err)
	}
	fmt.Printf("written: %d\n", written)
}

// A file that may not grow is told apart, loses nothing that was acknowledged,
// and is over when it may.
func TestFileSizeLimit(t *testing.T) {
	c, path := open(t, db.Options{})
	cmd := exec.Command(os.Args[0], path)
	cmd.Env = append(os.Environ(), "TORTURE_CHILD=limited")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var failure string
	var written int64
	if _, err := fmt.Sscanf(string(out), "limited: %q\nwritten: %d\n", &failure, &written); err != nil || failure != string(drey.IOFailure) && failure != string(drey.Full) {
		t.Fatalf("it says %s", out)
	}
	if n, err := db.Links.Count(t.Context(), c); err != nil || n != written || written < 20 {
		t.Errorf("%d links, %v, want %d", n, err, written)
	}
	t.Logf("%s after %d writes", failure, written)
}

// A file that is moved, replaced or deleted is not written to as if nothing had
// happened.
func TestMoved(t *testing.T) {
	for name, move := range map[string]func(path string) error{
		"moved":   func(path string) error { return os.Rename(path, path+".elsewhere") },
		"deleted": os.Remove,
		"replaced": func(path string) error {
			if _, err := db.Migrate(context.Background(), path+".other"); err != nil {
				return err
			}
			return os.Rename(path+".other", path)
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			path := filepath.Join(t.TempDir(), "moved.db")
			if _, err := db.Migrate(ctx, path); err != nil {
				t.Fatal(err)
			}
			c, err := db.Open(ctx, path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.CreateUser(ctx, db.CreateUserParams{Email: "ada@example.com"}); err != nil {
				t.Fatal(err)
			}
			if err := move(path); err != nil {
				t.Fatal(err)
			}
			time.Sleep(110 * time.Millisecond)
			for _, write := range []func() error{
				func() error { _, err := c.CreateUser(ctx, db.CreateUserParams{Email: "eve@example.com"}); return err },
				func() error { _, err := db.Users.Delete().EveryRow().Exec(ctx, c); return err },
				func() error { return c.Tx(ctx, func(*db.Tx) error { return nil }) },
			} {
				if err := write(); !errors.Is(err, drey.ErrMoved) || drey.FailureOf(err) != drey.ReadOnly {
					t.Errorf("a write: %v", err)
				}
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// spoilt is a database with a log, copied while it is open, and then spoilt.
func spoilt(t *testing.T, spoil func(path string) error) string {
	t.Helper()
	c, path := open(t, db.Options{})
	for i := range 200 {
		if _, err := c.CreateLink(t.Context(), db.CreateLinkParams{UserID: 1, Slug: fmt.Sprint("link-", i), URL: "https://example.com"}); err != nil {
			t.Fatal(err)
		}
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	for _, part := range []string{"", "-wal", "-shm"} {
		content, err := os.ReadFile(path + part)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied+part, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := spoil(copied); err != nil {
		t.Fatal(err)
	}
	return copied
}

// Files beside the database that were left there, or are gone.
func TestBesideTheFile(t *testing.T) {
	other := func(path string) error { // the log of another database
		p := spoilt(t, func(string) error { return nil })
		content, err := os.ReadFile(p + "-wal")
		if err != nil {
			return err
		}
		return os.WriteFile(path+"-wal", content, 0o600)
	}
	for name, tt := range map[string]struct {
		spoil func(path string) error
		links []int64 // how many may be there, or the file is said to be damaged
	}{
		"all left behind":  {func(string) error { return nil }, []int64{200}},
		"no -shm":          {func(path string) error { return os.Remove(path + "-shm") }, []int64{200}},
		"an empty -shm":    {func(path string) error { return os.Truncate(path+"-shm", 0) }, []int64{200}},
		"another's -shm":   {func(path string) error { return os.WriteFile(path+"-shm", bytes.Repeat([]byte{7}, 32<<10), 0o600) }, []int64{200}},
		"half of the -wal": {func(path string) error { return halve(path + "-wal") }, nil},
		"an empty -wal":    {func(path string) error { return os.Truncate(path+"-wal", 0) }, nil},
		"another's -wal":   {other, nil},
		"no -wal":          {func(path string) error { return errors.Join(os.Remove(path+"-wal"), os.Remove(path+"-shm")) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			path := spoilt(t, tt.spoil)
			c, err := db.Open(ctx, path)
			if err != nil {
				if f := drey.FailureOf(err); tt.links != nil || f != drey.Corrupt && !errors.Is(err, drey.ErrSchemaOlder) {
					t.Errorf("open: %v", err)
				}
				return
			}
			n, err := db.Links.Count(ctx, c)
			if check := c.Check(ctx); check != nil || err != nil {
				if tt.links != nil || !errors.Is(check, drey.ErrCorrupt) {
					t.Errorf("check: %v, count: %v", check, err)
				}
			} else if tt.links != nil && n != tt.links[0] {
				t.Errorf("%d links, want %v", n, tt.links)
			} else if _, err := c.CreateTag(ctx, db.CreateTagParams{Name: "new"}); err != nil {
				t.Errorf("a write: %v", err)
			}
			if err := c.Close(); err != nil && drey.FailureOf(err) != drey.Corrupt {
				t.Error(err)
			}
		})
	}
}

func halve(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return os.Truncate(path, info.Size()/2)
}

// Flipped bits and cut files, at random places: an error of the right kind, or
// the right rows, or damage that Check tells of. Never a panic.
func TestDamagedAnywhere(t *testing.T) {
	ctx := t.Context()
	c, _ := open(t, db.Options{})
	for i := range 300 {
		if _, err := c.CreateLink(ctx, db.CreateLinkParams{UserID: 1, Slug: fmt.Sprint("link-", i), URL: fmt.Sprint("https://example.com/", i)}); err != nil {
			t.Fatal(err)
		}
	}
	whole := filepath.Join(t.TempDir(), "whole.db")
	if err := c.Backup(ctx, whole, nil); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	told, harmless := 0, 0
	for range scaled(100, 2000) {
		bad := bytes.Clone(content)
		what := ""
		if r.IntN(4) == 0 {
			bad = bad[:r.IntN(len(bad))]
			what = fmt.Sprintf("cut to %d of %d bytes", len(bad), len(content))
		} else {
			at, bit := r.IntN(len(bad)), byte(1)<<r.IntN(8)
			bad[at] ^= bit
			what = fmt.Sprintf("bit %#x of byte %d flipped", bit, at)
		}
		path := filepath.Join(t.TempDir(), "bad.db")
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		err := readAll(ctx, path, 300)
		switch f := drey.FailureOf(err); {
		case err == nil: // a bit within a value, or of no use: SQLite cannot know
			harmless++
		case f == drey.Corrupt, f == drey.IOFailure, f == drey.ReadOnly, errors.Is(err, drey.ErrSchemaOlder), errors.Is(err, drey.ErrSchemaNewer):
			told++
		case strings.Contains(err.Error(), "SQL logic error"), strings.Contains(err.Error(), "Scan error"):
			told++ // the schema's own text, or a value's type
		default:
			t.Errorf("%s: %v is %q", what, err, f)
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	t.Logf("%d told, %d without a word", told, harmless)
	if told < 20 {
		t.Errorf("only %d were told", told)
	}
}

// readAll opens the file, reads all links, and has it checked.
func readAll(ctx context.Context, path string, want int) (err error) {
	c, err := db.Open(ctx, path)
	if err != nil {
		return err
	}
	defer func() {
		if e := c.Close(); err == nil {
			err = e
		}
	}()
	found, err := db.Links.All(ctx, c)
	if err != nil {
		return err
	}
	if err := c.Check(ctx); err != nil {
		return err
	}
	if len(found) != want {
		return fmt.Errorf("%d links, want %d, and no damage found", len(found), want)
	}
	return nil
}
