package check

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/content"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

func readAll(ctx context.Context, m *sqlite.Memory, tables []*schema.Table, in *schema.Schema) (map[string]*content.Table, error) {
	db, err := open(m)(nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	all := map[string]*content.Table{}
	for _, t := range tables {
		c, err := content.Read(ctx, db, in.Table(t.Name))
		if err != nil {
			return nil, err
		}
		all[t.Name] = c
	}
	return all, nil
}

// dataErrors are what SQLite says when it depends on the rows.
var dataErrors = []string{"UNIQUE constraint failed", "NOT NULL constraint failed", "CHECK constraint failed", "datatype mismatch", "cannot store",
	"FOREIGN KEY constraint failed"}

// addFixes are for columns that a table with rows cannot get.
var addFixes = []struct{ msg, fix string }{
	{"NOT NULL column with default value NULL", "give the column a DEFAULT, or rebuild the table and say what the rows that are there get"},
	{"non-constant default", "add the column with a constant default and UPDATE it, or rebuild the table"},
}

const makeFit = "first UPDATE or DELETE the rows that do not fit; if there are none, allow it: -- drey:allow may-fail: reason"

func (s *step) fails(e *stepError) {
	if e.part.is("INSERT") && slices.ContainsFunc(e.part.tokens, func(t sqltext.Token) bool { return t.Is("VALUES") }) {
		s.notes = append(s.notes, fmt.Sprintf("%s:%d: made-up rows are in the way of the migration's own: %s", s.file.Path, e.part.line, e.msg))
		return
	}
	if slices.ContainsFunc(dataErrors, func(msg string) bool { return strings.Contains(e.msg, msg) }) {
		s.findings = slices.DeleteFunc(s.findings, func(f *Finding) bool { // this says more than what was found in the text
			return f.Name == "may-fail" && (f.File == s.file.Path || f.File == s.file.Undoes()) && f.Line == e.part.line
		})
		s.add("may-fail", s.file, e.part.line, makeFit,
			"%s fails if there are rows that do not fit: %s", s.section(), e.msg)
		return
	}
	fix := "try it on a database with rows"
	for _, known := range addFixes {
		if strings.Contains(e.msg, known.msg) {
			fix = known.fix
		}
	}
	s.add("fails-with-rows", s.file, e.part.line, fix, "%s fails as soon as there are rows: %s", s.section(), e.msg)
}

func (s *step) compareContents(m, after *sqlite.Memory) error {
	kept := s.kept()
	was, err := readAll(s.ctx, m, kept, s.before.Schema)
	if err != nil {
		return err
	}
	is, err := readAll(s.ctx, after, kept, s.after.Schema)
	if err != nil {
		return err
	}
	for _, t := range kept {
		filled := was[t.Name].WithoutNulls(s.forbidsNull(t))
		l := content.Lost(filled, is[t.Name])
		if !l.Any() {
			continue
		}
		if err := s.explain(m, t, filled, l); err != nil {
			return err
		}
	}
	if err := s.checkOrphans(m, after); err != nil {
		return err
	}
	if err := s.checkCounters(m, after); err != nil {
		return err
	}
	return s.checkEnforced(m, kept, is)
}

// forbidsNull are the columns of a table that get NOT NULL: whoever copies something
// else for their NULLs has to.
func (s *step) forbidsNull(t *schema.Table) (list []string) {
	for _, c := range s.after.Schema.Table(t.Name).Columns {
		if was := t.Column(c.Name); was != nil && c.NotNull && !was.NotNull {
			list = append(list, was.Name)
		}
	}
	return list
}

// explain finds the statement with which a table loses something. One that says
// DELETE or UPDATE means it.
func (s *step) explain(m *sqlite.Memory, t *schema.Table, was *content.Table, l content.Loss) error {
	at, list := -1, s.list
	clone, err := s.run(m, false, func(db *sql.DB, i int) error {
		now, err := schema.Read(s.ctx, db, migration.VersionTable)
		if err != nil || now.Table(t.Name) == nil { // in the middle of a rebuild
			return nil
		}
		c, err := content.Read(s.ctx, db, now.Table(t.Name))
		if err != nil {
			return err
		}
		if l := content.Lost(was, c); at < 0 && l.Any() {
			at = i
		} else if !l.Any() {
			at = -1
		}
		return nil
	})
	if err != nil {
		return err
	}
	clone.Close()
	if at < 0 {
		return nil
	}
	p := list[at]
	if p.is("ALTER", "TABLE") {
		p = copied(list[:at], p)
	}
	if p.is("DELETE") || p.is("UPDATE") || p.is("REPLACE") || p.is("WITH") {
		return nil
	}
	if l.Rows > 0 {
		s.add("loses-rows", s.file, p.line, "copy all rows, as in INSERT INTO new SELECT … FROM old; if some have to go, DELETE them in a statement of its own",
			"%s loses rows of %s: %d of %d", s.section(), t.Name, l.Rows, l.Of)
		return nil
	}
	s.add("loses-values", s.file, p.line, "copy the column as it is; if its values have to change, UPDATE them in a statement of its own",
		"%s changes what is in %s of table %s: %s is gone", s.section(), strings.Join(l.Columns, ", "), t.Name, l.Example)
	return nil
}

// copied finds the INSERT that filled a table that is then renamed.
func copied(before []part, rename part) part {
	if len(rename.tokens) < 3 {
		return rename
	}
	name := rename.tokens[2].Name()
	for _, p := range slices.Backward(before) {
		into := slices.IndexFunc(p.tokens, func(t sqltext.Token) bool { return t.Is("INTO") || t.Is("TABLE") }) + 1
		if (p.is("INSERT") || p.is("CREATE", "TABLE")) && 0 < into && into < len(p.tokens) && sqltext.EqualFold(p.tokens[into].Name(), name) {
			return p
		}
	}
	return rename
}

func (s *step) narrows() {
	for _, t := range s.kept() {
		for _, c := range s.after.Schema.Table(t.Name).Columns {
			if was := t.Column(c.Name); was != nil && narrower(was.Type, c.Type) {
				s.add("narrows", s.file, s.renameTo(t.Name), "make sure that every value fits, UPDATE those that do not, and allow it: -- drey:allow narrows: reason",
					"column %s of table %s was %s and is %s: SQLite keeps values that do not fit as they are, and Go code that reads them fails",
					c.Name, t.Name, typeName(was.Type), typeName(c.Type))
			}
		}
	}
}

func typeName(declared string) string {
	if declared == "" {
		return "without a type"
	}
	return declared
}

// narrower reports whether a column of the second type need not be able to hold
// what one of the first does.
func narrower(from, to string) bool {
	a, b := infer.AffinityOf(from), infer.AffinityOf(to)
	width := map[infer.Affinity]int{
		infer.IntegerAffinity: 0, infer.RealAffinity: 1, infer.NumericAffinity: 1, infer.TextAffinity: 2, infer.BlobAffinity: 3,
	}
	return width[b] < width[a]
}
