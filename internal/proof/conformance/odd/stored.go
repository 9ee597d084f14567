package odd

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/dreysql/drey/internal/proof/conformance/odd/odddb"
	drey "github.com/dreysql/drey/internal/runtime"
)

// literals are values in SQL that somebody may have stored.
var literals = []string{
	"NULL", "0", "1", "2", "-1", "9007199254740991", "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
	"1.0", "1.5", "-0.0", "1e300", "5e-324", "0.1", "9e999", "-9e999",
	"''", "'5'", "'5.0'", "' 5'", "'x'", "'true'", "'FALSE'", "'a' || char(0) || 'b'", "char(65279) || 'é'", "char(65533)", "CAST(x'ff61' AS TEXT)",
	"x''", "x'00ff'", "x'31'",
	"'2026-01-02'", "'2026-01-02 03:04:05'", "'2026-01-02 03:04:05.123456'", "'2026-01-02T03:04:05Z'", "'2026-01-02T03:04:05+02:00'",
	"'2026-01-02 03:04:05+02:00'", "'2026-01-02 03:04'", "'03:04:05'", "'12026-01-02 00:00:00'", "'0000-00-00 00:00:00'", "1767323045", "1767323045.5", "1767323045123", "2461042.5",
	`'{"a":1}'`, `'{"a":9007199254740993}'`, "'{bad'", `'"\u0000é"'`, "'Infinity'", "'NaN'", "'0x10'", "'1e5'", "'9007199254740993'",
}

// field is a column of "select" by its field, and how it is plucked.
type field struct {
	name  string
	of    func(*odddb.Select) any
	pluck func(context.Context, *odddb.Client, *drey.Query[odddb.SelectsSource, odddb.Select]) (any, error)
}

func plucked[T, V any](column drey.Handle[odddb.SelectsSource, T, V]) func(context.Context, *odddb.Client, *drey.Query[odddb.SelectsSource, odddb.Select]) (any, error) {
	return func(ctx context.Context, c *odddb.Client, q *drey.Query[odddb.SelectsSource, odddb.Select]) (any, error) {
		list, err := drey.Pluck(ctx, c, q, column)
		if err != nil || len(list) != 1 {
			return nil, err
		}
		return list[0], nil
	}
}

var fields = []field{
	{`"a b"`, func(s *odddb.Select) any { return s.AB }, plucked(odddb.Selects.AB)},
	{`"x""y"`, func(s *odddb.Select) any { return s.XY }, plucked(odddb.Selects.XY)},
	{`"from"`, func(s *odddb.Select) any { return s.From }, plucked(odddb.Selects.From)},
	{`"when"`, func(s *odddb.Select) any { return s.When }, plucked(odddb.Selects.When)},
	{`"blob"`, func(s *odddb.Select) any { return s.Blob }, plucked(odddb.Selects.Blob)},
	{`"json"`, func(s *odddb.Select) any { return s.Json }, plucked(odddb.Selects.Json)},
	{`"real"`, func(s *odddb.Select) any { return s.Real }, plucked(odddb.Selects.Real)},
	{`"float"`, func(s *odddb.Select) any { return s.Float }, plucked(odddb.Selects.Float)},
	{`"date"`, func(s *odddb.Select) any { return s.Date }, plucked(odddb.Selects.Date)},
	{`"ä"`, func(s *odddb.Select) any { return s.Ä }, plucked(odddb.Selects.Ä)},
	{`maybe`, func(s *odddb.Select) any { return s.Maybe }, plucked(odddb.Selects.Maybe)},
	{`deleted_at`, func(s *odddb.Select) any { return s.DeletedAt }, plucked(odddb.Selects.DeletedAt)},
}

// stored are the literals in every column: what the client reads of each, in every way.
var stored = func() (cases []Case) {
	for _, f := range fields {
		for _, literal := range literals {
			cases = append(cases, Case{literal + " in " + f.name, func(ctx context.Context, c *odddb.Client) (any, error) {
				_, err := c.ExecContext(ctx, `INSERT INTO "select" ("order", "group", `+f.name+`) VALUES (7, 'g', `+literal+`)`)
				if err != nil {
					return kind(err), nil
				}
				found := reads(ctx, c, f)
				_, err = c.ExecContext(ctx, `DELETE FROM "select" WHERE "order" = 7`)
				return found, err
			}})
		}
	}
	return cases
}()

// reads is what is read of a column of row 7, by every way to read it, and how SQLite
// stores it.
func reads(ctx context.Context, c *odddb.Client, f field) map[string]string {
	q := odddb.Selects.Where(odddb.Selects.Order.Eq(7))
	texts := map[string]string{}
	show := func(way string, v any, err error) {
		if texts[way] = text(v); err != nil {
			texts[way] = "an error"
		}
	}
	row, err := q.One(ctx, c)
	show("row", f.of(&row), err)
	v, err := f.pluck(ctx, c, q)
	show("pluck", v, err)
	var b odddb.Batch
	inside := odddb.InBatch(&b, func(tx *odddb.Tx) (odddb.Select, error) { return q.One(ctx, tx) })
	err = b.Run(ctx, c)
	if err == nil {
		row, err = inside()
	}
	show("batch", f.of(&row), err)
	written, err := drey.AppendJSON(ctx, c, q, nil)
	texts["JSON"] = "as json.Marshal"
	if again, e := json.Marshal([]odddb.Select{row}); err != nil {
		texts["JSON"] = "an error"
	} else if e != nil || !bytes.Equal(again, written) {
		texts["JSON"] = string(written)
	}
	// Releases of SQLite write a REAL as text with 15 or 17 digits.
	var kind, form string
	err = c.QueryRowContext(ctx, `SELECT typeof(x), hex(iif(typeof(x) = 'real', '', CAST(x AS BLOB))) FROM (SELECT `+f.name+` AS x FROM "select" WHERE "order" = 7)`).Scan(&kind, &form)
	show("stored", kind+" "+form, err)
	return texts
}

// text is a value as text that loses nothing.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case *float64:
		return deref(v)
	case *string:
		return deref(v)
	case *bool:
		return deref(v)
	case *int64:
		return deref(v)
	case *odddb.TextTime:
		return deref(v)
	case sql.Null[float64]:
		return nullable(v)
	case sql.Null[string]:
		return nullable(v)
	case sql.Null[bool]:
		return nullable(v)
	case sql.Null[int64]:
		return nullable(v)
	case sql.Null[[]byte]:
		return nullable(v)
	case sql.Null[odddb.JSON]:
		return nullable(v)
	case sql.Null[odddb.TextTime]:
		return nullable(v)
	case float64:
		if v == 0 && math.Signbit(v) {
			return "-0"
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []byte:
		if v == nil {
			return "nil"
		}
		return fmt.Sprintf("% x.", v)
	case odddb.JSON:
		if v == nil {
			return "nil"
		}
		return strconv.Quote(string(v))
	case string:
		return strconv.Quote(v)
	case odddb.TextTime:
		return v.Format(time.RFC3339Nano)
	}
	return fmt.Sprint(v)
}

func deref[T any](v *T) string {
	if v == nil {
		return "nil"
	}
	return text(*v)
}

func nullable[T any](v sql.Null[T]) string {
	if !v.Valid {
		return "nil"
	}
	return text(v.V)
}
