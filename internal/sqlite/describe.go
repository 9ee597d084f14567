package sqlite

import (
	"strings"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Stmt is what SQLite says about a statement before it runs.
type Stmt struct {
	// Params has the name of each parameter, from number 1 on, with its
	// prefix: ":id", "?3"; "" for a bare ?.
	Params  []string
	Columns []Column // of the result, empty for a statement without one
	// ReadOnly: it does not change anything in the database.
	ReadOnly bool
	// Tail is the text after the statement.
	Tail string
	// Empty: the text only has blanks and comments.
	Empty bool
}

// Column is a column of a result.
type Column struct {
	Name string
	// DeclType is the declared type of the table column that is the result; Table
	// and Origin name that column. All are "" for an expression.
	DeclType, Table, Origin string
}

// Describe prepares the first statement of sql without running it. Its error
// is an [*Error].
func (c *Conn) Describe(sql string) (*Stmt, error) {
	stmt, tail, err := c.prepare(sql)
	if err != nil {
		return nil, err
	}
	d := &Stmt{Tail: strings.TrimSpace(tail), Empty: stmt == 0}
	if stmt == 0 {
		return d, nil
	}
	defer sqlite3.Xsqlite3_finalize(c.tls, stmt)
	d.ReadOnly = sqlite3.Xsqlite3_stmt_readonly(c.tls, stmt) != 0
	for i := range sqlite3.Xsqlite3_bind_parameter_count(c.tls, stmt) {
		d.Params = append(d.Params, libc.GoString(sqlite3.Xsqlite3_bind_parameter_name(c.tls, stmt, i+1)))
	}
	for i := range sqlite3.Xsqlite3_column_count(c.tls, stmt) {
		d.Columns = append(d.Columns, Column{
			Name:     libc.GoString(sqlite3.Xsqlite3_column_name(c.tls, stmt, i)),
			DeclType: libc.GoString(sqlite3.Xsqlite3_column_decltype(c.tls, stmt, i)),
			Table:    libc.GoString(sqlite3.Xsqlite3_column_table_name(c.tls, stmt, i)),
			Origin:   libc.GoString(sqlite3.Xsqlite3_column_origin_name(c.tls, stmt, i)),
		})
	}
	return d, nil
}

// Rows runs the first statement of sql, to its end, and returns the columns of each row as
// text. NULL is "". Parameters stay unbound. Its error is an [*Error].
func (c *Conn) Rows(sql string) ([][]string, error) {
	stmt, _, err := c.prepare(sql)
	if err != nil {
		return nil, err
	}
	defer sqlite3.Xsqlite3_finalize(c.tls, stmt)
	var rows [][]string
	for {
		switch sqlite3.Xsqlite3_step(c.tls, stmt) {
		case sqlite3.SQLITE_ROW:
			row := make([]string, sqlite3.Xsqlite3_column_count(c.tls, stmt))
			for i := range row {
				text := sqlite3.Xsqlite3_column_text(c.tls, stmt, int32(i))
				row[i] = libc.GoString(text)
			}
			rows = append(rows, row)
		case sqlite3.SQLITE_DONE:
			return rows, nil
		default:
			return nil, c.error()
		}
	}
}
