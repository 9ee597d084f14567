package crud

import (
	"strings"
	"testing"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// TestKeywords: SQLite's keywords are here, and a few of sqlc's besides.
func TestKeywords(t *testing.T) {
	tls := libc.NewTLS()
	defer tls.Close()
	var own []string
	for word := range keywords {
		name, err := libc.CString(word)
		if err != nil {
			t.Fatal(err)
		}
		if sqlite3.Xsqlite3_keyword_check(tls, name, int32(len(word))) == 0 {
			own = append(own, word)
		}
		libc.Xfree(tls, name)
	}
	if have, want := len(keywords)-len(own), int(sqlite3.Xsqlite3_keyword_count(tls)); have != want {
		t.Errorf("%d of SQLite's %d keywords", have, want)
	}
	if len(own) != 8 {
		t.Errorf("words that are none of SQLite's: %s", strings.Join(own, " "))
	}
}
