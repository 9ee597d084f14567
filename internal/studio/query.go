package studio

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/infer"
)

// queryShown is what the page of a named query shows.
type queryShown struct {
	*prepared
	Where  string // file and line
	List   *list  // of its rows, nil before it has run
	Keep   []pair // what the form of the parameters keeps of the address
	Wrong  string
	Advice []string
	Advise string // where advice is given
	CanRun bool   // it writes, and may
	Effect *effect
}

type pair struct{ Name, Value string }

// adviceMark asks for the indexes that would help.
const adviceMark = "@@advice"

func queryPage(r *request) (*answer, error) {
	p, err := r.options.Project.query(named(r.PathValue("query")))
	if err != nil {
		return nil, err
	}
	values := r.URL.Query()
	q := &queryShown{prepared: p, Where: fmt.Sprintf("%s:%d", p.File, p.Line), CanRun: !p.Selects && r.db.writes != nil}
	inferred := r.catalog.infer(p)
	for name, list := range values {
		if !strings.HasPrefix(name, parameterMark) && name != "cursor" {
			for _, v := range list {
				q.Keep = append(q.Keep, pair{name, v})
			}
		}
	}
	if values.Has(adviceMark) {
		if q.Advice, err = r.advice(p); err != nil {
			q.Advice = []string{err.Error()}
		}
		values.Del(adviceMark)
	} else {
		q.Advise = place("query", p.Name) + "?" + encode(with(values, adviceMark, ""))
	}
	if p.give(values) && p.Selects {
		q.List, err = r.rowsOf(p, inferred, values)
		var filters drey.FilterErrors
		var wrong *problem
		switch {
		case errors.As(err, &filters):
			return nil, err
		case errors.As(err, &wrong):
			q.Wrong = wrong.Error()
		case err != nil && r.ctx.Err() == nil:
			q.Wrong = sqlite.Message(err)
		case err != nil:
			return nil, err
		}
	}
	return &answer{page: "query", title: p.Name, data: q}, nil
}

// rowsOf lists the rows of a query, in its own order unless the address has another.
func (r *request) rowsOf(p *prepared, inferred *infer.Result, values url.Values) (*list, error) {
	s, _, order, said, err := r.source(r.ctx, p, inferred)
	if err != nil {
		return nil, err
	}
	ordered := values
	switch {
	case values.Has("order"):
	case order != "":
		ordered = with(values, "order", order)
		if c := values.Get("cursor"); c != "" {
			ordered.Set("cursor", c)
		}
	case !said:
		s.pages = nil // by the key they would be in another order
	}
	base := place("query", p.Name)
	l, err := r.list(s, ordered, base, nil)
	if err != nil {
		return nil, err
	}
	l.Name, l.Add = p.Name, "/add"+place("query", p.Name)
	return l, nil
}
