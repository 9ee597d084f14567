package many

import (
	_ "github.com/uptrace/bun" // want `^github.com/uptrace/bun is another way to the data; write`

	_ "gorm.io/driver/sqlite" // want `^gorm.io/driver/sqlite is another way to the data \(4 imports, in 3 files of this package\); write`
	"gorm.io/gorm"            // ok: said in the line above
)

var B gorm.DB
