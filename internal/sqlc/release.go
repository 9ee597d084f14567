package sqlc

import (
	"github.com/dreysql/drey/internal/project/query"
	v131 "github.com/dreysql/drey/internal/sqlc/v131"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// What is true of one release of sqlc alone is in a folder with its number, which
// this package alone names. The rest of the tool asks here, and another release is
// another folder and a change of these lines.

// Spelling is how sqlc knows the names of a schema.
type Spelling = v131.Spelling

// NewSpelling reads the spelling of all tables and columns of a schema.
func NewSpelling(s *schema.Schema) Spelling { return v131.NewSpelling(s) }

// A Query is a query that SQLite accepts, with what is to be known of it to explain
// what sqlc makes of it.
type Query = v131.Query

// Unseen says in which of the places in which sqlc does not look for parameters one
// stands, "" where it is not one of those that are known, and what to write instead.
func Unseen(q *Query, p *query.Param) (where, fix string) { return v131.Unseen(q, p) }

// Explanation is what sqlc does not know of a query that it refuses.
type Explanation = v131.Explanation

// Explain says why sqlc refuses a query that SQLite accepts, by what sqlc says of
// it; ok is false where that is not known.
func Explain(q *Query, msg string) (e Explanation, ok bool) { return v131.Explain(q, msg) }

// TwoTypes is the parameter of which sqlc says that its uses have two types,
// without saying in which query, and its words; "" where it says something else.
func TwoTypes(msg string) (words, param string) { return v131.TwoTypes(msg) }
