package migration

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// failure is a statement that SQLite refused.
type failure struct {
	sql    string
	format *Format
	at     *passage // nil if it is not known
	msg    string   // SQLite's
	offset int      // in sql, of the token at fault
}

const (
	strictTypes = "the types of a STRICT table are INT, INTEGER, REAL, TEXT, BLOB and ANY"
	rebuild     = "rebuild the table: create a new one, copy the rows, drop the old one, rename the new one"
)

func (f *failure) ownTransaction() string {
	fix := f.format.Name + " runs each migration in a transaction of its own: delete BEGIN, COMMIT and ROLLBACK"
	if f.format.noTx == "" {
		return fix
	}
	return fix + ",\nor " + f.format.noTx
}

func (f *failure) noTransaction() string {
	if f.format.noTx == "" {
		return "put the statement into a file of its own"
	}
	return f.format.noTx + ", in a migration of its own"
}

// order is for a statement that needs what a later file makes.
func (f *failure) order() string {
	if f.format != Plain {
		return ""
	}
	return "if a later file makes it: plain files run in the order of their names, as sqlc reads them, so pad their numbers with zeros"
}

// fixes are what to do about SQLite's messages. The first that fits counts.
var fixes = []struct {
	msg string // a part of it
	fix func(*failure) string
}{
	{"incomplete input", incomplete},
	{"unrecognized token", cutShort},
	{"syntax error", missingSemicolon},
	{"table " + VersionTable + " already exists", always("these are the tables of a database that goose migrated: name the folder of its migrations in sqlc.yaml instead, or delete the table here")},
	{"object name reserved for internal use", always("SQLite makes its own tables by itself: delete the statement")},
	{"already exists", always("something earlier has made it: drop that first, or choose another name")},
	{"unknown datatype", always(strictTypes)},
	{"missing datatype", always(strictTypes)},
	{"cannot start a transaction within a transaction", (*failure).ownTransaction},
	{"no transaction is active", (*failure).ownTransaction},
	{"cannot VACUUM from within a transaction", (*failure).noTransaction},
	{"may not be changed inside a transaction", (*failure).noTransaction},
	{"from within a transaction", (*failure).noTransaction},
	{"NOT NULL column with default value NULL", always("give the column a default, or " + rebuild)},
	{"Cannot add a column with non-constant default", always("add the column with a constant default and UPDATE it, or " + rebuild)},
	{"Cannot add a UNIQUE column", always("add the column without UNIQUE and create a unique index on it")},
	{"Cannot add a PRIMARY KEY column", always(rebuild)},
	{"cannot add a STORED column", always("make the column VIRTUAL, or " + rebuild)},
	{"error in view", always("drop the view before this statement and create it again after")},
	{"error in trigger", always("drop the trigger before this statement and create it again after")},
	{"error in index", always("drop the index before this statement and create it again after")},
	{"not authorized", always("drey does not load extensions into SQLite: delete the statement")},
	{"no such table", (*failure).order},
	{"no such column", (*failure).order},
	{"no such module", always("this build of SQLite (modernc.org/sqlite) lacks the module; fts5, rtree, geopoly and dbstat are there")},
}

// fix is what to do, "" where that is not known.
func (f *failure) fix() string {
	for _, known := range fixes {
		if strings.Contains(f.msg, known.msg) {
			return known.fix(f)
		}
	}
	return ""
}

func always(fix string) func(*failure) string { return func(*failure) string { return fix } }

// lineBlock is the remedy for everything that goose's rule for the end of a
// statement cuts in two.
const lineBlock = "%[1]s ends a statement at every line that ends in a semicolon (https://github.com/pressly/goose/issues/427):\n" +
	"put \"-- %[2]s StatementBegin\" above %[3]s and \"-- %[2]s StatementEnd\" below it"

func (f *failure) block(what string) string {
	mark := "+goose"
	if f.format == SQLMigrate {
		mark = "+migrate"
	}
	return fmt.Sprintf(lineBlock, f.format.Name, mark, what)
}

func incomplete(f *failure) string {
	block := f.at != nil && f.at.block
	switch {
	case block && createsTrigger(f.sql):
		return "end the trigger with END;"
	case createsTrigger(f.sql):
		return f.block("the trigger")
	case block:
		return "close what is open at its end: a parenthesis, or a CASE"
	}
	return "close what is open at its end: a parenthesis, or a CASE; or, if it goes on,\n" + f.block("the statement")
}

func createsTrigger(sql string) bool {
	tokens := sqltext.Significant(sql)
	i := slices.IndexFunc(tokens, func(t sqltext.Token) bool { return t.Is("TRIGGER") })
	return i >= 1 && (tokens[i-1].Is("CREATE") || tokens[i-1].Is("TEMP") || tokens[i-1].Is("TEMPORARY"))
}

// cutShort: a string that goes on below a line that ends in a semicolon.
func cutShort(f *failure) string {
	if f.at != nil && f.at.block || !strings.ContainsAny(f.sql, "'\"`[") {
		return ""
	}
	return "close the quotes; or, if the text goes on,\n" + f.block("the statement")
}

// missingSemicolon: what begins a statement stands inside one.
func missingSemicolon(f *failure) string {
	if f.offset == 0 || f.offset >= len(f.sql) {
		return ""
	}
	word := sqltext.Tokens(f.sql[f.offset:])[0]
	for _, first := range []string{"CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE", "PRAGMA"} {
		if word.Is(first) {
			return fmt.Sprintf("end the statement before %s with a semicolon", word.Text)
		}
	}
	return ""
}
