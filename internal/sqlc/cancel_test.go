//go:build unix

package sqlc_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/sqlc"
)

// TestCancel: sqlc, which here waits for a schema that never comes, is ended,
// and its folder is gone.
func TestCancel(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	ctx, cancel := context.WithCancel(t.Context())
	hanging := func(place func(int) (string, []string, string)) ([]byte, error) {
		folders, err := filepath.Glob(filepath.Join(temp, "*"))
		if err != nil || len(folders) != 1 {
			t.Fatalf("folders: %q, %v", folders, err)
		}
		schema, _, _ := place(0)
		if err := syscall.Mkfifo(filepath.Join(folders[0], schema, "hang.sql"), 0o600); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(200*time.Millisecond, cancel)
		return config("")(place)
	}
	_, err := sqlc.Run(ctx, []sqlc.Block{block(t, ddl, "q.sql", "-- name: One :one\nSELECT 1")}, hanging)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v, want context.Canceled", err)
	}
	left, err := os.ReadDir(temp)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
