// Package both has statements for SQLite and PostgreSQL, and for one of them.
package both

import (
	"database/sql"

	sq "github.com/Masterminds/squirrel"
	_ "github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite"
)

type store struct {
	db     *sql.DB
	driver string
	sq     sq.StatementBuilderType
}

func open(db *sql.DB, driver string) *store {
	return &store{db: db, driver: driver, sq: sq.StatementBuilder.PlaceholderFormat(sq.Dollar)}
}

func (s *store) both() {
	s.sq.Select("id", "caption").From("customers").RunWith(s.db).Query()                     // want `no such column: caption`
	s.sq.Select("id").From("customers").Where("caption = ?").RunWith(s.db).Query()           // want `no such column: caption`
	s.sq.Update("orders").Set("caption", 1).Where("id = 1").RunWith(s.db).Exec()             // want `no such column: caption`
	s.sq.Select("id").From("parcels").RunWith(s.db).Query()                                  // want `no such table: parcels`
	s.sq.Delete("custmers").Where("id = 1").RunWith(s.db).Exec()                             // want `no such table: custmers; did you mean customers`
	s.sq.Select("id").From("customers").Where("name ILIKE ?", "x").RunWith(s.db).Query()     // ok: another dialect
	s.sq.Select("id").From("customers").Where("tags::jsonb @> ?", "x").RunWith(s.db).Query() // ok: another dialect
	if s.driver == "postgres" {
		s.sq.Select("search_vector").From("customers").RunWith(s.db).Query() // ok: only PostgreSQL
		s.sq.Select("relname").From("pg_class").RunWith(s.db).Query()        // ok: only PostgreSQL
	} else {
		s.sq.Select("search_vector").From("customers").RunWith(s.db).Query() // want `no such column: search_vector`
	}
	if s.driver == "sqlite" {
		s.sq.Select("search_vector").From("customers").RunWith(s.db).Query() // want `no such column: search_vector`
	} else {
		s.sq.Select("search_vector").From("customers").RunWith(s.db).Query() // ok: only PostgreSQL
	}
	switch s.driver {
	case "postgres":
		s.sq.Select("search_vector").From("customers").RunWith(s.db).Query() // ok: only PostgreSQL
	case "sqlite":
		s.sq.Select("search_vector").From("customers").RunWith(s.db).Query() // want `no such column: search_vector`
	}
}

func (s *store) searchPostgres() {
	s.sq.Select("search_vector").From("customers").RunWith(s.db).Query() // ok: only PostgreSQL
	s.sq.Select("nmae").From("customers").RunWith(s.db).Query()          // want `no such column: nmae; did you mean name`
}

func (s *store) early() {
	if s.driver == "sqlite" {
		return
	}
	s.sq.Select("search_vector").From("customers").RunWith(s.db).Query() // ok: only PostgreSQL
}

func (s *store) embedded(status string) {
	sub, args, err := sq.Select("custmer").From("orders").Where(sq.Eq{"stat": status}).ToSql() // want `no such column: custmer` `no such column: stat`
	if err != nil {
		return
	}
	s.sq.Select("id").From("customers").Where("id IN ("+sub+")", args...).RunWith(s.db).Query()
	inner, args, err := sq.Select("customer_id").From("orders").Where("total > points").ToSql() // ok: a name of the text around it
	if err != nil {
		return
	}
	s.db.Query("WITH scores AS (SELECT 1 AS points) SELECT id FROM customers, scores WHERE id IN ("+inner+")", args...)
}
