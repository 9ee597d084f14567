package v131

import (
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// isKeyword asks SQLite whether a word is one of its keywords.
func isKeyword(word string) bool {
	tls := libc.NewTLS()
	defer tls.Close()
	name, err := libc.CString(word)
	if err != nil {
		return true // out of memory; a keyword is left alone
	}
	defer libc.Xfree(tls, name)
	return sqlite3.Xsqlite3_keyword_check(tls, name, int32(len(word))) != 0
}
