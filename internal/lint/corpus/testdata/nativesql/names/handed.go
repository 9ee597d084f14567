package names

import (
	"database/sql"
	"fmt"
)

// Order is how other packages say what comes first.
type Order struct{ Column string }

type Sorter interface{ SortedBy(column string) }

type sorter struct{ db *sql.DB }

func (s sorter) SortedBy(column string) {
	// @native-sql-dynamic other packages hand in constants
	s.db.Query("SELECT id FROM orders ORDER BY " + column)
}

func Sorted(db *sql.DB, column string) {
	// @native-sql-dynamic other packages hand in constants
	db.Query("SELECT id FROM orders ORDER BY " + column)
}

func Count(db *sql.DB, table string) {
	// @native-sql-dynamic other packages hand in constants
	db.QueryRow(fmt.Sprintf("SELECT count(*) FROM %s", table))
}

func By(db *sql.DB, o Order) {
	// @native-sql-dynamic other packages hand in constants
	db.Query("SELECT id FROM orders ORDER BY " + o.Column + " DESC")
}

func Titled(db *sql.DB, title string) {
	// @native-sql-dynamic the test is about names
	db.Query("SELECT id FROM categories WHERE title = '" + title + "'")
}
