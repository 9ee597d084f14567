// Package forms has the forms of an import.
package forms

import (
	orm "github.com/jinzhu/gorm" // want `another way`
	. "gorm.io/gorm"             // want `^gorm.io/gorm is another way to the data \(2 imports, in 2 files of this package\); write`
)

var _, _ = DB{}, orm.DB{}
