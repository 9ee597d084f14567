package d1

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	drey "github.com/dreysql/drey/internal/runtime"
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
		newest = max(newest, versionOf(name))
		if i >= first && !slices.Contains(applied, name) { // the first can be the schema of all before it
			missing = append(missing, name)
		}
	}
	var unknown []string
	for _, name := range applied {
		if versionOf(name) > newest {
			unknown = append(unknown, name)
		}
	}
	switch {
	case len(unknown) > 0:
		return fmt.Errorf("%w: it has %s: deploy the code that goes with it, or run drey generate", drey.ErrSchemaNewer, strings.Join(unknown, ", "))
	case len(missing) > 0:
		return fmt.Errorf("%w: it lacks %s: run wrangler d1 migrations apply", drey.ErrSchemaOlder, strings.Join(missing, ", "))
	}
	return nil
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

// versionOf is the number that goose gives a migration's file, or 0.
func versionOf(name string) int64 {
	digits, _, _ := strings.Cut(name, "_")
	version, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0
	}
	return version
}
