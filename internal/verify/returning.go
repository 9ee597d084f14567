package verify

import (
	"fmt"
	"go/ast"
	"strings"

	sqlast "github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// returned gives the columns of RETURNING the names of their aliases, which sqlc
// ignores.
func (s *subject) returned() {
	if s.m.RowType == nil {
		return
	}
	var list []*sqlast.ResultColumn
	switch stmt := s.tree.(type) {
	case *sqlast.InsertStmt:
		list = stmt.Returning
	case *sqlast.UpdateStmt:
		list = stmt.Returning
	case *sqlast.DeleteStmt:
		list = stmt.Returning
	}
	taken := map[string]bool{}
	aliases := map[int]string{}
	for i, f := range s.m.Scan {
		if i < len(list) && syntax.Star(list[i]) != nil {
			list = list[:i] // and what follows has its own name
		}
		if i >= len(list) || list[i].Alias == nil {
			taken[f.Name] = true
			continue
		}
		aliases[i] = alias(list[i].Alias)
	}
	for i, f := range s.m.Scan {
		alias, ok := aliases[i]
		field, name := s.Names.Field(alias), alias
		if !ok || !ast.IsExported(field) {
			taken[f.Name] = true
			continue
		}
		for n := 2; taken[field]; n++ {
			field, name = fmt.Sprintf("%s_%d", s.Names.Field(alias), n), fmt.Sprintf("%s_%d", alias, n)
		}
		taken[field] = true
		if field == f.Name || !s.ownRow(list[i].Start, "column %s is called %s", f.Name, field) {
			continue
		}
		r := s.completion().Results[i]
		r.Name, r.Tags = field, map[string]string{"json": s.JSONTags.Of(name), "db": name}
		s.completion().Results[i] = r
	}
}

// alias returns an alias as sqlc spells it in a SELECT: a bare one in lower case.
func alias(id *sqlast.Ident) string {
	if id.Quote != sqlast.QuoteNone {
		return id.Name
	}
	return strings.ToLower(id.Name)
}
