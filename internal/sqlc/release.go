package sqlc

import (
	"github.com/dreysql/drey/internal/project/query"
	v131 "github.com/dreysql/drey/internal/sqlc/v131"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// Everything that is true of only one release of sqlc is in a folder with its
// number, and only this package imports that folder. The rest of the tool asks
// here. Another release needs another folder and a change of these lines.

// Spelling is how sqlc knows the names of a schema.
type Spelling = v131.Spelling

// NewSpelling reads the spelling of all tables and columns of a schema.
func NewSpelling(s *schema.Schema) Spelling { return v131.NewSpelling(s) }

// A Query is a query that SQLite accepts, with what is needed to explain what sqlc
// makes of it.
type Query = v131.Query

// Unseen names the place of a parameter where sqlc does not look for parameters,
// and says what to write instead. where is "" if the place is not a known one.
func Unseen(q *Query, p *query.Param) (where, fix string) { return v131.Unseen(q, p) }

// Explanation is what sqlc does not know about a query that it refuses.
type Explanation = v131.Explanation

// Explain says why sqlc refuses a query that SQLite accepts, given sqlc's message;
// ok is false if that is not known.
func Explain(q *Query, msg string) (e Explanation, ok bool) { return v131.Explain(q, msg) }

// TwoTypes returns the parameter that has two types according to sqlc's message,
// which does not name the query, and the message's words; "" for any other message.
func TwoTypes(msg string) (words, param string) { return v131.TwoTypes(msg) }
