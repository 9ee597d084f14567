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
	at     *passage // nil if it is not known
	msg    string   // SQLite's
	offset int      // in sql, of the token at fault
}

const (
	ownTransaction = "goose runs each migration in a transaction of its own: delete BEGIN, COMMIT and ROLLBACK,\n" +
		"or put \"-- +goose NO TRANSACTION\" above \"-- +goose Up\""
	noTransaction = "put \"-- +goose NO TRANSACTION\" above \"-- +goose Up\", in a migration of its own"
	strictTypes   = "the types of a STRICT table are INT, INTEGER, REAL, TEXT, BLOB and ANY"
	rebuild       = "rebuild the table: create a new one, copy the rows, drop the old one, rename the new one"
)

// fixes are what to do about SQLite's messages. The first that fits counts.
var fixes = []struct {
	msg string // a part of it
	fix func(*failure) string
}{
	{"incomplete input", incomplete},
	{"unrecognized token", cutShort},
	{"syntax error", missingSemicolon},
	{"already exists", always("something earlier has made it: drop that first, or choose another name")},
	{"unknown datatype", always(strictTypes)},
	{"missing datatype", always(strictTypes)},
	{"cannot start a transaction within a transaction", always(ownTransaction)},
	{"no transaction is active", always(ownTransaction)},
	{"cannot VACUUM from within a transaction", always(noTransaction)},
	{"may not be changed inside a transaction", always(noTransaction)},
	{"from within a transaction", always(noTransaction)},
	{"NOT NULL column with default value NULL", always("give the column a default, or " + rebuild)},
	{"Cannot add a column with non-constant default", always("add the column with a constant default and UPDATE it, or " + rebuild)},
	{"Cannot add a UNIQUE column", always("add the column without UNIQUE and create a unique index on it")},
	{"Cannot add a PRIMARY KEY column", always(rebuild)},
	{"cannot add a STORED column", always("make the column VIRTUAL, or " + rebuild)},
	{"error in view", always("drop the view before this statement and create it again after")},
	{"error in trigger", always("drop the trigger before this statement and create it again after")},
	{"error in index", always("drop the index before this statement and create it again after")},
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
const lineBlock = "goose ends a statement at every line that ends in a semicolon (https://github.com/pressly/goose/issues/427):\n" +
	"put \"-- +goose StatementBegin\" above %s and \"-- +goose StatementEnd\" below it"

func incomplete(f *failure) string {
	block := f.at != nil && f.at.block
	switch {
	case block && createsTrigger(f.sql):
		return "end the trigger with END;"
	case createsTrigger(f.sql):
		return fmt.Sprintf(lineBlock, "the trigger")
	case block:
		return "close what is open at its end: a parenthesis, or a CASE"
	}
	return "close what is open at its end: a parenthesis, or a CASE; or, if it goes on,\n" + fmt.Sprintf(lineBlock, "the statement")
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
	return "close the quotes; or, if the text goes on,\n" + fmt.Sprintf(lineBlock, "the statement")
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
