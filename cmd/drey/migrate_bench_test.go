package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkThousandMigrations applies 1,000 migrations to a file that is not
// there yet, with drey and with the goose command. goose-wal has the journal
// that drey uses.
func BenchmarkThousandMigrations(b *testing.B) {
	dir := b.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "migrations"), 0o700); err != nil {
		b.Fatal(err)
	}
	for i := 1; i <= 1000; i++ {
		text := fmt.Sprintf("-- +goose Up\nCREATE TABLE t%d (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INTEGER);\nCREATE INDEX t%d_a ON t%d (a);\n\n-- +goose Down\nDROP TABLE t%d;\n", i, i, i, i)
		if err := os.WriteFile(filepath.Join(dir, "migrations", fmt.Sprintf("%05d_t.sql", i)), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	goose, err := buildGoose()
	if err != nil {
		b.Fatal(err)
	}
	for _, bench := range []struct {
		name    string
		command []string
	}{
		{"drey", []string{"drey", "migrate", "up", "--migrations", "migrations", "--db", "x.db"}},
		{"goose", []string{goose, "-dir", "migrations", "sqlite3", "x.db", "up"}},
		{"goose-wal", []string{goose, "-dir", "migrations", "sqlite3", "x.db?_pragma=journal_mode(WAL)", "up"}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				left, err := filepath.Glob(filepath.Join(dir, "x.db*"))
				if err != nil {
					b.Fatal(err)
				}
				for _, name := range left {
					if err := os.Remove(name); err != nil {
						b.Fatal(err)
					}
				}
				b.StartTimer()
				cmd := exec.Command(bench.command[0], bench.command[1:]...)
				cmd.Dir = dir
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
			}
		})
	}
}
