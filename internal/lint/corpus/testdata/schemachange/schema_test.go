package schemachange

import (
	"database/sql"
	"testing"
)

func TestSchema(t *testing.T) {
	var db *sql.DB
	db.Exec("CREATE TABLE logs (id)") // ok: a test file
}
