package many

import (
	"example.com/shop/app" // want `^this brings in another way to the data: example.com/shop/app → github.com/bokwoon95/sq; use`
	"gorm.io/gorm"         // ok: said in b.go
)

var C gorm.DB = app.DB
