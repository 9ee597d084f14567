package remote

import (
	"context"
	"database/sql/driver"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// Statement is a text that the engine has read. To run it is a message of its own.
type Statement interface {
	Exec(ctx context.Context, args []driver.NamedValue) (driver.Result, error)
	Query(ctx context.Context, args []driver.NamedValue) (driver.Rows, error)
}

// Conn is a connection to an engine without transactions. It costs nothing, and does not keep
// state between statements. A driver embeds it in its own.
type Conn struct {
	sqldriver.Converting
	// Statement reads a text.
	Statement func(query string) (Statement, error)
	// NoTransactions is the error of Begin.
	NoTransactions error
}

// Prepare reads the text's parameters. The engine itself looks at the text when it runs.
func (c *Conn) Prepare(query string) (driver.Stmt, error) {
	s, err := c.Statement(query)
	if err != nil {
		return nil, err
	}
	return &stmt{of: s}, nil
}

// PrepareContext is Prepare.
func (c *Conn) PrepareContext(_ context.Context, query string) (driver.Stmt, error) {
	return c.Prepare(query)
}

// ResetSession does nothing.
func (c *Conn) ResetSession(context.Context) error { return nil }

// IsValid always reports true.
func (c *Conn) IsValid() bool { return true }

// Ping runs a query that reads no table.
func (c *Conn) Ping(ctx context.Context) error {
	// @native-sql a ping asks the engine, and no table
	_, err := c.QueryContext(ctx, "SELECT 1", nil)
	return err
}

// Close does nothing.
func (c *Conn) Close() error { return nil }

// Begin returns NoTransactions.
func (c *Conn) Begin() (driver.Tx, error) { return nil, c.NoTransactions }

// BeginTx returns NoTransactions.
func (c *Conn) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) {
	return nil, c.NoTransactions
}

// ExecContext runs a statement.
func (c *Conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.Statement(query)
	if err != nil {
		return nil, err
	}
	return s.Exec(ctx, args)
}

// QueryContext runs a statement and reads its rows.
func (c *Conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.Statement(query)
	if err != nil {
		return nil, err
	}
	return s.Query(ctx, args)
}

type stmt struct {
	sqldriver.Converting
	of Statement
}

func (s *stmt) Close() error  { return nil }
func (s *stmt) NumInput() int { return -1 } // the engine says more of what is wrong

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.of.Exec(ctx, args)
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.of.Query(ctx, args)
}

// Exec and Query are what database/sql called before contexts were there.

func (s *stmt) Exec(args []driver.Value) (driver.Result, error) {
	return s.ExecContext(context.Background(), ordinal(args))
}

func (s *stmt) Query(args []driver.Value) (driver.Rows, error) {
	return s.QueryContext(context.Background(), ordinal(args))
}

// ordinal gives arguments their numbers.
func ordinal(args []driver.Value) []driver.NamedValue {
	named := make([]driver.NamedValue, len(args))
	for i, v := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return named
}

// Unnamed is the driver of a connector, which cannot open anything by name.
type Unnamed struct{ Err error }

// Open returns Err.
func (u Unnamed) Open(string) (driver.Conn, error) { return nil, u.Err }
