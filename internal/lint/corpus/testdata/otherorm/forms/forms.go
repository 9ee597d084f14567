// Package forms has the forms of an import.
package forms

import (
	orm "github.com/jinzhu/gorm" // want `another way`
	. "gorm.io/gorm"             // want `another way`
)

var _, _ = DB{}, orm.DB{}
