//go:build never

package forms

import "gorm.io/driver/sqlite" // want `another way`

var _ sqlite.DB
