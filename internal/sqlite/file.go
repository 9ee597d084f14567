package sqlite

import (
	"database/sql"
	"database/sql/driver"
	"fmt"

	sqlite "modernc.org/sqlite"
)

// OpenFile returns a function that opens the database of a data source name of
// modernc.org/sqlite, with at most one connection, so that what one statement
// sets holds for the next.
func OpenFile(dsn string) func(wrap func(driver.Conn) driver.Conn) (*sql.DB, error) {
	return func(wrap func(driver.Conn) driver.Conn) (*sql.DB, error) {
		connector, err := sqlite.NewConnector(dsn)
		if err != nil {
			return nil, fmt.Errorf("open database: %w", err)
		}
		if wrap != nil {
			connector = wrapped{connector, wrap}
		}
		db := sql.OpenDB(connector)
		db.SetMaxOpenConns(1)
		return db, nil
	}
}
