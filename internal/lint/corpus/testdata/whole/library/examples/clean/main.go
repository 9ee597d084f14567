// Command clean shows how the library is used.
package main

import (
	"database/sql"

	"example.com/grafting/tables"
)

func main() {
	_ = tables.Empty(new(sql.DB), "trees")
}
