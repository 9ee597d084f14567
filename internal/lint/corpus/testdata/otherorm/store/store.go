// Package store imports an ORM.
package store

import "gorm.io/gorm" // want `another way`

var DB gorm.DB
