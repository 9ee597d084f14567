package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/migrate/engine"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// part is one SQL statement of a migration.
type part struct {
	sql    string
	line   int
	tokens []sqltext.Token
	tree   ast.Stmt // nil where it cannot be parsed
}

// drops reports whether the statement drops an object of that kind and name.
func (p *part) drops(kind, name string) bool {
	word, dropped := syntax.Dropped(p.tree)
	return dropped != nil && sqltext.EqualFold(word, kind) && sqltext.EqualFold(dropped.Name.Name, name)
}

// is reports whether the statement begins with these words.
func (p *part) is(words ...string) bool {
	for i, w := range words {
		if i >= len(p.tokens) || !p.tokens[i].Is(w) {
			return false
		}
	}
	return true
}

// parts cuts what goose sends at once into statements.
func parts(statements []migration.Statement) []part {
	var list []part
	for _, s := range statements {
		for _, p := range sqltext.Split(s.SQL) {
			tree, _ := syntax.Parse(p.Text)
			list = append(list, part{p.Text, s.Line + strings.Count(s.SQL[:p.Start], "\n"), sqltext.Significant(p.Text), tree})
		}
	}
	return list
}

// read finds what the text tells.
func (c *checker) read(f *migration.File) {
	up, down := parts(f.Up()), parts(f.Down())
	if len(up) == 0 {
		missing, alone := strings.CutSuffix(f.Name(), ".down.sql")
		switch {
		case f.Format == migration.Goose:
			c.add("empty", f, 0, "write the statements below \"-- +goose Up\", or delete the file", "there is nothing in the Up section")
		case alone && f.Format == migration.GolangMigrate:
			c.add("empty", f, 0, "write that file, or delete this one", "there is no %s.up.sql: %s counts the version and runs nothing", missing, f.Format)
		default:
			c.add("empty", f, 0, "write the statements into it, or delete it", "there is nothing in the file that runs")
		}
	} else if len(down) == 0 && f.Format.Down() != "" {
		what := "the Down section is empty: the migration cannot be taken back"
		if f.DownLine() == 0 {
			what = "there is no Down section: the migration cannot be taken back"
		}
		c.addDown("no-down", f, f.DownLine(), fmt.Sprintf("write %s the statements that undo those of Up", f.Format.Down()), "%s", what)
	}
	for _, s := range []*step{{checker: c, file: f, up: true, list: up}, {checker: c, file: f, list: down}} {
		s.readVersion()
		if c.clustered(f) {
			s.readRqlite()
		}
		if f.NoTx() {
			s.readBare()
		} else {
			s.readWrapped()
		}
	}
}

// readRqlite finds what a cluster of rqlite does not take.
func (s *step) readRqlite() {
	for _, p := range s.list {
		if why, fix := engine.Rqlite(p.sql); why != "" {
			s.add(RqliteRule, s.file, p.line, fix, "%s", why)
		}
	}
}

// rqliteSchema is readRqlite for what the last schema says as a whole.
func (c *checker) rqliteSchema(files []migration.File) {
	list := make([]migration.Migration, len(files))
	for i := range files {
		list[i] = migration.Migration{Path: files[i].Path, Up: files[i].Up()}
	}
	for _, f := range engine.RqliteSchema(c.last) {
		path, line := migration.Created(list, strings.ToUpper(f.Kind), f.Name)
		c.addAt(RqliteRule, path, line, f.Fix, "%s", f.Why)
	}
}

// readVersion is for a migration that records its own version, as one of drey
// migrate diff does. It may have been renumbered since.
func (s *step) readVersion() {
	f := s.file
	for _, p := range s.list {
		own := p.is("DELETE", "FROM") || p.is("INSERT", "INTO") && slices.ContainsFunc(p.tokens, func(t sqltext.Token) bool { return t.Is("VALUES") })
		if !own || len(p.tokens) < 3 || p.tokens[2].Name() != migration.VersionTable {
			continue
		}
		for _, t := range p.tokens {
			if t.Kind == sqltext.Integer {
				if t.Text != fmt.Sprint(f.Version()) {
					s.add("wrong-version", f, p.line, fmt.Sprintf("write %d instead of %s", f.Version(), t.Text),
						"the migration records version %s, and its name says %d", t.Text, f.Version())
				}
				break
			}
		}
	}
}

// readWrapped is for statements that goose puts into a transaction.
func (s *step) readWrapped() {
	for _, p := range s.list {
		if p.is("PRAGMA", "foreign_keys") {
			s.add("no-effect", s.file, p.line, noTransactionRebuild(s.file), "PRAGMA foreign_keys does nothing here: %s runs the migration in a transaction, in which SQLite ignores it", s.file.Format.Name)
		}
	}
}

// noTransactionRebuild is how a table is rebuilt that others refer to.
func noTransactionRebuild(f *migration.File) string {
	fix := "write PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE; at the\nbeginning and COMMIT; PRAGMA foreign_keys = ON; at the end"
	if how := f.Format.NoTransaction(); how != "" {
		fix = how + strings.Replace(fix, "write", ", then", 1)
	}
	if f.Format == migration.Goose {
		fix += ", or let drey migrate diff write the migration"
	}
	return fix
}

// readBare is for statements that run without goose's transaction.
func (s *step) readBare() {
	open, outside := 0, 0
	var first part
	for _, p := range s.list {
		switch {
		case p.is("BEGIN"):
			open = p.line
		case p.is("COMMIT"), p.is("END"), p.is("ROLLBACK") && (len(p.tokens) < 3 || !p.tokens[1].Is("TO")):
			open = 0
		case p.is("PRAGMA"), p.is("VACUUM"), p.is("ANALYZE"):
		case open == 0:
			if outside++; outside == 1 {
				first = p
			}
		}
	}
	if open > 0 {
		s.add("transaction", s.file, open, "write COMMIT; at the end", "the transaction that begins here does not end")
	}
	if outside > 1 && s.file.Format != migration.Plain { // nobody knows how those run
		s.add("half-done", s.file, first.line, "write BEGIN IMMEDIATE; before the statements and COMMIT; after them",
			"%d statements run without a transaction: if a later one fails, the earlier ones stay, and the migration cannot be run again", outside)
	}
}
