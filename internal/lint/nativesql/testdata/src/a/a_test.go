package a

import "database/sql"

func inTest(db *sql.DB) { db.Exec("DELETE FROM users") }
