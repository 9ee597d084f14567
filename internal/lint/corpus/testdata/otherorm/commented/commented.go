// Package commented is the store of the old database.
//
// @other-orm the import job reads the old database until May
package commented

import "gorm.io/gorm" // ok: the reason is the package's

var DB gorm.DB
