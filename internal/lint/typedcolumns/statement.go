package typedcolumns

import (
	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// sources are the calls that name the statement's source in their first argument.
var sources = map[string]bool{"From": true, "Update": true, "Delete": true, "Table": true}

// others are the calls that do not add another source.
var others = map[string]bool{
	"Select": true, "Columns": true, "Column": true, "Distinct": true, "Options": true, "RemoveColumns": true,
	"Set": true, "SetMap": true, "Where": true, "GroupBy": true, "Having": true,
	"OrderBy": true, "OrderByClause": true, "Limit": true, "Offset": true, "RemoveLimit": true, "RemoveOffset": true,
	"Suffix": true, "SuffixExpr": true, "RunWith": true, "PlaceholderFormat": true,
}

// table returns the only table that a statement reads or changes, in lower case, or
// "".
func (c *checker) table(s *builder.Statement) (name string) {
	if !s.Known || s.OtherDialect || s.Use == builder.Escapes && !s.Closed || s.Kind == builder.Insert {
		return ""
	}
	for _, call := range s.Calls {
		if others[call.Name] {
			continue
		}
		if !sources[call.Name] || len(call.Args) != 1 {
			return ""
		}
		text, ok := c.chains.Flow.Text(call.Args[0])
		tokens := sqltext.Tokens(text)
		switch {
		case ok && text == "": // Delete("").From("links")
		case !ok || call.Maybe || name != "" || len(tokens) != 1 || !tokens[0].Ident():
			return ""
		default:
			name = sqltext.Fold(tokens[0].Name())
		}
	}
	return name
}
