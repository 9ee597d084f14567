package catalog

import (
	"strings"

	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqltext"
	"github.com/dreysql/drey/internal/syntax"
)

// view rewrites a CREATE VIEW: the name as sqlc takes it, listed columns as
// aliases (sqlc ignores the list), names in the spelling that the tables have.
// It is empty where that cannot be done.
func view(t *schema.Table, names Spelling) string {
	stmt, err := syntax.Parse(t.SQL)
	if err != nil {
		return ""
	}
	create, ok := stmt.(*syntax.CreateView)
	if !ok {
		return ""
	}
	aliases, dropped, ok := listed(t.SQL, create)
	if !ok {
		return ""
	}
	name := schema.Fold(t.Name)
	if !isBare(name) {
		name = quote(name)
	}
	var b strings.Builder
	b.WriteString("CREATE VIEW " + name + " AS ")
	end := create.Select.Pos // of what is left out
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

// listed tells how to give a view's columns the names in its list: the aliases
// by the offset that they go to, and where the aliases begin and end that they
// replace. It is not ok where columns and names are not paired.
func listed(sql string, create *syntax.CreateView) (aliases map[int]string, dropped map[int]int, ok bool) {
	if len(create.Columns) == 0 {
		return nil, nil, true
	}
	columns := create.Select.Cores[0].Columns
	if len(columns) != len(create.Columns) {
		return nil, nil, false
	}
	aliases, dropped = map[int]string{}, map[int]int{}
	for i, c := range columns {
		if c.Star {
			return nil, nil, false
		}
		if c.Alias != "" {
			dropped[aliasStart(sql, c)] = c.End
		}
		aliases[c.End] = create.Columns[i]
	}
	return aliases, dropped, true
}

// aliasStart finds where the alias of a column begins, with its AS.
func aliasStart(sql string, c syntax.ResultColumn) int {
	var last, before sqltext.Token
	for _, tok := range sqltext.Significant(sql[c.Pos:c.End]) {
		last, before = tok, last
	}
	if before.Is("AS") {
		return c.Pos + before.Start
	}
	return c.Pos + last.Start
}

// viewsInOrder puts every view behind those that it mentions.
func viewsInOrder(s *schema.Schema) []*schema.Table {
	var order []*schema.Table
	seen := map[*schema.Table]bool{}
	var visit func(t *schema.Table)
	visit = func(t *schema.Table) {
		if t == nil || t.Kind != schema.KindView || seen[t] {
			return
		}
		seen[t] = true
		for _, tok := range sqltext.Significant(t.SQL) {
			if tok.Ident() || tok.Kind == sqltext.String {
				visit(s.Table(tok.Name()))
			}
		}
		order = append(order, t)
	}
	for _, t := range s.Tables {
		visit(t)
	}
	return order
}
