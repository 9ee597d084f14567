package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// maxStatement is the longest statement that D1 takes, in bytes, see
// https://developers.cloudflare.com/d1/platform/limits/.
const maxStatement = 100_000

// d1Pragmas are those that D1 runs and that do something in a migration, see
// https://developers.cloudflare.com/d1/sql-api/sql-statements/.
var d1Pragmas = []string{"defer_foreign_keys", "legacy_alter_table", "ignore_check_constraints", "recursive_triggers",
	"reverse_unordered_selects", "case_sensitive_like", "foreign_key_check", "foreign_key_list", "quick_check", "optimize",
	"table_list", "table_info", "table_xinfo", "index_list", "index_info", "index_xinfo"}

const (
	wranglerRuns = "D1 runs a migration as a whole by itself: delete it"
	parentTrap   = "D1 enforces foreign keys all the time, so a table that others refer to cannot be dropped with its rows in place:\n" +
		"add the column, or a table beside it, instead of a rebuild"
)

// d1 is what D1 does not run, or without effect, as tried with wrangler 4.86.0 on a local
// database. The first that fits counts.
var d1 = []Refusal{
	{[]string{"BEGIN"}, "D1 refuses BEGIN", wranglerRuns},
	{[]string{"COMMIT"}, "D1 refuses COMMIT", wranglerRuns},
	{[]string{"END"}, "D1 refuses END", wranglerRuns},
	{[]string{"ROLLBACK"}, "D1 refuses ROLLBACK", wranglerRuns},
	{[]string{"SAVEPOINT"}, "D1 refuses SAVEPOINT", wranglerRuns},
	{[]string{"RELEASE"}, "D1 refuses RELEASE", wranglerRuns},
	{[]string{"ATTACH"}, "D1 refuses ATTACH", "a D1 database is one file: move the data in a service"},
	{[]string{"DETACH"}, "D1 refuses DETACH", "a D1 database is one file: move the data in a service"},
	{[]string{"VACUUM"}, "D1 refuses VACUUM", "delete it: D1 looks after its files"},
	{[]string{"PRAGMA", "foreign_keys"}, "D1 ignores PRAGMA foreign_keys", parentTrap},
	{[]string{"CREATE", "TEMP"}, "D1 has no temporary tables", "write a table and drop it at the end"},
	{[]string{"CREATE", "TEMPORARY"}, "D1 has no temporary tables", "write a table and drop it at the end"},
}

// D1 is Cloudflare's.
func D1(sql string) (why, fix string) {
	if len(sql) > maxStatement {
		return fmt.Sprintf("the statement has %d bytes, and D1 takes %d", len(sql), maxStatement), "write several statements"
	}
	tokens := sqltext.Significant(sql)
	if r := First(d1, tokens); r != nil {
		return r.Why, r.Fix
	}
	switch {
	case tokens[0].Is("PRAGMA") && len(tokens) > 1 && !slices.ContainsFunc(d1Pragmas, tokens[1].Is):
		return "D1 refuses PRAGMA " + tokens[1].Name(), "delete it"
	case Begins(tokens, "CREATE", "VIRTUAL"):
		using := slices.IndexFunc(tokens, func(t sqltext.Token) bool { return t.Is("USING") })
		if using > 0 && using+1 < len(tokens) && !strings.HasPrefix(sqltext.Fold(tokens[using+1].Name()), "fts5") {
			return "D1 has no module " + tokens[using+1].Name() + ": it has fts5 and fts5vocab", "keep the data in tables"
		}
	}
	for i, t := range tokens {
		if t.Ident() && sqltext.EqualFold(t.Name(), migration.VersionTable) {
			return "D1 has no goose_db_version: wrangler keeps versions in a table of its own", parentTrap
		}
		if t.Is("sqlite_version") && i+1 < len(tokens) && tokens[i+1].Is("(") {
			return "D1 refuses sqlite_version()", "delete it"
		}
	}
	return "", ""
}
