package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/sqlc-dev/meyer/ast"
	"modernc.org/sqlite"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Destructive returns the statement of a step that may delete or overwrite
// what is stored, or nil.
func (s Step) Destructive() *migration.Statement {
	for _, statement := range s.Statements() {
		for _, part := range sqltext.Split(statement.SQL) {
			if destroys(part.Text) {
				return &statement
			}
		}
	}
	return nil
}

// destroys reports whether a statement drops a table or a column, or deletes,
// updates or replaces rows. A statement that cannot be parsed may do so.
func destroys(sql string) bool {
	stmt, err := syntax.Parse(sql)
	switch s := stmt.(type) {
	case *ast.DropTableStmt, *ast.DeleteStmt, *ast.UpdateStmt:
		return true
	case *ast.AlterTableStmt:
		return s.Action == ast.AlterDropColumn
	case *ast.InsertStmt:
		return s.Replace || s.OrConflict == ast.ConflictReplace || slices.ContainsFunc(s.Upserts, func(u *ast.Upsert) bool { return !u.DoNothing })
	case *ast.PragmaStmt:
		return sqltext.EqualFold(s.Name.Name.Name, "writable_schema")
	}
	return err != nil
}

// backup copies the database file through SQLite's backup interface, so that
// what is in the WAL is in the copy and others may go on writing. The copy is
// named after the version before which it was made.
func (t Target) backup(ctx context.Context, step Step) (name string, err error) {
	name = fmt.Sprintf("%s.before-%d-%s", t.Path, step.File.Version(), time.Now().UTC().Format("20060102T150405.000Z"))
	part := name + ".part"
	defer func() {
		if err != nil {
			os.Remove(part)
			os.Remove(part + "-journal")
			err = fmt.Errorf("back up %s: %w", t.Path, err)
		}
	}()
	plain, err := sql.Open("sqlite", t.DSN("rw"))
	if err != nil {
		return "", err
	}
	defer plain.Close()
	conn, err := plain.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	err = conn.Raw(func(c any) error {
		source, ok := c.(interface {
			NewBackup(string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("the driver has no backup interface")
		}
		copying, err := source.NewBackup(fileURI(part) + "?mode=rwc")
		if err != nil {
			return err
		}
		_, err = copying.Step(-1)
		if e := copying.Finish(); err == nil {
			err = e
		}
		// The driver adds the message of the connection that is read, which does not
		// know of an error in the copy.
		if e := (*sqlite.Error)(nil); errors.As(err, &e) {
			err = errors.New(strings.Replace(e.Error(), ": not an error", "", 1))
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return name, os.Rename(part, name)
}
