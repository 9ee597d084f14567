package many

import "gorm.io/gorm" // ok: said in b.go

var D gorm.DB
