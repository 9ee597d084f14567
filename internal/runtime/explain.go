package drey

import (
	"context"

	"github.com/Masterminds/squirrel"
)

// Explain returns SQLite's plan for the rows of a query, a line for each node, those
// below another indented: EXPLAIN QUERY PLAN SELECT …, with the query's values bound.
// See https://www.sqlite.org/eqp.html. The plan of whatever is slow is logged by itself,
// see [Statement].
func Explain[S, R any](ctx context.Context, c Conn, q *Query[S, R]) ([]string, error) {
	return explain(ctx, c, &q.clauses)
}

func explain[S any](ctx context.Context, c Conn, q *clauses[S]) ([]string, error) {
	if q.rel == nil {
		return nil, errNoSource
	}
	p := newPlan()
	render := func() (squirrel.Sqlizer, error) {
		sel, err := selectionOf(q, modeRows)
		return squirrel.ConcatExpr(explaining, sel), err
	}
	err := read(ctx, c.on(), nil, false, nil, render, true, func(from scanRow) (bool, error) {
		var id, parent, unused int64
		var detail string
		if err := from.Scan(&id, &parent, &unused, &detail); err != nil {
			return false, err
		}
		p.add(id, parent, detail)
		return true, nil
	})
	if err != nil {
		return nil, failed(q.rel, err)
	}
	return p.lines, nil
}

const explaining = "EXPLAIN QUERY PLAN "

// plan is a query plan while it is read.
type plan struct {
	lines  []string
	indent map[any]string // of a node's children
}

func newPlan() *plan { return &plan{lines: []string{}, indent: map[any]string{}} }

// add adds a node. Its parent comes before it.
func (p *plan) add(id, parent any, detail string) {
	before := p.indent[parent]
	p.indent[id] = before + "  "
	p.lines = append(p.lines, before+detail)
}
