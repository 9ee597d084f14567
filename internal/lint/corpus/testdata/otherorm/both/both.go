// Package both imports an ORM, and a package that does.
package both

import (
	"example.com/shop/store" // ok: the import below says it

	"gorm.io/gorm" // want `^gorm.io/gorm is another way`
)

var DB gorm.DB = store.DB
