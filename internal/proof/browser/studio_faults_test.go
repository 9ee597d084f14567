package browser

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/studio"
)

// A database that changes, is locked and is damaged while it is looked at: each page says
// so, and the next one shows what can be read.
func TestStudioFaults(t *testing.T) {
	path := filepath.Join(t.TempDir(), "birds.db")
	db := openDB(t, path)
	db.SetMaxOpenConns(1) // the lock below is a connection's
	run := func(text string) {
		t.Helper()
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	run("CREATE TABLE birds (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO birds (name) VALUES ('wren'); CREATE TABLE nests (at TEXT); INSERT INTO nests VALUES ('hedge')")
	b := newStudio(t, path, false, studio.Options{})
	shows := func(page, text string) {
		t.Helper()
		b.open(page)
		b.until(`document.querySelector("main").innerText.includes("` + text + `")`)
	}
	shows("/rows/birds", "wren")
	run("INSERT INTO birds (name) VALUES ('robin'); ALTER TABLE birds ADD COLUMN hue TEXT DEFAULT 'brown'")
	shows("/rows/birds?hue=eq.brown", "robin")

	run("BEGIN EXCLUSIVE")
	shows("/rows/birds", "The database is locked")
	run("COMMIT")
	shows("/rows/birds", "robin")

	var page int64
	if err := db.QueryRow("SELECT rootpage FROM sqlite_schema WHERE name = 'birds'").Scan(&page); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt(bytes.Repeat([]byte("x"), 4096), (page-1)*4096); err != nil {
		t.Fatal(err)
	}
	run("INSERT INTO nests VALUES ('ivy')") // so that others read their pages again
	shows("/rows/birds", "The database is damaged")
	shows("/rows/nests", "ivy")

	for _, fault := range b.faulty() { // the browser's own of an answer that is an error
		if !strings.Contains(fault, "Failed to load resource") {
			t.Error(fault)
		}
	}
}
