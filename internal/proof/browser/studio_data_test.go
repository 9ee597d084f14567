package browser

import (
	"bytes"
	"database/sql"
	"testing"

	"github.com/dreysql/drey/internal/cli"
	"github.com/dreysql/drey/internal/sqlite"
)

// linksDB makes the link shortener's database, with rows.
func linksDB(t *testing.T, path string) {
	t.Helper()
	var out bytes.Buffer
	args := []string{"seed", path, "--dir", "../../.."}
	for _, rows := range []string{"users=40", "links=500", "clicks=3000", "tags=20", "link_tags=600", "api_tokens=30"} {
		args = append(args, "--rows", rows)
	}
	if code := cli.Main(args, &out, &out); code != 0 {
		t.Fatal(out.String())
	}
}

func openDB(t *testing.T, path string) *sql.DB {
	t.Helper()
	c, err := sqlite.OpenFile("file:" + path + "?mode=rwc&_pragma=busy_timeout(5000)")(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}
