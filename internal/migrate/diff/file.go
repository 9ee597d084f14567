// Package diff writes the goose migration that leads from one schema to another and
// back, and the one that makes the schema of a database.
//
// @native-sql the databases are other projects', and there is no layer over them
// @native-sql-dynamic every name is quoted, and the rest is out of the schema itself
package diff

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// File is the migration of that version in goose's format.
//
// Goose records a version after the last statement of a migration that has NO
// TRANSACTION. A process that is killed between the two would leave the new
// schema with the old version, and the migration could not be run again. So such
// a script records its version itself, in its own transaction; goose then
// records it once more, which changes nothing, and deletes all records of it
// when it goes down.
func File(version int64, up, down *alter.Script) string {
	var b strings.Builder
	bare := up.Unenforced || down.Unenforced
	if bare {
		b.WriteString("-- +goose NO TRANSACTION\n")
	}
	b.WriteString("-- +goose Up\n")
	write(&b, up, bare, fmt.Sprintf("INSERT INTO %s (version_id, is_applied) VALUES (%d, 1)", migration.VersionTable, version))
	b.WriteString("\n-- +goose Down\n")
	write(&b, down, bare, fmt.Sprintf("DELETE FROM %s WHERE version_id = %d", migration.VersionTable, version))
	return b.String()
}

// The statements around a script that runs with foreign keys off. The
// constraint's name is what SQLite says when it fails. The table is not
// temporary, because sqlc does not know such tables.
var (
	countOrphans = []string{
		`CREATE TABLE drey_orphans (n INTEGER CONSTRAINT "rows refer to nothing, see PRAGMA foreign_key_check" CHECK (n <= 0))`,
		`INSERT INTO drey_orphans (n) SELECT -count(*) FROM pragma_foreign_key_check`,
	}
	compareOrphans = []string{
		`UPDATE drey_orphans SET n = n + (SELECT count(*) FROM pragma_foreign_key_check)`,
		`DROP TABLE drey_orphans`,
	}
)

// statements are those to run, in goose's transaction or in one of their own.
func statements(s *alter.Script, bare bool, record string) (list []string) {
	if !bare {
		return s.Statements
	}
	if s.Unenforced {
		list = append(list, "PRAGMA foreign_keys = OFF")
	}
	list = append(list, "BEGIN IMMEDIATE")
	if s.Unenforced && s.Orphans {
		list = append(list, countOrphans...)
	}
	list = append(list, s.Statements...)
	if s.Unenforced && s.Orphans {
		list = append(list, compareOrphans...)
	}
	list = append(list, record, "COMMIT")
	if s.Unenforced {
		list = append(list, "PRAGMA foreign_keys = ON")
	}
	return list
}

func write(b *strings.Builder, s *alter.Script, bare bool, record string) {
	for _, n := range s.Notes {
		fmt.Fprintf(b, "-- %s\n", n)
	}
	if s.Unenforced {
		b.WriteString("-- A table is replaced to which others refer. With foreign keys on, dropping the\n" +
			"-- old one would delete the rows that refer to it. The version is recorded in the\n" +
			"-- same transaction, so that the migration is done or not done at any time: if you\n" +
			"-- give the file another version, change it there as well.\n")
	}
	for _, statement := range statements(s, bare, record) {
		b.WriteString(Statement(statement))
	}
}

// Statement is a statement as goose reads one: with a semicolon, and between
// StatementBegin and StatementEnd where goose would cut it, or not see its end.
func Statement(sql string) string {
	text := sqltext.Ended(sql)
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		if migration.EndsStatement(line) != (i == len(lines)-1) {
			return "-- +goose StatementBegin\n" + text + "-- +goose StatementEnd\n"
		}
	}
	return text
}
