package emit

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// inner is a table that a query reads, and whose rows callers may narrow.
type inner struct {
	*sqlc.Place
	Method string // WhereClicks
	Marker string // ClicksSource
}

// narrow plans the methods for the places of a query. Places of one name are one.
func (p *plan) narrow(r *relation, q *query.Query, places []sqlc.Place) bool {
	taken := map[string]string{}
	for i := range places {
		place := &places[i]
		if i := slices.IndexFunc(r.Inner, func(in inner) bool { return sqltext.EqualFold(in.Name, place.Name) }); i >= 0 {
			place.Name = r.Inner[i].Name
			continue
		}
		in := inner{Place: place, Method: "Where" + p.in.Names.Field(place.Name)}
		of := slices.IndexFunc(p.relations, func(r relation) bool { return r.Table != nil && r.Table.Name == place.Table })
		switch other, twice := taken[in.Method]; {
		case of < 0:
			p.problem(&diag.Problem{File: q.File, Line: q.Line, Query: q.Name,
				Msg: fmt.Sprintf("%s does not have a source, so there are no predicates on it for the place %s", place.Table, place.Name),
				Fix: "leave out omit_unused_structs in sqlc.yaml, or write a query that selects its rows"})
			return false
		case twice:
			p.problem(&diag.Problem{File: q.File, Line: q.Line, Query: q.Name,
				Msg: fmt.Sprintf("the places %s and %s both become the method %s", other, place.Name, in.Method),
				Fix: "give one of them another alias"})
			return false
		}
		taken[in.Method] = place.Name
		in.Marker = p.relations[of].Marker
		r.Inner = append(r.Inner, in)
	}
	return true
}

// inner writes the methods that make conditions for the places of a query.
func (p *plan) inner(b *bytes.Buffer, r *relation) {
	n := p.runtime
	for _, in := range r.Inner {
		fmt.Fprintf(b, "\n// %s narrows the rows of %s that the query reads as %s: see [%s].\n",
			in.Method, in.Table, in.Name, n("Query")+".Below")
		fmt.Fprintf(b, "func (*%s) %s(predicates ...%s[%s]) %s[%s] {\n\treturn %s[%s](%s, predicates)\n}\n",
			r.Type, in.Method, n("Predicate"), in.Marker, n("Inner"), r.Marker, n("NewInner"), r.Marker, literal(sqltext.Quote(in.Name)))
	}
}
