// Package quiet imports what is no ORM.
package quiet

import (
	_ "ariga.io/atlas/sql/schema"                         // ok: it reads schemas
	_ "example.org/company/recordset"                     // ok: begins like a listed path
	_ "example.org/lib/wrapping"                          // ok: a library that imports an ORM is its own matter
	_ "github.com/DATA-DOG/go-sqlmock"                    // ok: a test double of a driver
	_ "github.com/Masterminds/squirrel"                   // ok: the builder under the generated columns
	_ "github.com/beego/beego/v2/server/web"              // ok: of a framework with an ORM, but not that
	_ "github.com/go-gorp/gorpse"                         // ok: begins like gorp
	_ "github.com/go-jet/jetty"                           // ok: begins like jet
	_ "github.com/go-relx/log"                            // ok: begins like go-rel
	_ "github.com/gogf/gf/v2/os/glog"                     // ok: of a framework with an ORM, but not that
	_ "github.com/golang-migrate/migrate/v4"              // ok: no ORM, though schemachange reports its runs
	_ "github.com/golang/protobuf/proto"                  // ok: no database at all
	_ "github.com/jackc/pgx/v5"                           // ok: a driver
	_ "github.com/jinzhu/inflection"                      // ok: of the author of gorm, and no ORM
	_ "github.com/jinzhu/now"                             // ok: of the author of gorm, and no ORM
	_ "github.com/lib/pq"                                 // ok: a driver
	_ "github.com/mattn/go-sqlite3"                       // ok: a driver
	_ "github.com/pressly/goose/v3"                       // ok: it runs the migrations
	_ "github.com/sqlc-dev/sqlc/pkg/cli"                  // ok: the generator
	_ "github.com/stephenafamo/fakedb"                    // ok: of the author of bob, and no ORM
	_ "github.com/upper/dbx"                              // ok: begins like upper/db
	_ "github.com/uptrace/opentelemetry-go-extra/otelsql" // ok: of the author of bun, and no ORM
	_ "github.com/volatiletech/null/v8"                   // ok: types of values
	_ "github.com/zeromicro/go-zero/rest"                 // ok: of a framework with an ORM, but not that
	_ "gopkg.in/yaml.v3"                                  // ok: a version behind a dot
	_ "modernc.org/sqlite"                                // ok: a driver
)
