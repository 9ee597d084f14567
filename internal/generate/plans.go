package generate

import (
	"context"
	"errors"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/explain"
)

// explainPlans reports the queries that an index would help, if sqlc.yaml asks for that.
// There are no statistics: what is reported depends on the project alone.
func (r *run) explainPlans(ctx context.Context) error {
	if !r.explain {
		return nil
	}
	for _, b := range r.blocks {
		if err := r.explainBlock(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) explainBlock(ctx context.Context, b *block) error {
	e, err := explain.New(b.Memory, b.Database.Schema, nil)
	if err != nil {
		return err
	}
	defer e.Close()
	for _, q := range b.queries.all {
		if q.Generated {
			continue // they are not reported
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		found, err := e.Query(q)
		var refused *diag.Problem
		if errors.As(err, &refused) {
			continue // that has been said
		}
		if err != nil {
			return err
		}
		r.problems = append(r.problems, found.Reports...)
		if found.Idle != nil {
			r.result.Warnings = append(r.result.Warnings, found.Idle)
		}
	}
	return nil
}
