package v131

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// view rewrites a CREATE VIEW: the name as sqlc reads it, listed columns as aliases
// (sqlc ignores the list), names in the spelling that the tables have. The result
// is empty if that cannot be done.
func view(t *schema.Table, names Spelling) string {
	create := t.View()
	if create == nil {
		return ""
	}
	aliases, dropped, ok := listed(t.SQL, create)
	if !ok {
		return ""
	}
	name := sqltext.Fold(t.Name)
	if !isBare(name) {
		name = quote(name)
	}
	var b strings.Builder
	b.WriteString("CREATE VIEW " + name + " AS ")
	end := create.Select.Start // of the part that is left out
	for _, tok := range names.tokens(t.SQL, func(_ sqltext.Token, name string) string { return quote(name) }) {
		end = max(end, dropped[tok.Start])
		if tok.Start >= end {
			b.WriteString(tok.Spelled)
		}
		if alias, ok := aliases[tok.End()]; ok {
			b.WriteString(" AS " + quote(names.Of(alias)))
		}
	}
	b.WriteString("\n;") // the last line may be a comment
	return b.String()
}

// listed tells how to give a view's columns the names in its list. It returns the
// aliases by the offset where they go, and where the aliases that they replace
// begin and end. ok is false if columns and names cannot be paired.
func listed(sql string, create *ast.CreateViewStmt) (aliases map[int]string, dropped map[int]int, ok bool) {
	if len(create.Columns) == 0 {
		return nil, nil, true
	}
	first, ok := create.Select.Cores[0].(*ast.SelectQuery)
	if !ok || len(first.Columns) != len(create.Columns) {
		return nil, nil, false
	}
	aliases, dropped = map[int]string{}, map[int]int{}
	for i, c := range first.Columns {
		if syntax.Star(c) != nil {
			return nil, nil, false
		}
		if c.Alias != nil {
			dropped[aliasStart(sql, c)] = c.Stop
		}
		aliases[c.Stop] = create.Columns[i].Name.Name
	}
	return aliases, dropped, true
}

// aliasStart finds where the alias of a column begins, with its AS.
func aliasStart(sql string, c *ast.ResultColumn) int {
	start := c.Alias.Start
	if c.HasAs {
		before := sqltext.Significant(sql[c.Start:start])
		start = c.Start + before[len(before)-1].Start
	}
	return start
}

// viewsInOrder puts every view after those that it reads.
func viewsInOrder(s *schema.Schema) []*schema.Table {
	var order []*schema.Table
	seen := map[*schema.Table]bool{}
	var visit func(t *schema.Table)
	visit = func(t *schema.Table) {
		if t == nil || t.Kind != schema.KindView || seen[t] {
			return
		}
		seen[t] = true
		syntax.Objects(t.View(), func(name *ast.QualifiedName) { visit(s.Table(name.Name.Name)) })
		order = append(order, t)
	}
	for _, t := range s.Tables {
		visit(t)
	}
	return order
}
