module example.com/shop

go 1.26

require (
	entgo.io/ent v0.14.0
	github.com/golang-migrate/migrate/v4 v4.0.0
	github.com/jmoiron/sqlx v1.0.0
	github.com/pressly/goose/v3 v3.29.0
	github.com/uptrace/bun v1.0.0
	gopkg.in/gorp.v3 v3.0.0
	gorm.io/gorm v1.0.0
	xorm.io/xorm v1.0.0
)
