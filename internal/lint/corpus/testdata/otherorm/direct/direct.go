// Package direct imports every kind of ORM.
package direct

import (
	_ "entgo.io/ent"                                 // want `^entgo\.io/ent is another way to the data \(2 imports\)`
	_ "entgo.io/ent/dialect/sql"                     // ok: said where another package of it is imported
	_ "example.org/company/records"                  // want `^example\.org/company/records is another way to the data \(2 imports\)`
	_ "example.org/company/records/v3/query"         // ok: said where another package of it is imported
	_ "github.com/aarondl/sqlboiler/v4/queries"      // want `^github\.com/aarondl/sqlboiler/v4/queries is another way to the data`
	_ "github.com/beego/beego/v2/client/orm"         // want `^github\.com/beego/beego/v2/client/orm is another way to the data`
	_ "github.com/bokwoon95/sq"                      // want `^github\.com/bokwoon95/sq is another way to the data`
	_ "github.com/doug-martin/goqu/v9"               // want `^github\.com/doug-martin/goqu/v9 is another way to the data \(2 imports\)`
	_ "github.com/doug-martin/goqu/v9/exp"           // ok: said where another package of it is imported
	_ "github.com/elgris/sqrl"                       // want `^github\.com/elgris/sqrl is another way to the data`
	_ "github.com/georgysavva/scany/v2/sqlscan"      // want `^github\.com/georgysavva/scany/v2/sqlscan is another way to the data`
	_ "github.com/go-gorp/gorp/v3"                   // want `^github\.com/go-gorp/gorp/v3 is another way to the data`
	_ "github.com/go-jet/jet/v2/sqlite"              // want `^github\.com/go-jet/jet/v2/sqlite is another way to the data`
	_ "github.com/go-ozzo/ozzo-dbx"                  // want `^github\.com/go-ozzo/ozzo-dbx is another way to the data`
	_ "github.com/go-pg/pg/v10"                      // want `^github\.com/go-pg/pg/v10 is another way to the data`
	_ "github.com/go-rel/rel"                        // want `^github\.com/go-rel/rel is another way to the data`
	_ "github.com/gobuffalo/pop/v6"                  // want `^github\.com/gobuffalo/pop/v6 is another way to the data`
	_ "github.com/gocraft/dbr/v2"                    // want `^github\.com/gocraft/dbr/v2 is another way to the data`
	_ "github.com/gogf/gf/v2/database/gdb"           // want `^github\.com/gogf/gf/v2/database/gdb is another way to the data`
	_ "github.com/huandu/go-sqlbuilder"              // want `^github\.com/huandu/go-sqlbuilder is another way to the data`
	_ "github.com/jinzhu/gorm"                       // want `^github\.com/jinzhu/gorm is another way to the data`
	_ "github.com/jmoiron/sqlx"                      // want `^github\.com/jmoiron/sqlx is another way to the data`
	_ "github.com/stephenafamo/bob"                  // want `^github\.com/stephenafamo/bob is another way to the data`
	_ "github.com/upper/db/v4"                       // want `^github\.com/upper/db/v4 is another way to the data`
	_ "github.com/uptrace/bun"                       // want `^github\.com/uptrace/bun is another way to the data \(2 imports\)`
	_ "github.com/uptrace/bun/dialect/sqlitedialect" // ok: said where another package of it is imported
	_ "github.com/vingarcia/ksql"                    // want `^github\.com/vingarcia/ksql is another way to the data`
	_ "github.com/volatiletech/sqlboiler/v4/boil"    // want `^github\.com/volatiletech/sqlboiler/v4/boil is another way to the data`
	_ "gopkg.in/gorp.v3"                             // want `^gopkg\.in/gorp\.v3 is another way to the data`
	_ "gopkg.in/reform.v1"                           // want `^gopkg\.in/reform\.v1 is another way to the data`
	_ "gorm.io/driver/sqlite"                        // want `^gorm\.io/driver/sqlite is another way to the data \(2 imports\)`
	_ "gorm.io/gorm"                                 // ok: said where another package of it is imported
	_ "xorm.io/builder"                              // want `^xorm\.io/builder is another way to the data \(2 imports\)`
	_ "xorm.io/xorm"                                 // ok: said where another package of it is imported
)
