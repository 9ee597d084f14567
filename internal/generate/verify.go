package generate

import (
	"context"
	"fmt"
	"maps"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/emit"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/verify"
)

// verify compares every query with the migrated database, and completes what
// sqlc wrote. Generated queries that do not hold are dropped, and the rest is
// generated once more without them.
func (r *run) verify(ctx context.Context) error {
	if err := r.checkAllStored(ctx); err != nil {
		return err
	}
	if err := r.warnMisread(); err != nil {
		return err
	}
	for again := true; again; {
		again = false
		held := map[*block]*verify.Held{}
		for _, b := range r.blocks {
			held[b] = r.held(b)
		}
		bySchema(r.blocks, func(b *block) {
			if b.generate != nil {
				b.verify(held[b])
			}
		})
		for _, b := range r.blocks {
			if b.generate == nil {
				continue
			}
			others, fewer, err := r.drop(b.verified.problems)
			if err != nil {
				return err
			}
			b.verified.problems = others
			again = again || fewer
		}
		if again {
			if err := r.runSQLC(ctx); err != nil {
				return err
			}
		}
	}
	r.warnLost()
	for _, b := range r.blocks {
		if b.generate == nil {
			continue
		}
		v := b.verified
		b.places = v.completions.Places
		complete, err := b.generate.Complete(v.completions)
		switch {
		case err == nil:
			bySQLC := b.generate
			b.generate = complete
			r.noteRowTypes(b, bySQLC, v.completions)
		case len(v.problems) == 0:
			return err
		}
		r.problems = append(r.problems, r.placed(v.problems)...)
		b.queries.leaveOut(v.problems)
		r.result.Warnings = append(r.result.Warnings, r.placed(v.warnings)...)
		b.verified = verified{}
		for _, o := range b.IdleOverrides(b.columns) {
			r.result.Warnings = append(r.result.Warnings, &diag.Problem{
				File: r.cfg.File, Line: o.Line,
				Msg: fmt.Sprintf("the override for %s fits no column, and does nothing", o.Column),
				Fix: "write it as table.column, with the names of the schema",
			})
		}
		for _, o := range b.TypesInOtherLetters(b.declaredTypes()) {
			r.result.Warnings = append(r.result.Warnings, &diag.Problem{
				File: r.cfg.File, Line: o.Line,
				Msg: fmt.Sprintf("the override for db_type %s does nothing: to sqlc capitals count, and the type is declared %s", o.DBType, o.Declared),
				Fix: "write db_type: " + o.Declared,
			})
		}
	}
	return nil
}

// verified is what package verify says of a block.
type verified struct {
	problems, warnings diag.Problems
	completions        sqlc.Completions
}

func (b *block) verify(held *verify.Held) {
	taken := maps.Clone(b.generate.Idents)
	maps.Copy(taken, b.yieldTo())
	v, runtimeName := &b.verified, emit.Names(taken)
	v.problems, v.warnings, v.completions = verify.Package(verify.Input{
		Conn: b.Conn, Schema: b.Database.Schema, Queries: b.queries.all, Package: b.generate.View(b.plainType), Names: b.Names,
		Where:   func(view string) (string, int) { return migration.Created(b.Migrations, "VIEW", view) },
		Runtime: runtimeName, Untyped: b.Doubtful,
		PointersForNull: b.PointersForNull, JSONTags: b.JSONTags, Overridden: b.OverriddenColumn, Held: held, Tenants: b.saysTenant,
	})
	for _, name := range b.queries.raises {
		v.completions.Method(name).Err = runtimeName("raised")
	}
}
