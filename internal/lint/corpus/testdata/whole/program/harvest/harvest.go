// Package harvest puts text of its callers into SQL.
package harvest

import "database/sql"

func Count(db *sql.DB, table string) *sql.Row {
	// @native-sql the table has no type
	return db.QueryRow("SELECT count(*) FROM " + table) // ok: both callers hand in constants
}

func Unexplained(db *sql.DB, table string) *sql.Row {
	return db.QueryRow("SELECT min(weight) FROM " + table) // want `raw SQL without a reason`
}

func Sorted(db *sql.DB, column string) (*sql.Rows, error) {
	// @native-sql the order has no type
	return db.Query("SELECT weight FROM apples ORDER BY " + column) // want `can be injected into`
}

func Forgotten(db *sql.DB, table string) error {
	// @native-sql the table has no type
	_, err := db.Exec("DELETE FROM " + table) // want `can be injected into`
	return err
}

func Weigh(db *sql.DB, unit string) *sql.Row {
	// @native-sql the unit has no type
	return db.QueryRow("SELECT weight AS " + unit + " FROM apples") // ok: two packages on, it is a constant
}

func Price(db *sql.DB, currency string) *sql.Row {
	// @native-sql the currency has no type
	return db.QueryRow("SELECT price AS " + currency + " FROM apples") // want `can be injected into`
}

func AsValue(db *sql.DB, table string) *sql.Row {
	// @native-sql the table has no type
	return db.QueryRow("SELECT count(*) FROM " + table) // want `can be injected into`
}

func Named(db *sql.DB, table string) *sql.Row {
	// @native-sql the table has no type
	return db.QueryRow("SELECT count(*) FROM " + table) // ok: the variable is called with a constant
}

func Columns(db *sql.DB, names ...string) *sql.Row {
	list := ""
	for _, n := range names {
		list += n + ", "
	}
	// @native-sql the columns have no type
	return db.QueryRow("SELECT " + list + "1 FROM apples") // ok: all arguments are constants
}

func MoreColumns(db *sql.DB, names ...string) *sql.Row {
	list := ""
	for _, n := range names {
		list += n + ", "
	}
	// @native-sql the columns have no type
	return db.QueryRow("SELECT " + list + "1 FROM apples") // want `can be injected into`
}

func Each[T any](db *sql.DB, table string, of func(T)) *sql.Row {
	// @native-sql the table has no type
	return db.QueryRow("SELECT count(*) FROM " + table) // ok: instances are called with constants
}

func Chosen(db *sql.DB, column string) (*sql.Rows, error) {
	// @native-sql the order has no type
	return db.Query("SELECT weight FROM apples ORDER BY " + column) // ok: a third package has checked it
}

func Unchosen(db *sql.DB, column string) (*sql.Rows, error) {
	// @native-sql the order has no type
	return db.Query("SELECT weight FROM apples ORDER BY " + column) // want `can be injected into`
}

func Later(db *sql.DB, table string) {
	// @native-sql the table has no type
	_, _ = db.Exec("DELETE FROM " + table) // want `can be injected into`
}

func Deferred(db *sql.DB, table string) {
	// @native-sql the table has no type
	_, _ = db.Exec("DELETE FROM " + table) // ok: the deferred call has a constant
}

func Tried(db *sql.DB, table string) *sql.Row {
	// @native-sql the table has no type
	return db.QueryRow("SELECT count(*) FROM " + table) // ok: only a test hands in something else
}

func Halves(db *sql.DB, table string, depth int) {
	if depth > 0 {
		Halves(db, table+"_half", depth-1)
	}
	// @native-sql the table has no type
	_, _ = db.Exec("DELETE FROM " + table) // ok: it begins with a constant
}
