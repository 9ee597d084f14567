package studio

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"slices"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// effect is what a query that writes does, or would do.
type effect struct {
	Rows  string
	Done  bool
	Seal  string // that confirms it
	Names []string
	Cells [][]shown // that it returns
}

// runQuery tries a named query that writes, in a transaction that is rolled back, and runs it
// once it is confirmed.
func runQuery(r *request) (*answer, error) {
	if r.db.writes == nil {
		return nil, &problem{Status: http.StatusForbidden, Title: "Nothing can be written", Detail: "drey studio --write lets queries that write run."}
	}
	p, err := r.options.Project.query(named(r.PathValue("query")))
	if err != nil {
		return nil, err
	}
	q := &queryShown{prepared: p, Where: fmt.Sprintf("%s:%d", p.File, p.Line), CanRun: true}
	r.catalog.infer(p)
	if !p.give(r.PostForm) {
		q.Wrong = "a parameter is missing"
		return &answer{page: "query", title: p.Name, status: http.StatusBadRequest, data: q}, nil
	}
	text, args, err := p.bind()
	if err != nil {
		q.Wrong = err.Error()
		return &answer{page: "query", title: p.Name, status: http.StatusBadRequest, data: q}, nil
	}
	seal := r.guard.sign(fmt.Sprintf("%q %q", text, args)) // what is confirmed is what has been tried
	confirmed := equal(r.PostFormValue("confirm"), seal)
	e := &effect{Done: confirmed, Seal: seal}
	err = r.change(r.ctx, "the run of "+p.Name, r.written(p), confirmed, func(ctx context.Context, tx *sql.Conn) error {
		return e.run(ctx, tx, r.catalog, text, args)
	})
	switch {
	case err != nil && r.ctx.Err() != nil:
		return nil, err
	case err != nil:
		q.Wrong = sqlite.Message(err)
	default:
		q.Effect = e
	}
	return &answer{page: "query", title: p.Name, data: q}, nil
}

// written are the tables that a query names: one of them it writes to.
func (r *request) written(p *prepared) (list []*table) {
	for _, token := range sqltext.Significant(p.plain) {
		if !token.Ident() {
			continue
		}
		if t := r.catalog.table(token.Name()); t != nil && !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list
}

// mostReturned is how many rows are shown of those that a query returns.
const mostReturned = 100

func (e *effect) run(ctx context.Context, tx *sql.Conn, c *catalog, text string, args []any) error {
	rows, err := tx.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if e.Names, err = rows.Columns(); err != nil {
		return err
	}
	for rows.Next() {
		values, to := make([]any, len(e.Names)), make([]any, len(e.Names))
		for i := range to {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			return err
		}
		if len(e.Cells) == mostReturned {
			continue
		}
		var line []shown
		for i, v := range values {
			s := show(cell{value: v, size: int64(len(fmt.Sprint(v)))}, &column{Name: e.Names[i]})
			if c.hides(e.Names[i]) {
				s = shown{Text: "hidden", Class: "null"}
			}
			line = append(line, s)
		}
		e.Cells = append(e.Cells, line)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	var n int64
	if err := tx.QueryRowContext(ctx, "SELECT changes()").Scan(&n); err != nil {
		return err
	}
	e.Rows = plural(n, "row")
	return nil
}
