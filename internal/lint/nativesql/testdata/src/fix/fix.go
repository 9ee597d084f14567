package fix

import "database/sql"

func f(db *sql.DB, name string) error {
	if _, err := db.Exec("DELETE FROM users"); err != nil { // want `raw SQL without a reason`
		return err
	}
	func() {
		db.Query("SELECT id FROM " + name) // want `can be injected into`
	}()
	return nil
}
