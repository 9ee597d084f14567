package drey

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// The errors that a caller may want to tell apart with errors.Is. A query that
// does not find its row returns sql.ErrNoRows, as in the static half.
var (
	// ErrManyRows: One found more than one row.
	ErrManyRows = errors.New("more than one row")
	// ErrEmptyNotIn: NotIn got no values, or Not got an In without values. Taken
	// literally it matches every row, which is hardly ever meant.
	ErrEmptyNotIn = errors.New("NOT IN of an empty list")
	// ErrEmptyOr: Or got no predicate, or only absent ones.
	ErrEmptyOr = errors.New("OR of no predicates")
	// ErrNoPredicate: an Update or Delete does not have a predicate, or only
	// absent ones, and does not say EveryRow.
	ErrNoPredicate = errors.New("no predicate; EveryRow says that all rows are meant")
	// ErrNoAssignment: an Update does not have an assignment, or only absent ones.
	ErrNoAssignment = errors.New("UPDATE without an assignment")
	// ErrAssignedTwice: an Update has two assignments to one column, or an
	// Insert names one twice.
	ErrAssignedTwice = errors.New("column assigned twice")
	// ErrOutOfRange: in some row, what Add or SetTo makes is outside the range of the
	// column's Go type, or not finite. Nothing has been changed.
	ErrOutOfRange = errors.New("out of range")
	// ErrStale: a row has another version than was expected: somebody has changed it.
	// Nothing has been changed.
	ErrStale = errors.New("the row has another version")
	// ErrDeleted: the row that has the key of a new row already is deleted. Nothing has
	// been changed.
	ErrDeleted = errors.New("the row with that key is deleted")
	// ErrComputed: an Insert names a generated column.
	ErrComputed = errors.New("a generated column cannot be written")
	// ErrNotInserted: OrUpdate names a column that is not among the inserted.
	ErrNotInserted = errors.New("OrUpdate of a column that is not inserted")
	// ErrTenant: a query does not say its tenant, but has the zero value of its type in its
	// place; or a write of a [Scoped] table would lead out of its tenant. Nothing has been
	// changed.
	ErrTenant = errors.New("outside of a tenant")
	// ErrNegativeLimit: Limit or Offset got a number below zero.
	ErrNegativeLimit = errors.New("negative LIMIT or OFFSET")
	// ErrTooManyParameters: the query binds more values than the engine takes:
	// SQLite 32,766.
	ErrTooManyParameters = errors.New("more bound parameters than the engine takes")
	// ErrOptions: the options of an Open contradict each other, or have a value out of
	// range.
	ErrOptions = errors.New("options")
	// ErrTxStatement: BEGIN, COMMIT, SAVEPOINT or the like was given as SQL. Use
	// Tx instead, which keeps a transaction on one connection.
	ErrTxStatement = errors.New("a transaction is begun and ended by Tx, not by SQL")
	// ErrSnapshot: something tried to write in a Snapshot.
	ErrSnapshot = errors.New("a write in a snapshot")
	// ErrNoTransactions: the engine runs single statements and batches only.
	ErrNoTransactions = errors.New("the engine has no transactions; put the statements into a Batch")
	// ErrCorrupt: Check has found damage in the database.
	ErrCorrupt = errors.New("the database is damaged")
	// ErrMoved: the database file is not at its path any more, or another file is.
	ErrMoved = errors.New("the database file was moved, replaced or deleted while it was open")
	// ErrUnknownOutcome: a write was sent to a server, and no answer says what became of it.
	// It may be applied, now or later.
	ErrUnknownOutcome = errors.New("the write was sent, and it is not known whether it is applied")
	// ErrSchemaOlder: the database lacks migrations that this code was
	// generated from.
	ErrSchemaOlder = errors.New("the database's schema is older than the code")
	// ErrSchemaNewer: the database has migrations that this code does not know.
	ErrSchemaNewer = errors.New("the database's schema is newer than the code")
)

// The errors of binding a value and of reading a row.
var (
	// ErrNaN: a float is not a number. SQLite would make NULL of it.
	ErrNaN = sqldriver.ErrNaN
	// ErrYear: a time is not between the years 0 and 9999 in UTC. As text it would
	// not sort, and neither SQLite nor JSON could read it.
	ErrYear = sqldriver.ErrYear
	// ErrPattern: SQLite's LIKE would misread the pattern of a Like, or what
	// Contains, HasPrefix or HasSuffix look for is not valid UTF-8.
	ErrPattern = sqldriver.ErrPattern
	// ErrUnreadable: a value of a row does not fit its column's Go type. A statement
	// that wrote such a row and returned it has had no effect, except on D1 and rqlite,
	// which have stored it.
	ErrUnreadable = sqldriver.ErrUnreadable
	// ErrStored: the context ended just as the statement was done. What it wrote
	// is stored, but its rows were not read.
	ErrStored = sqldriver.ErrStored
)

// CompareSchema returns the error of a database that lacks migrations, or has some that
// the code does not know: [ErrSchemaOlder] or [ErrSchemaNewer], nil if there are none. fix
// says what to do about those that are missing. It is for engines.
func CompareSchema(missing, unknown []string, fix string) error {
	switch {
	case len(unknown) > 0:
		return fmt.Errorf("%w: it has %s: deploy the code that goes with it, or run drey generate", ErrSchemaNewer, strings.Join(unknown, ", "))
	case len(missing) > 0:
		return fmt.Errorf("%w: it lacks %s: %s", ErrSchemaOlder, strings.Join(missing, ", "), fix)
	}
	return nil
}
