package crud_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/crud"
)

// words are SQLite's keywords, names that mean something to it, and words of
// sqlc's grammar.
var words = strings.Fields(`abort action add after all alter always analyze and as asc attach autoincrement before begin
	between by cascade case cast check collate column commit conflict constraint create cross current current_date
	current_time current_timestamp database default deferrable deferred delete desc detach distinct do drop each else
	end escape except exclude exclusive exists explain fail false filter first following for foreign from full generated
	glob group groups having if ignore immediate in index indexed initially inner insert instead intersect into is
	isnull join key lag last lead left like limit match materialized natural no not nothing notnull ntile null nulls of
	offset on or order others outer over partition plan pragma preceding primary query raise range rank recursive
	references regexp reindex release rename replace restrict returning right rollback row rowid rows savepoint select
	set sqlc stored strict table temp temporary then ties to transaction trigger true unbounded union unique update
	using vacuum values view virtual when where window with without excluded main`)

// TestEveryWord: a keyword can be the name of a column and of a table.
func TestEveryWord(t *testing.T) {
	var columns []string
	for i, w := range words {
		columns = append(columns, fmt.Sprintf("%q TEXT DEFAULT '%d'", w, i))
	}
	ddl := "CREATE TABLE words (id INTEGER PRIMARY KEY, " + strings.Join(columns, ", ") + ");"
	for _, w := range []string{"order", "table", "select", "returning", "true", "main", "excluded"} {
		ddl += fmt.Sprintf("CREATE TABLE %q (id INTEGER PRIMARY KEY, %q TEXT NOT NULL UNIQUE);\n", w, w)
	}
	db, s := open(t, ddl)
	files, _, err := crud.Generate(s, crud.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := &project{t, db, sqlcMethods(t, s, files, "")}
	for _, m := range p.methods {
		stmt, err := db.Prepare(m.SQL)
		if err != nil {
			t.Errorf("%v\n%s", err, m.SQL)
			continue
		}
		stmt.Close()
	}
	number := func(word string) string { return fmt.Sprint(slices.Index(words, word)) }
	p.want("CreateWord", args{"SetSelect": true, "Select": "x"}, row{"select": "x", "true": number("true"), "excluded": number("excluded")})
	p.want("UpdateWord", args{"ID": 1, "SetWhere": true, "Where": "y"}, row{"where": "y", "select": "x"})
	p.want("UpsertWord", args{"ID": 1, "SetFrom": true}, row{"where": "y", "from": nil, "to": number("to")})
	p.want("CreateOrder", args{"order": "o"}, row{"id": int64(1), "order": "o"})
	p.want("UpsertTableByTable", args{"table": "t"}, row{"table": "t"})
	p.want("GetReturningByReturning", args{"returning": "r"})
}
