package policy

import (
	"errors"
	"strings"

	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// ErrNoSchema says that it is not known which schemas SQL may be for: there is not
// a sqlc.yaml, it or its migrations are broken, or it has blocks that are left to
// sqlc as a whole.
var ErrNoSchema = errors.New("no schema is known")

// schemas returns the schemas of the project's databases. SQL may be for any of
// them, so it returns all or an error.
func (p Project) schemas() ([]*project.Statements, error) {
	if p.in == nil || p.in.Config.OtherDatabases {
		return nil, ErrNoSchema
	}
	var list []*project.Statements
	for _, s := range p.in.Schemas() {
		statements, err := p.statements(s)
		if err != nil {
			return nil, ErrNoSchema // drey lint tells
		}
		list = append(list, statements)
	}
	return list, nil
}

func (p Project) statements(s *project.Schema) (*project.Statements, error) {
	statements, err := s.Statements()
	p.read(err)
	return statements, err
}

// Describe prepares a statement on the migrated databases of the project. It
// returns the descriptions from the databases that accept it. If all of them refuse
// it, the error is an [*sqlite.Error], if possible from a database that has the
// statement's tables. Any other error is [ErrNoSchema].
func (p Project) Describe(sql string) ([]*sqlite.Stmt, error) {
	list, err := p.schemas()
	if err != nil {
		return nil, err
	}
	var taken []*sqlite.Stmt
	var refused error
	for _, s := range list {
		stmt, err := s.Describe(sql)
		switch {
		case err == nil:
			taken = append(taken, stmt)
		case refused == nil, noTable(refused) && !noTable(err):
			refused = err
		}
	}
	if taken != nil {
		return taken, nil
	}
	return nil, refused
}

func noTable(err error) bool { return strings.HasPrefix(err.Error(), "no such table") }

// Tables lists the tables and views of all databases. Its error is [ErrNoSchema].
func (p Project) Tables() ([]string, error) {
	list, err := p.schemas()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range list {
		of, err := p.tables(s)
		if err != nil {
			return nil, err
		}
		names = append(names, of...)
	}
	return names, nil
}

func (p Project) tables(s *project.Statements) ([]string, error) {
	names, err := s.Strings("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
	if err != nil {
		p.read(err)
	}
	return names, err
}

// Columns lists the columns that the result of a query may have, in any of the
// databases.
func (p Project) Columns(query string) []string {
	taken, err := p.Describe(query)
	if err != nil {
		return nil
	}
	var list []string
	said := map[string]bool{}
	for _, stmt := range taken {
		for _, c := range stmt.Columns {
			if name := sqltext.Fold(c.Name); len(taken) == 1 || !said[name] {
				said[name] = true
				list = append(list, c.Name)
			}
		}
	}
	return list
}
