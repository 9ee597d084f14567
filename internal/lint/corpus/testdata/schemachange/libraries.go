package schemachange

import (
	"database/sql"

	"github.com/golang-migrate/migrate/v4"
	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"gopkg.in/gorp.v3"
	"gorm.io/gorm"
	"xorm.io/xorm"

	ent "example.com/shop/ent/migrate"
)

type user struct{}

type tool struct{}

func (tool) AutoMigrate(...any) {}

func libraries(g *gorm.DB, x *xorm.Engine, b *bun.DB, m *gorp.DbMap, up *migrate.Migrate, db *sql.DB, e *ent.Schema, o ent.Other) {
	g.AutoMigrate(&user{})                           // want `AutoMigrate of gorm.io/gorm changes the schema`
	g.Migrator().CreateTable(&user{})                // want `CreateTable of gorm.io/gorm changes the schema`
	g.Migrator().DropColumn(&user{}, "age")          // want `DropColumn of gorm.io/gorm changes the schema`
	g.Exec("DROP TABLE users")                       // want `DROP TABLE users changes`
	g.Raw("DROP TABLE users")                        // want `DROP TABLE users changes`
	x.Sync2(new(user))                               // want `Sync2 of xorm.io/xorm changes the schema`
	x.Sync(new(user))                                // want `Sync of xorm.io/xorm changes the schema`
	x.CreateTables(new(user))                        // want `CreateTables of xorm.io/xorm changes the schema`
	b.NewCreateTable()                               // want `NewCreateTable of github.com/uptrace/bun changes the schema`
	b.NewCreateIndex()                               // want `NewCreateIndex of github.com/uptrace/bun changes the schema`
	b.NewDropTable()                                 // want `NewDropTable of github.com/uptrace/bun changes the schema`
	m.CreateTablesIfNotExists()                      // want `CreateTablesIfNotExists of gopkg.in/gorp.v3 changes the schema`
	up.Up()                                          // want `Up of github.com/golang-migrate/migrate/v4 changes the schema`
	e.Create()                                       // want `Schema.Create of ent changes the schema`
	goose.AddMigrationContext(nil, nil)              // want `AddMigrationContext registers a migration outside of the folder`
	goose.AddNamedMigrationContext("1.go", nil, nil) // want `AddNamedMigrationContext registers a migration outside of the folder`

	g.Migrator().HasTable(&user{}) // ok: it asks
	g.Create(&user{})              // ok: a row
	x.Ping()                       // ok: the schema stays
	b.NewSelect()                  // ok: it reads
	m.AddTable(user{})             // ok: it tells gorp of a type
	up.Version()                   // ok: it asks
	goose.Up(db, "migrations")     // ok: the migrations
	tool{}.AutoMigrate(user{})     // ok: the project's own
	o.Create()                     // ok: another type of the package
	// @schema-change the cache of gorm is a file of its own
	g.AutoMigrate(&user{}) // ok: it has a reason
}
