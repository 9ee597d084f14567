package stored

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/crud"
	"github.com/dreysql/drey/internal/infer"
	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqlite"
)

// Prober has SQLite evaluate expressions as it would to store them in a column.
// It is not safe for concurrent use.
type Prober struct {
	ctx  context.Context
	conn *sql.Conn
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
	return &Prober{ctx, conn}, nil
}

// Close returns the connection.
func (p *Prober) Close() error {
	_, err := p.conn.ExecContext(p.ctx, "DROP TABLE temp.drey_probe; DROP TABLE temp.drey_probe_strict")
	return errors.Join(err, p.conn.Close())
}

// Where an expression is not the same each time, it is tried for so long and so
// often. A default with milliseconds ends in 0 in every tenth of them.
const (
	pause   = 2 * time.Millisecond
	tries   = 200
	longest = 40 * time.Millisecond
)

// Judge evaluates what is written, and returns what is not in the form of its
// column. What cannot be evaluated by itself, because it needs a row, say, is left
// out.
func (p *Prober) Judge(list []*Finding) ([]*Finding, error) {
	wrong := make([]bool, len(list))
	values := make([]string, len(list))
	var calls, changing []int
	for i, f := range list {
		var ok bool
		var err error
		if wrong[i], ok, err = p.judge(f); err != nil {
			return nil, err
		}
		values[i] = f.Value
		switch {
		case !ok || wrong[i] || isConstant(f.Expr):
		case isRandom(f.Expr):
			changing = append(changing, i)
		default:
			calls = append(calls, i)
		}
	}
	if len(calls) > 0 {
		time.Sleep(pause)
	}
	again := func(i int) (err error) {
		wrong[i], _, err = p.judge(list[i])
		return err
	}
	for _, i := range calls {
		if err := again(i); err != nil {
			return nil, err
		}
		if list[i].Value != values[i] && !wrong[i] { // it has parts of a second
			changing = append(changing, i)
		}
	}
	start := time.Now()
	for n := 0; len(changing) > 0 && (n < tries || time.Since(start) < longest); n++ {
		left := changing[:0]
		for _, i := range changing {
			if err := again(i); err != nil {
				return nil, err
			}
			if !wrong[i] {
				left = append(left, i)
			}
		}
		changing = left
	}
	var found []*Finding
	for i, f := range list {
		if f.Local = !wrong[i] && f.Form.moment && isLocal(f.Expr); !wrong[i] && !f.Local {
			continue
		}
		if err := p.rewrite(f); err != nil {
			return nil, err
		}
		found = append(found, f)
	}
	return found, nil
}

// judge evaluates once. It is not ok where SQLite cannot.
func (p *Prober) judge(f *Finding) (wrong, ok bool, err error) {
	f.Value, f.Want, f.Refused = "", "", ""
	table, column := "drey_probe", probe(f.Column.Type)
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

// read reads the value and judges it.
func (p *Prober) read(f *Finding, table, column string) (wrong, ok bool, err error) {
	query := fmt.Sprintf("SELECT %[1]s IS NOT NULL AND NOT (%[2]s), %[3]s, %[4]s FROM %[5]s",
		column, f.Form.OK(column), shown(column), shown(f.Form.Of(column)), table)
	err = p.conn.QueryRowContext(p.ctx, query).Scan(&wrong, &f.Value, &f.Want)
	if f.Want == "NULL" {
		f.Want = ""
	}
	return wrong, err == nil, err
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
			if expr := crud.DefaultExpr(c.Default); expr != "" {
				if form := FormOf(types(t, c), c.Type); form != nil {
					list = append(list, &Finding{Table: t, Column: c, Form: form, By: Writer{Kind: Default}, Expr: expr})
				}
			}
		}
	}
	return list
}
