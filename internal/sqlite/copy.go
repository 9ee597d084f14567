package sqlite

import (
	"fmt"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// copyInto copies one database over another with SQLite's backup interface, see
// https://www.sqlite.org/backup.html.
func copyInto(from, to *Conn) error {
	name, err := libc.CString("main")
	if err != nil {
		return err
	}
	defer libc.Xfree(to.tls, name)
	copying := sqlite3.Xsqlite3_backup_init(to.tls, to.db, name, from.db, name)
	if copying == 0 {
		return fmt.Errorf("copy database: %w", to.error())
	}
	step := sqlite3.Xsqlite3_backup_step(to.tls, copying, -1)
	if rc := sqlite3.Xsqlite3_backup_finish(to.tls, copying); rc != sqlite3.SQLITE_OK {
		return fmt.Errorf("copy database: %w", to.error())
	}
	if step != sqlite3.SQLITE_DONE {
		return fmt.Errorf("copy database: result code %d", step)
	}
	return nil
}
