// Package ofsource has expressions in SQL over the columns of sources.
package ofsource

import (
	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

var (
	_ = drey.Expr[int64](&db.Links.Query, "clicks")          // want: no such column: clicks
	_ = drey.Expr[string](db.Links.Where(), "titel")         // want: no such column: titel; did you mean title?
	_ = drey.Expr[string](&db.RankedLinks.Query, "title")    // want: no such column: title
	_ = drey.Expr[int64](db.Trending.With(params), "before") // want: no such column: before
	_ = drey.Expr[int64](&db.Links.Query, "click_count")     // a column
	_ = drey.Expr[int64](&db.RankedLinks.Query, "place")     // of the query
	_ = drey.Expr[int64](db.Trending.With(params), "gain")   // of the query
	_ = drey.Expr[int64](&db.LiveLinks.Query, "id")          // of the view
	_ = drey.Expr[string](&db.Users.Query, column)           // want: no such column: slug
)

// @native-sql instr has no function of its own
var _ = drey.Expr[int64](&db.Links.Query, "instr(titel, ?)", 1) // want: no such column: titel; did you mean title?

// @native-sql the connection has a function of its own
var _ = drey.Expr[int64](&db.Links.Query, "measure(title)")

// @native-sql instr has no function of its own
var _ = drey.Expr[int64](&db.Links.Query, "instr(title, ?)", "a")

const column = "slug"

var params = db.TrendingParams{}
