package policy

import (
	"go/types"
	"slices"
	"strings"
)

// otherDrivers are prefixes of the import paths of other databases' drivers.
var otherDrivers = []string{
	"github.com/go-sql-driver/mysql", "github.com/jackc/pgx", "github.com/lib/pq", "github.com/jackc/pgconn",
	"github.com/microsoft/go-mssqldb", "github.com/denisenkom/go-mssqldb", "github.com/ClickHouse/clickhouse-go",
}

// sqliteDrivers are prefixes of the import paths of SQLite's drivers.
var sqliteDrivers = []string{
	"modernc.org/sqlite", "github.com/mattn/go-sqlite3", "github.com/ncruces/go-sqlite3", "github.com/glebarez",
	"zombiezen.com/go/sqlite", "crawshaw.io/sqlite", "github.com/tursodatabase", "github.com/libsql", "github.com/rqlite",
}

func driver(path string, drivers []string) bool {
	return slices.ContainsFunc(drivers, func(d string) bool {
		rest, ok := strings.CutPrefix(path, d)
		return ok && (rest == "" || rest[0] == '/')
	})
}

func imports(pkg *types.Package, drivers []string) bool {
	return slices.ContainsFunc(pkg.Imports(), func(p *types.Package) bool { return driver(p.Path(), drivers) })
}

// OtherDatabase reports whether a package imports the driver of another database,
// and none of SQLite's. The schema of that may differ.
func OtherDatabase(pkg *types.Package) bool {
	return imports(pkg, otherDrivers) && !imports(pkg, sqliteDrivers)
}

// SQLiteOnly reports whether a package imports a driver of SQLite's, and none of another
// database.
func SQLiteOnly(pkg *types.Package) bool {
	return imports(pkg, sqliteDrivers) && !imports(pkg, otherDrivers)
}

// Elsewhere reports whether a package that may be for several databases does not
// import a driver of SQLite's. It may be for the others alone.
func (p Project) Elsewhere(pkg *types.Package) bool {
	return p.Several(pkg) && !imports(pkg, sqliteDrivers)
}

// Several reports whether a package may be for several databases: it imports the
// driver of another one than SQLite, or its module requires one.
func (p Project) Several(pkg *types.Package) bool {
	if imports(pkg, otherDrivers) {
		return true
	}
	return p.in != nil && slices.ContainsFunc(p.in.Requires(), func(path string) bool { return driver(path, otherDrivers) })
}
