// Package kept is a project whose schema golang-migrate keeps.
package kept

import (
	"github.com/golang-migrate/migrate/v4"
	"gorm.io/gorm"
)

type user struct{}

func migrations(g *gorm.DB, up *migrate.Migrate) {
	up.Up()                // ok: golang-migrate runs the migrations
	g.AutoMigrate(&user{}) // want `AutoMigrate of gorm.io/gorm changes the schema`
}
