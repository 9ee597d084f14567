// Package app imports an ORM through two packages.
package app

import (
	"example.com/shop/reasons" // ok: what it imports has a reason, or is imported here as well
	"example.com/shop/service" // want `example.com/shop/service → example.com/shop/store → gorm.io/gorm`

	_ "github.com/bokwoon95/sq" // want `another way`
	_ "github.com/elgris/sqrl"  // want `another way`
	_ "github.com/jmoiron/sqlx" // want `another way`
	_ "github.com/uptrace/bun"  // want `another way`
	_ "xorm.io/xorm"            // want `another way`
)

var DB = service.DB

var _ = reasons.X
