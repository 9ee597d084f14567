package stored

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// Prober has SQLite evaluate expressions as it would to store them in a column.
// It is not safe for concurrent use.
type Prober struct {
	ctx      context.Context
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

// probes are the tables that expressions are put into, with a column for each
// affinity. They are temporary.
const probes = `PRAGMA temp_store = MEMORY;
	CREATE TEMP TABLE drey_probe (row INTEGER PRIMARY KEY, i INTEGER, n NUMERIC, r REAL, t TEXT, b BLOB);
	CREATE TEMP TABLE drey_probe_strict (row INTEGER PRIMARY KEY, i INTEGER, r REAL, t TEXT, b BLOB, n ANY) STRICT`

// NewProber returns a prober on a connection of the migrated database. The caller
// closes it.
func NewProber(ctx context.Context, db *sql.DB) (*Prober, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, probes); err != nil {
		return nil, errors.Join(fmt.Errorf("make the tables for expressions: %w", err), conn.Close())
	}
	return &Prober{ctx, conn, map[string]*sql.Stmt{}}, nil
}

// Close returns the connection.
func (p *Prober) Close() error {
	var errs []error
	for _, stmt := range p.prepared {
		errs = append(errs, stmt.Close())
	}
	_, err := p.conn.ExecContext(p.ctx, "DROP TABLE temp.drey_probe; DROP TABLE temp.drey_probe_strict")
	return errors.Join(append(errs, err, p.conn.Close())...)
}

// Where an expression is not the same each time, it is tried so often: a time with
// milliseconds ends in 0 in every tenth of them. One that is the same after one of
// the first pauses has whole seconds.
const (
	pause  = 1100 * time.Microsecond
	tries  = 100
	settle = 4
)

// Judge evaluates what is written, and returns what is not in the form of its
// column. What cannot be evaluated by itself, because it needs a row, say, is left
// out.
func (p *Prober) Judge(list []*Finding) ([]*Finding, error) {
	// Of many columns with one default, one is evaluated.
	same := map[string]*Finding{}
	var distinct []*Finding
	for _, f := range list {
		if same[f.key()] == nil {
			same[f.key()] = f
			distinct = append(distinct, f)
		}
	}
	var err error
	wrong := map[*Finding]bool{}
	again := func(f *Finding) (err error) {
		wrong[f], _, err = p.judge(f)
		return err
	}
	values := map[*Finding]string{}
	var calls, random []*Finding
	for _, f := range distinct {
		var ok bool
		if wrong[f], ok, err = p.judge(f); err != nil {
			return nil, err
		}
		values[f] = f.Value
		switch {
		case !ok || wrong[f] || isConstant(f.Expr):
		case isRandom(f.Expr):
			random = append(random, f)
		default:
			calls = append(calls, f)
		}
	}
	// Random values are tried often; so is what has parts of a second, which is
	// another value after each pause.
	for range tries {
		for _, f := range random {
			if !wrong[f] {
				if err := again(f); err != nil {
					return nil, err
				}
			}
		}
	}
	for n := 0; n < tries && len(calls) > 0; n++ {
		time.Sleep(pause)
		calls = slices.DeleteFunc(calls, func(f *Finding) bool {
			if err == nil {
				err = again(f)
			}
			settled := wrong[f] || f.Value == values[f] && n < settle
			values[f] = f.Value
			return settled
		})
		if err != nil {
			return nil, err
		}
	}
	for _, f := range distinct {
		f.Local = !wrong[f] && f.Form.moment && isLocal(f.Expr)
		if wrong[f] || f.Local {
			if err := p.rewrite(f); err != nil {
				return nil, err
			}
		}
	}
	var found []*Finding
	for _, f := range list {
		if of := same[f.key()]; wrong[of] || of.Local {
			f.Value, f.Want, f.Refused, f.Local, f.Rewrite = of.Value, of.Want, of.Refused, of.Local, of.Rewrite
			found = append(found, f)
		}
	}
	return found, nil
}

