package grafting

import (
	"database/sql"

	"example.com/grafting/internal/fields"
	"example.com/grafting/tables"
)

func Everything(db *sql.DB) error {
	if err := fields.Empty(db, "rows_of_trees"); err != nil {
		return err
	}
	return tables.Empty(db, "trees")
}
