package stored

import (
	"context"
	"errors"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// Check finds what migrations have written that Go could not read or find, and
// what their schema is going to write: rows, defaults, triggers, generated
// columns, and values that a CHECK asks for. Warnings are of what may be as it
// should. Both are where the migrations say it.
func Check(ctx context.Context, m *sqlite.Memory, s *schema.Schema, types Types, places *migration.Places) (problems, warnings diag.Problems, err error) {
	db, err := m.Open(nil)
	if err != nil {
		return nil, nil, err
	}
	defer db.Close()
	p, err := NewProber(ctx, db)
	if err != nil {
		return nil, nil, err
	}
	found, err := p.Judge(append(Defaults(s, types), Triggers(s, types)...))
	if err = errors.Join(err, p.Close()); err != nil {
		return nil, nil, err
	}
	rows, err := Rows(ctx, db, s, types, nil)
	if err != nil {
		return nil, nil, err
	}
	for _, v := range rows {
		problem := &diag.Problem{Msg: v.Msg(), Fix: v.Fix()}
		problem.File, problem.Line = places.Write(v.Table.Name, v.Text)
		problems = append(problems, problem)
	}
	made, err := madeUp(ctx, m, s, types)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range append(found, made...) {
		problem := &diag.Problem{Msg: f.Msg(), Fix: f.Fix()}
		if f.By.Kind == Trigger {
			if problem.File, problem.Line = places.Trigger(f.By.Name); problem.Line > 0 {
				problem.Line += f.Line
			}
		} else {
			problem.File, problem.Line = places.Column(f.Table.Name, f.Column.Name)
		}
		if f.By.Kind == Generated && f.Want == "" {
			warnings = append(warnings, problem)
		} else {
			problems = append(problems, problem)
		}
	}
	warnings = append(warnings, mistyped(s, types, places)...)
	problems.Sort()
	warnings.Sort()
	return problems, warnings, nil
}
