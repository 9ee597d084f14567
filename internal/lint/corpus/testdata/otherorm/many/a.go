// Package many imports one ORM in many files.
package many

import (
	// @other-orm the import job reads the old database until May
	"gorm.io/gorm" // ok: it has a reason
)

var A gorm.DB
