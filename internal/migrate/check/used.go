package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Queries are those of one version of the code, which run on the schema that all of
// the migrations make.
type Queries struct {
	Version string // a revision of git, "" for the files as they are
	List    []*query.Query
	// Migrations has the base names of those that the version has itself: it was
	// written for what they do.
	Migrations map[string]bool
}

// needed is a query and what becomes of it.
type needed struct {
	*query.Query
	sql     string
	stmt    ast.Stmt // nil if it cannot be parsed
	star    bool
	columns []string // of its result before a step; nil if it cannot be prepared

	breaks *migration.File // the step after which it fails, nil if it works again
	msg    string
}

// used finds the steps after which a query cannot be prepared any more, lacks a column
// that its * had (what sqlc makes of it names each column), or inserts rows without a
// column that cannot be NULL. Only queries that
// the last schema refuses are tried on the schemas before, so that this costs little.
func (c *checker) used(last *world, files []migration.File, of *Queries) error {
	first := slices.IndexFunc(files[:c.done], func(f migration.File) bool { return !of.Migrations[f.Name()] })
	if first < 0 {
		return nil
	}
	w, err := c.upTo(files, first)
	if err != nil {
		return err
	}
	defer func() { w.close() }()
	var list []*needed
	for _, q := range of.List {
		n := &needed{Query: q, sql: query.Read(q.Text).Plain().SQL}
		n.stmt, _ = syntax.Parse(n.sql)
		n.star = of.Version != "" && starred(n.stmt)
		list = append(list, n)
	}
	if err := describe(w, list); err != nil {
		return err
	}
	conn, err := last.memory.Conn()
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(n *needed) bool { return n.lacks(conn) == "" })
	conn.Close()
	for i := first; i < c.done && len(list) > 0; i++ {
		f := &files[i]
		if err := w.apply(c.ctx, f, true); err != nil {
			return err
		}
		conn, err := w.memory.Conn()
		if err != nil {
			return err
		}
		for _, n := range list {
			msg := n.lacks(conn)
			switch {
			case msg == "" && n.columns == nil:
				n.breaks = nil
			case msg != "" && n.columns != nil && !of.Migrations[f.Name()]:
				n.breaks, n.msg = f, msg
			}
		}
		conn.Close()
		if err := describe(w, list); err != nil {
			return err
		}
	}
	for _, n := range list {
		if n.breaks != nil {
			c.reportUse(of, n)
		}
	}
	return nil
}

// describe reads the columns of queries.
func describe(w *world, list []*needed) error {
	conn, err := w.memory.Conn()
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, n := range list {
		n.columns = nil
		if stmt, err := conn.Describe(n.sql); err == nil && n.unfilled(conn) == "" {
			n.columns = names(stmt)
		}
	}
	return nil
}

func names(stmt *sqlite.Stmt) []string {
	list := make([]string, len(stmt.Columns))
	for i, c := range stmt.Columns {
		list[i] = c.Name
	}
	return list
}

// lacks says what a query needs that a schema does not have, "" if nothing.
func (n *needed) lacks(conn *sqlite.Conn) string {
	stmt, err := conn.Describe(n.sql)
	if err != nil {
		return sqlite.Message(err)
	}
	if n.star {
		have := names(stmt)
		for _, name := range n.columns {
			if !slices.Contains(have, name) {
				return "no such column: " + name
			}
		}
	}
	if column := n.unfilled(conn); column != "" {
		return "NOT NULL constraint failed: " + column + ", which it leaves out and which has no default"
	}
	return ""
}

// unfilled returns the first column that an INSERT leaves out though it cannot be NULL
// and does not have a default, or "".
func (n *needed) unfilled(conn *sqlite.Conn) string {
	insert, ok := n.stmt.(*ast.InsertStmt)
	if !ok || len(insert.Columns) == 0 && !insert.DefaultValues {
		return "" // SQLite refuses too few values itself
	}
	// An INTEGER PRIMARY KEY is filled with a number.
	list, err := conn.Strings(`SELECT name FROM pragma_table_xinfo(` + sqltext.Literal(insert.Table.Name.Name) + `) c
		WHERE "notnull" AND dflt_value IS NULL AND hidden = 0 AND NOT (pk = 1 AND upper(type) = 'INTEGER'
			AND NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(` + sqltext.Literal(insert.Table.Name.Name) + `) WHERE pk > 1))`)
	if err != nil {
		return ""
	}
	for _, name := range list {
		if !slices.ContainsFunc(insert.Columns, func(c *ast.Ident) bool { return sqltext.EqualFold(c.Name, name) }) {
			return insert.Table.Name.Name + "." + name
		}
	}
	return ""
}

// starred reports whether a query has a * among its result columns.
func starred(stmt ast.Stmt) bool {
	if stmt == nil {
		return false
	}
	found := false
	ast.Walk(stmt, func(n ast.Node) bool {
		if rc, ok := n.(*ast.ResultColumn); ok && syntax.Star(rc) != nil {
			found = true
		}
		return true
	})
	return found
}

func (c *checker) reportUse(of *Queries, n *needed) {
	place := fmt.Sprintf("%s:%d", n.File, n.Line)
	fix := "change the query, or keep what it needs"
	if of.Version != "" {
		place = of.Version + ":" + place
		fix = "keep what it needs until no process runs that version: add what is new first, and drop what is old in a later release;\n" +
			orAllow("used")
	}
	c.add("used", n.breaks, breaking(n.breaks, n.msg), fix, "after Up the query %s of %s fails: %s", n.Name, place, n.msg)
}

// breaking is the line that drops or renames what SQLite's message names.
func breaking(f *migration.File, msg string) int {
	_, name, _ := strings.Cut(msg, ": ")
	name = name[strings.LastIndex(name, ".")+1:]
	line := 0
	for _, p := range parts(f.Up()) {
		_, dropped := syntax.Dropped(p.tree)
		_, alters := p.tree.(*ast.AlterTableStmt)
		if dropped == nil && !alters {
			continue
		}
		if line == 0 {
			line = p.line
		}
		if slices.ContainsFunc(p.tokens, func(t sqltext.Token) bool { return sqltext.EqualFold(t.Name(), name) }) {
			return p.line
		}
	}
	return line
}
