package layer

import "database/sql"

func more(db *sql.DB) {
	db.Exec("DELETE FROM customers") // ok: the package has a reason, in another file
}
