package seed

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/content"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
	"github.com/dreysql/drey/internal/stored"
)

// judge tells which values a column takes by itself: those that its CHECKs accept, of
// the ones that are about it alone, and that are in the form of its Go type.
type judge struct {
	ctx    context.Context
	memory *sqlite.Memory
	db     *sql.DB
}

func newJudge(ctx context.Context) (*judge, error) {
	m, err := sqlite.NewMemory()
	if err != nil {
		return nil, err
	}
	db, err := m.Open(nil)
	if err != nil {
		m.Close()
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return &judge{ctx, m, db}, nil
}

func (j *judge) close() {
	j.db.Close()
	j.memory.Close()
}

// bench is a table with one column, in which values are judged.
type bench struct {
	*judge
	table, column string
	conditions    []string
}

func (j *judge) bench(t *schema.Table, c *schema.Column, form *stored.Form) (*bench, error) {
	b := &bench{judge: j, table: sqltext.Quote(t.Name), column: sqltext.Quote(c.Name)}
	options, collate := "", ""
	if t.Strict {
		options = " STRICT"
	}
	if c.Collation != "" {
		collate = " COLLATE " + sqltext.Quote(c.Collation)
	}
	for _, statement := range []string{
		"DROP TABLE IF EXISTS " + b.table, fmt.Sprintf("CREATE TABLE %s (%s %s%s)%s", b.table, b.column, c.Type, collate, options),
	} {
		// @schema-change a table of its own, in memory, to try values in
		// @native-sql-dynamic names are quoted, and a type is as SQLite has it
		if _, err := j.db.ExecContext(j.ctx, statement); err != nil {
			return nil, err
		}
	}
	if form != nil {
		b.conditions = append(b.conditions, fmt.Sprintf("(%[1]s IS NULL OR %[2]s)", b.column, form.OK(b.column)))
	}
	for _, check := range checks.Of(t).List {
		if alone := (&domain{column: c}).alone(t, check.Expr); !alone {
			continue
		}
		start, end := syntax.Span(check.Expr)
		condition := "(" + t.SQL[start:end] + ") IS NOT 0"
		// @native-sql-dynamic a CHECK of the schema
		if stmt, err := j.db.PrepareContext(j.ctx, "SELECT "+condition+" FROM "+b.table); err == nil {
			stmt.Close()
			b.conditions = append(b.conditions, condition)
		}
	}
	return b, nil
}

// accepts reports whether the column takes a value.
func (b *bench) accepts(value any) (bool, error) {
	// @native-sql-dynamic the name is quoted
	if _, err := b.db.ExecContext(b.ctx, "INSERT INTO "+b.table+" VALUES (?)", value); err != nil {
		return false, b.ctx.Err()
	}
	ok := true
	var err error
	if len(b.conditions) > 0 {
		// @native-sql-dynamic CHECKs of the schema, and conditions of stored
		err = b.db.QueryRowContext(b.ctx, "SELECT "+strings.Join(b.conditions, " AND ")+" FROM "+b.table).Scan(&ok)
	}
	// @native-sql-dynamic the name is quoted
	if _, cleared := b.db.ExecContext(b.ctx, "DELETE FROM "+b.table); err == nil {
		err = cleared
	}
	if err != nil && b.ctx.Err() == nil {
		return false, nil // a CHECK that is an error for this value
	}
	return ok, err
}

// enough are the samples by which a source is judged.
const enough = 12

// choose returns the first source whose values the column takes, or else one of the
// values that it has taken. It is nil if none is known.
func (b *bench) choose(t *schema.Table, c *schema.Column, list []*source, unique bool, r *row) (*source, error) {
	if len(b.conditions) == 0 && !t.Strict && len(list) > 0 {
		return list[0], nil
	}
	var best []any
	for _, s := range list {
		var taken []any
		n := uint64(enough)
		if s.size > 0 {
			n = min(n, s.size)
		}
		if !unique && s.another != nil {
			s.another = nil // it would not be taken
		}
		for i := range n {
			r.begin()
			var v any
			switch {
			case s.size > 0 && s.size <= enough:
				v = s.at(i)
			case unique && s.another != nil:
				v = s.another(r, i+1)
			default:
				v = s.draw(r)
			}
			ok, err := b.accepts(v)
			if err != nil {
				return nil, err
			}
			if ok {
				taken = append(taken, v)
			}
		}
		if len(taken) == int(n) {
			return s, nil
		}
		if len(taken) > len(best) {
			best = taken
		}
	}
	if unique { // rather values that may come twice
		return b.choose(t, c, list, false, r)
	}
	if len(best) > 0 {
		return listOnce(best), nil
	}
	values, err := b.candidates(t, c)
	if err != nil || len(values) == 0 {
		return nil, err
	}
	return listOnce(values), nil
}

// candidates are the values of the solver that the column takes.
func (b *bench) candidates(t *schema.Table, c *schema.Column) (list []any, err error) {
	for n := range 3 {
		for _, expr := range content.Candidates(t, c, n) {
			if expr == "NULL" {
				continue
			}
			var v any
			// @native-sql-dynamic a literal of SQL, made by content
			if err := b.db.QueryRowContext(b.ctx, "SELECT "+expr).Scan(&v); err != nil {
				if b.ctx.Err() != nil {
					return nil, b.ctx.Err()
				}
				continue
			}
			ok, err := b.accepts(v)
			if err != nil {
				return nil, err
			}
			if ok {
				list = append(list, v)
			}
		}
	}
	return list, nil
}

// listOnce is the source of the values, each once.
func listOnce(values []any) *source {
	var once []any
	for _, v := range values {
		if !slices.ContainsFunc(once, func(o any) bool { return same(o, v) }) {
			once = append(once, v)
		}
	}
	return list(once)
}

func same(a, b any) bool {
	x, ok1 := a.([]byte)
	y, ok2 := b.([]byte)
	if ok1 || ok2 {
		return ok1 && ok2 && slices.Equal(x, y)
	}
	return a == b
}
