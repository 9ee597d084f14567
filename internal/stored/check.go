package stored

import (
	"context"
	"database/sql"
	"errors"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/migration"
	"github.com/dreysql/drey/internal/schema"
)

// Check finds what migrations have written that Go could not read or find, and
// what their schema is going to write: the rows, the defaults and the triggers.
// The problems are where the migrations say it.
func Check(ctx context.Context, db *sql.DB, s *schema.Schema, types Types, places *migration.Places) (diag.Problems, error) {
	p, err := NewProber(ctx, db)
	if err != nil {
		return nil, err
	}
	found, err := p.Judge(append(Defaults(s, types), Triggers(s, types)...))
	if err = errors.Join(err, p.Close()); err != nil {
		return nil, err
	}
	var problems diag.Problems
	for _, f := range found {
		problem := &diag.Problem{Msg: f.Msg(), Fix: f.Fix()}
		if f.By.Kind == Trigger {
			if problem.File, problem.Line = places.Trigger(f.By.Name); problem.Line > 0 {
				problem.Line += f.Line
			}
		} else {
			problem.File, problem.Line = places.Column(f.Table.Name, f.Column.Name)
		}
		problems = append(problems, problem)
	}
	rows, err := Rows(ctx, db, s, types, nil)
	if err != nil {
		return nil, err
	}
	for _, v := range rows {
		problem := &diag.Problem{Msg: v.Msg(), Fix: v.Fix()}
		problem.File, problem.Line = places.Write(v.Table.Name, v.Text)
		problems = append(problems, problem)
	}
	problems.Sort()
	return problems, nil
}