// key is the same for what has the same value in the same form.
func (f *Finding) key() string {
	return fmt.Sprint(f.Form.ok, "\x00", f.Table.Strict, f.Column.Type, "\x00", f.Expr)
}

// judge evaluates once. It is not ok where SQLite cannot.
func (p *Prober) judge(f *Finding) (wrong, ok bool, err error) {
	f.Value, f.Want, f.Refused = "", "", ""
	table, column := "drey_probe", probe(f.Column.Affine())
	if f.Table.Strict {
		table = "drey_probe_strict"
	}
	_, err = p.conn.ExecContext(p.ctx, fmt.Sprintf("REPLACE INTO temp.%s (row, %s) VALUES (1, (%s))", table, column, f.Expr))
	switch {
	case p.ctx.Err() != nil:
		return false, false, p.ctx.Err()
	case err != nil && strings.Contains(sqlite.Message(err), "cannot store"):
		what, _, _ := strings.Cut(sqlite.Message(err), " in ")
		f.Refused = what + " in a column that is " + f.Column.Type
		return true, true, nil
	case err != nil:
		return false, false, nil
	}
	return p.read(f, "temp."+table, column)
}

// read reads the value and judges it. The expressions of a form are long, so they
// are prepared once.
func (p *Prober) read(f *Finding, table, column string) (wrong, ok bool, err error) {
	judged := fmt.Sprintf("SELECT %[1]s IS NOT NULL AND NOT (%[2]s), %[3]s FROM %[4]s", column, f.Form.OK(column), shown(column), table)
	if err := p.scan(judged, &wrong, &f.Value); err != nil || !wrong {
		return false, err == nil, err
	}
	if err := p.scan(fmt.Sprintf("SELECT %s FROM %s", shown(f.Form.Of(column)), table), &f.Want); err != nil {
		return false, false, err
	}
	if f.Want == "NULL" {
		f.Want = ""
	}
	return true, true, nil
}

func (p *Prober) scan(query string, dest ...any) (err error) {
	stmt := p.prepared[query]
	if stmt == nil {
		if stmt, err = p.conn.PrepareContext(p.ctx, query); err != nil {
			return err
		}
		p.prepared[query] = stmt
	}
	return stmt.QueryRowContext(p.ctx).Scan(dest...)
}

// shown is an expression: a value as SQL, not too long.
func shown(value string) string {
	return fmt.Sprintf("(SELECT CASE WHEN typeof(v) IN ('text', 'blob') AND length(v) > 60 THEN quote(substr(v, 1, 60)) || '…' ELSE quote(v) END FROM (SELECT %s AS v))", value)
}

// probe is the column for the affinity of a declared type.
func probe(declared string) string {
	return map[infer.Affinity]string{
		infer.IntegerAffinity: "i", infer.NumericAffinity: "n", infer.RealAffinity: "r", infer.TextAffinity: "t", infer.BlobAffinity: "b",
	}[infer.AffinityOf(declared)]
}

// rewrite looks for an expression that is right.
func (p *Prober) rewrite(f *Finding) error {
	expr := rewrite(f.Form, f.Expr, f.Want)
	if expr == "" || f.Refused != "" || strings.HasSuffix(expr, "…") {
		return nil
	}
	try := &Finding{Table: f.Table, Column: f.Column, Form: f.Form, Expr: expr}
	wrong, ok, err := p.judge(try)
	if err == nil && ok && !wrong && try.Value != "NULL" {
		f.Rewrite = expr
	}
	return err
}

// Defaults are the defaults of a schema's columns, to be judged.
func Defaults(s *schema.Schema, types Types) []*Finding {
	var list []*Finding
	for _, t := range s.Tables {
		if t.Kind != schema.KindTable {
			continue
		}
		for i := range t.Columns {
			c := &t.Columns[i]
			if expr := schema.DefaultExpr(c.Default); expr != "" {
				if form := FormOf(types(t, c), c.Affine()); form != nil {
					list = append(list, &Finding{Table: t, Column: c, Form: form, By: Writer{Kind: Default}, Expr: expr})
				}
			}
		}
	}
	return list
}
