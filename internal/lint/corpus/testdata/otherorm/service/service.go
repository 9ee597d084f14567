// Package service imports a package of the module that imports an ORM.
package service

import "example.com/shop/store" // want `example.com/shop/store → gorm.io/gorm`

var DB = store.DB
