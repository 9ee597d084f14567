package d1

import (
	"context"
	"fmt"
	"slices"
	"strings"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// Check compares the migrations that wrangler d1 migrations apply has run with
// those that the code was generated from. It compares their names; wrangler keeps
// those in its table d1_migrations. If the database lacks some, the error is
// [drey.ErrSchemaOlder]. If it has later ones, the error is [drey.ErrSchemaNewer].
//
// It takes a round trip. Call it with the first request that an instance serves.
func Check(ctx context.Context, c drey.Conn, migrations []string) error {
	applied, err := appliedToD1(ctx, c)
	if err != nil {
		return err
	}
	first := slices.IndexFunc(migrations, func(name string) bool { return slices.Contains(applied, name) })
	var newest int64
	var missing []string
	for i, name := range migrations {
		newest = max(newest, remote.VersionOf(name))
		if i >= first && !slices.Contains(applied, name) { // the first can be the schema of all before it
			missing = append(missing, name)
		}
	}
	var unknown []string
	for _, name := range applied {
		if remote.VersionOf(name) > newest {
			unknown = append(unknown, name)
		}
	}
	return drey.CompareSchema(missing, unknown, "run wrangler d1 migrations apply")
}

func appliedToD1(ctx context.Context, c drey.Conn) (names []string, err error) {
	// @native-sql the table is wrangler's
	rows, err := c.QueryContext(ctx, "SELECT name FROM d1_migrations ORDER BY id")
	if err != nil && strings.Contains(err.Error(), "no such table") {
		return nil, fmt.Errorf("%w: it has no table d1_migrations: run wrangler d1 migrations apply", drey.ErrSchemaOlder)
	}
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
