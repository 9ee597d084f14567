package verify

import (
	"fmt"
	"go/ast"
	"strings"

	"github.com/dreysql/drey/internal/sqltext"
	"github.com/dreysql/drey/internal/syntax"
)

// returned gives the columns of RETURNING the names that their aliases say,
// which sqlc passes over.
func (s *subject) returned() {
	if s.m.RowType == nil {
		return
	}
	var list []syntax.ResultColumn
	switch stmt := s.tree.(type) {
	case *syntax.Insert:
		list = stmt.Returning
	case *syntax.Update:
		list = stmt.Returning
	case *syntax.Delete:
		list = stmt.Returning
	}
	taken := map[string]bool{}
	aliases := map[int]string{}
	for i, f := range s.m.Scan {
		if i < len(list) && list[i].Star {
			list = list[:i] // and what follows has its own name
		}
		if i >= len(list) || list[i].Alias == "" {
			taken[f.Name] = true
			continue
		}
		aliases[i] = s.alias(list[i])
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
		if field == f.Name || !s.ownRow(list[i].Pos, "column %s is called %s", f.Name, field) {
			continue
		}
		r := s.completion().Results[i]
		r.Name, r.Tags = field, map[string]string{"json": s.JSONTags.Of(name), "db": name}
		s.completion().Results[i] = r
	}
}

// alias is an alias as sqlc spells one in a SELECT: a bare one in small letters.
func (s *subject) alias(rc syntax.ResultColumn) string {
	tokens := sqltext.Significant(s.emitted.sql[rc.Pos:rc.End])
	if last := tokens[len(tokens)-1]; last.Kind != sqltext.Word {
		return last.Name()
	}
	return strings.ToLower(rc.Alias)
}
