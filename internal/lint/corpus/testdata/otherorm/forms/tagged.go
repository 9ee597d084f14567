//go:build never

package forms

import "gorm.io/driver/sqlite" // ok: said in forms.go

var _ sqlite.DB
