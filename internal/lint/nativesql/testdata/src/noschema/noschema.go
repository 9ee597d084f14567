package noschema

import "database/sql"

func f(db *sql.DB) {
	db.Exec("DELETE FROM users") // want `raw SQL without a reason`
	// @native-sql nothing is known of its schema
	db.Exec("DELETE FROM users WHERE nmae = ?")
}
