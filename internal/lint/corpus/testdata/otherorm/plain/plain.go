// Package plain has nothing to do with any of it.
package plain

import (
	"database/sql" // ok: what is raw SQL is nativesql's
	_ "fmt"        // ok: the standard library

	"example.com/shop/quiet" // ok: it imports no ORM
)

// gorm.io/gorm in a comment, and in a string.
var S = "gorm.io/gorm" // ok: a string

var DB sql.DB

var _ = quiet.X
