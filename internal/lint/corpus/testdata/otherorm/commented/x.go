package commented

import (
	"example.com/shop/store" // ok: the reason is the package's
	"gorm.io/gorm"           // ok: the reason is the package's
)

var X gorm.DB = store.DB
