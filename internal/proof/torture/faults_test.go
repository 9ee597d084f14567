package torture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// A full disk is recognized, loses nothing, and is over when there is room.
func TestFull(t *testing.T) {
	c, _ := open(t, db.Options{})
	ctx := t.Context()
	limit := func(pages int) {
		t.Helper()
		if _, err := c.DB().ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(80)
	title := strings.Repeat("x", 2000)
	written := 0
	var err error
	for ; err == nil && written < 1000; written++ {
		_, err = c.CreateLink(ctx, db.CreateLinkParams{UserID: 1, Slug: fmt.Sprint("link-", written), URL: "https://example.com", Title: &title})
	}
	written--
	if drey.FailureOf(err) != drey.Full {
		t.Fatalf("%v is %q after %d writes", err, drey.FailureOf(err), written)
	}
	if n, err := db.Links.Count(ctx, c); err != nil || int(n) != written {
		t.Errorf("%d links, %v, want %d", n, err, written)
	}
	err = c.Tx(ctx, func(tx *db.Tx) error {
		for i := range 100 {
			if _, err := tx.CreateLink(ctx, db.CreateLinkParams{UserID: 1, Slug: fmt.Sprint("tx-", i), URL: "https://example.com", Title: &title}); err != nil {
				return err
			}
		}
		return nil
	})
	if drey.FailureOf(err) != drey.Full {
		t.Errorf("a transaction: %v", err)
	}
	limit(100_000)
	if _, err := c.CreateLink(ctx, db.CreateLinkParams{UserID: 1, Slug: "room", URL: "https://example.com"}); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if n, err := db.Links.Count(ctx, c); err != nil || int(n) != written+1 {
		t.Errorf("%d links, %v, want %d", n, err, written+1)
	}
	if err := c.Check(ctx); err != nil {
		t.Error(err)
	}
}

// openReadOnly is a process that may not write: it prints the kinds of its
// failures.
func openReadOnly(path string) {
	ctx := context.Background()
	c, err := db.Open(ctx, path)
	if err != nil {
		fmt.Printf("open %q %v\n", drey.FailureOf(err), err)
	} else {
		_, err = c.CreateUser(ctx, db.CreateUserParams{Email: "eve@example.com"})
		fmt.Printf("write %q %v\n", drey.FailureOf(err), err)
		_ = c.Close()
	}
	for _, o := range []db.Options{{ReadOnly: true}, {ReadOnly: true, Immutable: true}} {
		r, err := db.OpenWith(ctx, path, o)
		if err != nil {
			fmt.Printf("open, immutable %v: %q %v\n", o.Immutable, drey.FailureOf(err), err)
			continue
		}
		n, err := db.Users.Count(ctx, r)
		_, e := r.CreateUser(ctx, db.CreateUserParams{Email: "eve@example.com"})
		fmt.Printf("immutable %v: read %d %q, write %q\n", o.Immutable, n, drey.FailureOf(err), drey.FailureOf(e))
		_ = r.Close()
	}
}

func TestReadOnlyFolder(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become somebody who may not write")
	}
	dir, err := os.MkdirTemp("", "torture-*")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "torture.test")
	binary, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "folder", "ro.db")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Migrate(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{dir, filepath.Dir(path)} {
		if err := os.Chmod(p, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(path, 0o444); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, path)
	cmd.Env = append(os.Environ(), "TORTURE_CHILD=read-only")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatal(err, string(out))
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if beside, err := os.ReadDir(filepath.Dir(path)); err != nil || len(beside) != 1 || !bytes.Equal(before, after) {
		t.Errorf("it has changed the folder: %v, %v", beside, err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i, want := range []string{
		`^open "read-only" .*ro\.db: attempt to write a readonly database`,
		`^open, immutable false: "read-only" .* if nobody writes to it, open it with Immutable$`,
		`^immutable true: read 0 "", write "read-only"$`,
	} {
		if i >= len(lines) || !regexp.MustCompile(want).MatchString(lines[i]) {
			t.Fatalf("it says\n%s\nwant a line %s", out, want)
		}
	}
}

// Nothing is left of operations, however they end.
func TestNothingLeaks(t *testing.T) {
	before := goleak.IgnoreCurrent()
	fds := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip(err)
		}
		return len(entries)
	}
	files := fds()
	path := filepath.Join(t.TempDir(), "leak.db")
	if _, err := db.Migrate(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	c, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateUser(t.Context(), db.CreateUserParams{Email: "ada@example.com"}); err != nil {
		t.Fatal(err)
	}
	failure := errors.New("failure")
	operations := []func(context.Context, int) error{
		func(ctx context.Context, n int) error {
			_, err := c.CreateLink(ctx, db.CreateLinkParams{UserID: 1, Slug: fmt.Sprint("link-", n), URL: "https://example.com"})
			return err
		},
		func(ctx context.Context, n int) error { _, err := db.Links.Limit(n%50).All(ctx, c); return err },
		func(ctx context.Context, n int) error { _, err := c.GetLink(ctx, int64(n)); return err },
		func(ctx context.Context, n int) error {
			for _, err := range db.Links.Iter(ctx, c) {
				if err != nil {
					return err
				}
				break
			}
			return nil
		},
		func(ctx context.Context, n int) error {
			return c.Tx(ctx, func(tx *db.Tx) error {
				if _, err := db.Links.Update(db.Links.ClickCount.Add(1)).EveryRow().Exec(ctx, tx); err != nil {
					return err
				}
				return failure
			})
		},
		func(ctx context.Context, n int) (err error) {
			defer func() { _ = recover() }()
			return c.Tx(ctx, func(tx *db.Tx) error { panic("oh") })
		},
		func(ctx context.Context, n int) error {
			return c.Snapshot(ctx, func(tx *db.Tx) error { _, err := db.Links.Count(ctx, tx); return err })
		},
		func(ctx context.Context, n int) error {
			var b db.Batch
			b.Do(func(tx *db.Tx) error {
				_, err := tx.CreateTag(ctx, db.CreateTagParams{Name: fmt.Sprint("tag-", n%10)})
				return err
			})
			return b.Run(ctx, c)
		},
	}
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	ended := map[drey.Failure]int{}
	n := 0
	run := func(times int) {
		for range times {
			ctx, cancel := context.WithCancel(context.Background())
			switch r.IntN(4) {
			case 0:
				cancel()
			case 1:
				time.AfterFunc(time.Duration(r.IntN(100))*time.Microsecond, cancel)
			}
			err := operations[r.IntN(len(operations))](ctx, n)
			n++
			cancel()
			failed := drey.FailureOf(err)
			ended[failed]++
			switch {
			case failed == drey.NoFailure, failed == drey.Canceled, errors.Is(err, failure):
			case failed == drey.NotFound, failed == drey.UniqueViolation: // of a link, of a tag
			default:
				t.Errorf("operation %d: %v", n, err)
			}
		}
	}
	run(1000)
	kept := c.StatementStats().Kept
	run(scaled(4000, 100_000))
	t.Logf("they ended %v", ended)
	if ended[drey.Canceled] < n/10 || ended[drey.NoFailure] < n/10 {
		t.Errorf("too few were cancelled, or not: %v", ended)
	}
	eventually(t, "no connection is in use", func() bool {
		s := c.Stats()
		return s.Readers.InUse == 0 && s.Writer.InUse == 0
	})
	if s := c.Stats(); s.Readers.OpenConnections > s.Readers.MaxOpenConnections || s.Writer.OpenConnections > 1 || s.Statements.Kept > kept+200 {
		t.Errorf("%d and %d connections, %d statements (%d before)", s.Readers.OpenConnections, s.Writer.OpenConnections, s.Statements.Kept, kept)
	}
	if err := c.Check(context.Background()); err != nil {
		t.Error(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	goleak.VerifyNone(t, before)
	if n := fds(); n > files+2 {
		t.Errorf("%d file descriptors, %d before", n, files)
	}
}
