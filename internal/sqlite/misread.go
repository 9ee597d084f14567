package sqlite

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Misread is a text in double quotes in the schema that names no column where it stands, as
// after a typing error, or of a column that has been dropped since. SQLite takes it for a string.
type Misread struct {
	Kind string // SQLite's word for what it stands in: TABLE, INDEX, VIEW or TRIGGER
	Name string // of that
	Text string // without quotes
}

// String says what is wrong.
func (m Misread) String() string {
	return fmt.Sprintf("%s %s: %s names no column here, so that SQLite takes it for a string", strings.ToLower(m.Kind), m.Name, sqltext.Quote(m.Text))
}

// Fix says what to do about it.
func (m Misread) Fix() string {
	return fmt.Sprintf("write the column that is meant, or %s for the string; where the migration has been applied, make the %s anew in another one",
		sqltext.Literal(m.Text), strings.ToLower(m.Kind))
}

var misread = regexp.MustCompile(`^no such column: "((?s).*)" - should this be a string literal in single-quotes\?$`)

// Misread finds such texts, the first in each object of the schema. SQLite resolves names when
// a table or an index is made, and those in views and triggers when these are used: so all
// are made once more, in a database that takes no such text for a string.
func (m *Memory) Misread() (found []Misread, err error) {
	own, err := m.Conn()
	if err != nil {
		return nil, err
	}
	defer own.Close()
	objects, err := own.Rows(`SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql LIKE 'CREATE %' ORDER BY type = 'trigger', rowid`)
	if err != nil || !strings.Contains(fmt.Sprint(objects), `"`) {
		return nil, err
	}
	again, err := NewMemory()
	if err != nil {
		return nil, err
	}
	defer again.Close()
	plain, err := again.PlainConn()
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	strict, err := again.Conn()
	if err != nil {
		return nil, err
	}
	defer strict.Close()
	if err := strict.Exec("PRAGMA foreign_keys = OFF"); err != nil {
		return nil, err
	}
	for _, o := range objects {
		kind, name, table, create := o[0], o[1], o[2], o[3]
		var uses []string
		switch kind {
		case "table", "index":
			if err = strict.Exec(create); err != nil {
				_ = plain.Exec(create) // what cannot be made here, such as a module's own tables, is not judged
			}
		case "view":
			_ = plain.Exec(create)
			uses = []string{"SELECT * FROM " + sqltext.Quote(name)}
		case "trigger":
			_ = plain.Exec(create)
			uses = firing(strict, table)
		}
		for _, use := range uses {
			if _, err = strict.Describe(use); err != nil {
				break
			}
		}
		if err != nil {
			text := misread.FindStringSubmatch(Message(err))
			if text != nil && strings.Contains(create, sqltext.Quote(text[1])) { // of its own, and not of a view that it reads
				found = append(found, Misread{strings.ToUpper(kind), name, text[1]})
			}
		}
		if kind == "trigger" { // it would hide the next one
			// @schema-change of a database in memory that nobody else has
			_ = plain.Exec("DROP TRIGGER " + sqltext.Quote(name))
		}
		err = nil
	}
	return found, nil
}

// firing are statements of which each trigger of a table or view has one.
func firing(c *Conn, table string) []string {
	columns, err := c.Rows("SELECT name FROM pragma_table_xinfo(" + sqltext.Literal(table) + ") WHERE hidden = 0")
	if err != nil || len(columns) == 0 {
		return nil
	}
	var set []string
	for _, c := range columns {
		set = append(set, sqltext.Quote(c[0])+" = NULL")
	}
	t := sqltext.Quote(table)
	return []string{"INSERT INTO " + t + " DEFAULT VALUES", "UPDATE " + t + " SET " + strings.Join(set, ", "), "DELETE FROM " + t}
}
