package migrate

import (
	"context"
	"database/sql"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/project/migration"
)

// d1Table is where wrangler d1 migrations apply keeps what it has applied.
const d1Table = "d1_migrations"

// d1Tables are the tables of D1's own in a database file of a local D1: wrangler's, and
// those of the platform.
func d1Tables(ctx context.Context, db querier) (list []string, err error) {
	rows, err := db.QueryContext(ctx, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '\_cf\_%' ESCAPE '\'`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		list = append(list, name)
	}
	if err := rows.Err(); err != nil || len(list) == 0 {
		return nil, err
	}
	return append(list, d1Table), nil
}

// keysTable is where clients of a cluster keep the keys of writes, see rqlite.WithKey.
const keysTable = "drey_keys"

// EngineTables are the tables of a database that an engine keeps for itself, which are not
// part of the schema: those of a local D1, and the keys of writes on a cluster.
func EngineTables(ctx context.Context, db querier) ([]string, error) {
	list, err := d1Tables(ctx, db)
	if err != nil {
		return nil, err
	}
	there, err := hasTable(ctx, db, keysTable)
	if there {
		list = append(list, keysTable)
	}
	return list, err
}

// ReadD1 returns the migrations that wrangler has applied to a local D1, in the files that
// are exported for it under the names of files. It is nil if the database is not one. Of an
// export that begins with a later version, that version has the earlier ones in it.
func ReadD1(ctx context.Context, db *sql.DB, files []migration.File) (list []Applied, err error) {
	tables, err := d1Tables(ctx, db)
	if err != nil || tables == nil {
		return nil, err
	}
	if there, err := hasTable(ctx, db, d1Table); err != nil || !there {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT name, coalesce(unixepoch(applied_at), 0) FROM "+d1Table+" ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", d1Table, err)
	}
	defer rows.Close()
	list = []Applied{}
	for rows.Next() {
		var name string
		var at int64
		if err := rows.Scan(&name, &at); err != nil {
			return nil, err
		}
		a, ok := exported(files, name)
		if !ok {
			continue // not exported from here
		}
		a.At = time.Unix(at, 0).UTC()
		if len(list) == 0 {
			for _, f := range files {
				if a.Version > 0 && f.Version() < a.Version {
					list = append(list, Applied{Version: f.Version(), Recorded: recordedBy(f), At: a.At})
				}
			}
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// exported is the migration that was exported under a name. Goose's are known by their
// version.
func exported(files []migration.File, name string) (a Applied, ok bool) {
	if i := slices.IndexFunc(files, func(f migration.File) bool { return f.Name() == path.Base(name) }); i >= 0 {
		return Applied{Version: files[i].Version(), Recorded: recordedBy(files[i])}, true
	}
	base := path.Base(name)
	version, err := strconv.ParseInt(base[:len(base)-len(strings.TrimLeft(base, "0123456789"))], 10, 64)
	if err != nil {
		return Applied{}, false
	}
	if len(files) > 0 && files[0].Format.Foreign() {
		return Applied{Recorded: name}, version > 0
	}
	return Applied{Version: version}, version > 0
}

// recordedBy is what another tool than goose calls a migration.
func recordedBy(f migration.File) string {
	if f.Format.Foreign() {
		return f.Recorded
	}
	return ""
}
