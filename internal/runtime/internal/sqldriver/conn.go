package sqldriver

import (
	"context"
	"database/sql/driver"
)

// Conn is what a connection must have.
type Conn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
	driver.Pinger
}

// Stmt is what a statement must have.
type Stmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// Converting is embedded in a connection and has database/sql convert by
// [Bindable].
type Converting struct{}

// CheckNamedValue converts the value of an argument.
func (Converting) CheckNamedValue(v *driver.NamedValue) (err error) {
	v.Value, err = Bindable(v.Value)
	return err
}

// Batcher is a driver's connection that runs a list of statements as one: all
// of them have an effect, or none. It returns rows and a result for each.
type Batcher interface {
	Batch(ctx context.Context, queries []string, args [][]driver.NamedValue) ([]driver.Rows, []driver.Result, error)
}

// Undoer is implemented by the rows of a statement that writes. Undo undoes the
// statement, which is not committed yet.
type Undoer interface{ Undo() error }

// CellRows is implemented by rows whose values come as JSON.
type CellRows interface {
	// NextCells reads the next row: the text of each value, without spaces around it, until
	// it is called again. It returns io.EOF after the last row.
	NextCells() ([]string, error)
	// Value reads what [driver.Rows.Next] gives for such a text.
	Value(cell string) (driver.Value, error)
}
