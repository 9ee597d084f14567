package runtime

import (
	"context"
	"database/sql"
)

// The declarations of this file stand in for sqlc's own while this package is
// compiled and tested by itself. They are not emitted.

// DBTX is sqlc's interface to database/sql.
type DBTX interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	PrepareContext(context.Context, string) (*sql.Stmt, error)
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// Queries is sqlc's type: a method for each query in sql/.
type Queries struct{ db DBTX }

func newQueries(db DBTX) *Queries { return &Queries{db: db} }

// returning gives where to scan what a query of sqlc's returns that writes, new
// values each time, and the numbers of the columns that tell its rows apart. The
// query is named by the first line of its text; of others it returns nil.
func returning(name string) (fields []any, key []int) {
	if f := returningQueries[name]; f != nil {
		return f()
	}
	return nil, nil
}

// returningQueries are those of a test.
var returningQueries map[string]func() ([]any, []int)

// migrations is what drey embeds of the project's migrations.
var migrations []migration

// migrationNames is what it embeds of them for D1.
var migrationNames []string
