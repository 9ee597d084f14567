package torture

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
)

// long says that the tests take their time: DREY_TORTURE is set.
var long = os.Getenv("DREY_TORTURE") != ""

// scaled is the short form of a number in CI, and the long one otherwise.
func scaled[T any](short, inLong T) T {
	if long {
		return inLong
	}
	return short
}

// child is what this program does when it is a child of its own tests, by the
// value of TORTURE_CHILD, with the path of the database.
var child = map[string]func(path string){"write": writeUntilKilled, "migrate": migrateOnce, "read-only": openReadOnly, "limited": writeBelowLimit}

func TestMain(m *testing.M) {
	if run := child[os.Getenv("TORTURE_CHILD")]; run != nil {
		run(os.Args[1])
		return
	}
	os.Exit(m.Run())
}

// open makes and opens a database file with a user.
func open(t *testing.T, o db.Options) (c *db.Client, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "torture.db")
	if _, err := db.Migrate(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	c, err := db.OpenWith(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := c.CreateUser(t.Context(), db.CreateUserParams{Email: "ada@example.com"}); err != nil {
		t.Fatal(err)
	}
	return c, path
}

// eventually waits for a condition that holds soon.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still not: %s", what)
		}
	}
}
