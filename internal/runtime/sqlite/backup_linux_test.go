package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// A backup on a full disk says that it is full, and leaves nothing there.
func TestBackupOnAFullDisk(t *testing.T) {
	c, _ := openFile(t, sqlite.Options{})
	for i := range 200 {
		if _, err := links.Insert().Exec(t.Context(), c, link{ID: int64(1000 + i), Slug: strings.Repeat("x", 4000) + string(rune('a'+i))}); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=128k"); err != nil {
		t.Skip("a small file system cannot be mounted here: ", err)
	}
	defer syscall.Unmount(dir, 0)
	err := sqlite.Backup(t.Context(), c, filepath.Join(dir, "copy.db"), nil)
	if drey.FailureOf(err) != drey.Full || !strings.Contains(err.Error(), "full") || strings.Contains(err.Error(), "not an error") {
		t.Errorf("%s: %v", drey.FailureOf(err), err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("it leaves %v, %v", left, err)
	}
}
