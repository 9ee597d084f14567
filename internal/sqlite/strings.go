package sqlite

import (
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Strings runs a query and returns the first column of its rows as text, "" for
// NULL. Its error is an [*Error].
func (c *Conn) Strings(query string) (list []string, err error) {
	stmt, _, refused := c.prepare(query)
	if refused != nil {
		return nil, refused
	}
	defer sqlite3.Xsqlite3_finalize(c.tls, stmt)
	for {
		switch sqlite3.Xsqlite3_step(c.tls, stmt) {
		case sqlite3.SQLITE_ROW:
			list = append(list, libc.GoString(sqlite3.Xsqlite3_column_text(c.tls, stmt, 0)))
		case sqlite3.SQLITE_DONE:
			return list, nil
		default:
			return nil, c.error()
		}
	}
}
