// Package export writes migrations for Cloudflare D1: files that
// wrangler d1 migrations apply takes, see
// https://developers.cloudflare.com/d1/reference/migrations/.
//
// wrangler runs a goose migration whole, Up and then Down, and reports success,
// so each file has only the Up section. If D1 refuses something, that is an
// error here, with the place in the migration.
//
// @native-sql the databases are other projects', and there is no layer over them
// @native-sql-dynamic the only names in the texts are the schema's own, quoted
package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// maxStatement is the longest statement that D1 takes, in bytes, see
// https://developers.cloudflare.com/d1/platform/limits/.
const maxStatement = 100_000

// pragmas are those that D1 runs and that do something in a migration, see
// https://developers.cloudflare.com/d1/sql-api/sql-statements/.
var pragmas = []string{"defer_foreign_keys", "legacy_alter_table", "ignore_check_constraints", "recursive_triggers",
	"reverse_unordered_selects", "case_sensitive_like", "foreign_key_check", "foreign_key_list", "quick_check", "optimize",
	"table_list", "table_info", "table_xinfo", "index_list", "index_info", "index_xinfo"}

const (
	wranglerRuns = "D1 runs a migration as a whole by itself: delete it"
	parentTrap   = "D1 enforces foreign keys all the time, so a table that others refer to cannot be dropped with its rows in place:\n" +
		"add the column, or a table beside it, instead of a rebuild"
)

// refusals are what D1 does not run, or without effect, as tried with wrangler
// 4.86.0 on a local database. The first that fits counts.
var refusals = []struct {
	words []string // a statement begins with them
	why   string
	fix   string
}{
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

// refused finds what D1 does not take.
func refused(f *migration.File) diag.Problems {
	var problems diag.Problems
	for _, statement := range f.Up() {
		for _, part := range sqltext.Split(statement.SQL) {
			line := statement.Line + strings.Count(statement.SQL[:part.Start], "\n")
			if why, fix := refusal(part.Text); why != "" {
				problems = append(problems, &diag.Problem{File: f.Path, Line: line, Msg: why, Fix: fix})
			}
		}
	}
	return problems
}

func refusal(sql string) (why, fix string) {
	if len(sql) > maxStatement {
		return fmt.Sprintf("the statement has %d bytes, and D1 takes %d", len(sql), maxStatement), "write several statements"
	}
	tokens := sqltext.Significant(sql)
	for _, r := range refusals {
		if begins(tokens, r.words) {
			return r.why, r.fix
		}
	}
	switch {
	case tokens[0].Is("PRAGMA") && len(tokens) > 1 && !slices.ContainsFunc(pragmas, tokens[1].Is):
		return "D1 refuses PRAGMA " + tokens[1].Name(), "delete it"
	case begins(tokens, []string{"CREATE", "VIRTUAL"}):
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

func begins(tokens []sqltext.Token, words []string) bool {
	for i, w := range words {
		if i >= len(tokens) || !tokens[i].Is(w) {
			return false
		}
	}
	return true
}

// Export writes each migration that the folder lacks, and returns the names of
// the files. It never rewrites a file that is there: if the migration has
// changed since, that is an error. It is also an error if D1 refuses something
// in a new migration. After an error nothing is written.
//
// If from is not 0, the database begins with the schema of that version: the
// file of that migration has it, and there are no files for those before.
func Export(ctx context.Context, files []migration.File, folder string, from int64) (written []string, err error) {
	var problems diag.Problems
	contents := map[string][]byte{}
	var first []byte
	if from != 0 {
		at := slices.IndexFunc(files, func(f migration.File) bool { return f.Version() == from })
		if at < 0 {
			return nil, fmt.Errorf("there is no migration with version %d", from)
		}
		if first, err = beginning(ctx, files[:at+1]); err != nil {
			return nil, err
		}
		files = files[at:]
	}
	for i := range files {
		f := &files[i]
		name := filepath.Join(folder, f.Name())
		content := render(f)
		begins := i == 0 && first != nil
		if begins {
			content = first
		}
		there, err := os.ReadFile(name)
		switch {
		case err == nil && bytes.Equal(there, content):
			continue
		case err == nil:
			problems = append(problems, &diag.Problem{File: f.Path,
				Msg: fmt.Sprintf("%s was exported from another text: D1 may have run it, so it stays as it is", filepath.ToSlash(name)),
				Fix: "restore the migration, and write a new one with the change"})
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
		if !begins {
			problems = append(problems, refused(f)...)
		}
		contents[name] = content
		written = append(written, name)
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	for _, name := range written {
		if err := write(name, contents[name]); err != nil {
			return nil, err
		}
	}
	return written, nil
}

// write makes a file that is there whole or not at all.
func write(name string, content []byte) error {
	part := name + ".part"
	if err := os.WriteFile(part, content, 0o644); err != nil {
		return err
	}
	return os.Rename(part, name)
}

// render is the Up section. wrangler cuts it into statements as SQLite does.
func render(f *migration.File) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "-- Exported by drey from %s.\n", f.Name())
	for _, s := range f.Up() {
		b.WriteString(s.SQL)
		b.WriteByte('\n')
	}
	return b.Bytes()
}
