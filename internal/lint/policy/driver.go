package policy

import (
	"go/types"
	"strings"
)

// otherDrivers are prefixes of the import paths of other databases' drivers.
var otherDrivers = []string{
	"github.com/go-sql-driver/mysql", "github.com/jackc/pgx", "github.com/lib/pq", "github.com/jackc/pgconn",
	"github.com/microsoft/go-mssqldb", "github.com/denisenkom/go-mssqldb", "github.com/ClickHouse/clickhouse-go",
}

// OtherDatabase reports whether a package imports the driver of another database.
// The schema of that may differ.
func OtherDatabase(pkg *types.Package) bool {
	for _, p := range pkg.Imports() {
		for _, d := range otherDrivers {
			if rest, ok := strings.CutPrefix(p.Path(), d); ok && (rest == "" || rest[0] == '/') {
				return true
			}
		}
	}
	return false
}
