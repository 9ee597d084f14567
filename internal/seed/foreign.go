package seed

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// maxKeys are the keys of a parent that are read.
const maxKeys = 1_000_000

// foreign is a foreign key of a table that is being filled.
type foreign struct {
	schema.ForeignKey
	columns  []int // where its columns are in a row
	nullable []int // those of them that can be NULL
	own      []int // where the columns that it refers to are in a row, if it is to the table itself
	keys     [][]any
	even     bool // each key is as often
	once     bool // each key once: it is unique
	used     int  // keys that were drawn once
	nulls    float64

	fixed []int // of columns: those that another key of the unit has drawn before
	by    map[string][]int
}

// readKeys reads what a foreign key may refer to.
func readKeys(ctx context.Context, conn *sql.Conn, parent *schema.Table, columns []string) (keys [][]any, err error) {
	quoted := make([]string, len(columns))
	known := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = sqltext.Quote(c)
		known[i] = quoted[i] + " IS NOT NULL"
	}
	list := strings.Join(quoted, ", ")
	// @native-sql-dynamic names are quoted
	rows, err := conn.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM main.%s WHERE %s ORDER BY %s LIMIT %d",
		raw(quoted), sqltext.Quote(parent.Name), strings.Join(known, " AND "), list, maxKeys))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		key := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range key {
			into[i] = &key[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, rows.Err()
}

// raw selects columns without their declared types, from which the driver makes times
// and booleans.
func raw(quoted []string) string {
	list := make([]string, len(quoted))
	for i, q := range quoted {
		list[i] = "iif(true, " + q + ", NULL)"
	}
	return strings.Join(list, ", ")
}

// draw puts a key into the row, or NULLs. It reports whether it has found one.
func (f *foreign) draw(r *row, i int) bool {
	switch {
	case f.own == nil:
	case f.once && len(f.nullable) > 0: // a list
		if f.used == len(f.keys) || r.Float64() < f.nulls {
			for _, c := range f.nullable {
				r.values[c] = nil
			}
			return true
		}
		f.used++
		for k, c := range f.columns {
			r.values[c] = f.keys[f.used-1][k]
		}
		return true
	case f.once, len(f.keys) == 0 && len(f.nullable) == 0: // the first row refers to itself
		for k, c := range f.columns {
			r.values[c] = r.values[f.own[k]]
		}
		return true
	}
	keys := len(f.keys)
	var among []int
	if len(f.fixed) > 0 {
		if f.by == nil {
			f.by = map[string][]int{}
			for n, key := range f.keys {
				text := f.text(func(k int) any { return key[k] })
				f.by[text] = append(f.by[text], n)
			}
		}
		among = f.by[f.text(func(k int) any { return r.values[f.columns[k]] })]
		keys = len(among)
	}
	if keys > 0 {
		n := i % keys
		if !f.even {
			n = r.IntN(keys)
		}
		if among != nil {
			n = among[n]
		}
		for k, c := range f.columns {
			r.values[c] = f.keys[n][k]
		}
	}
	if keys == 0 || len(f.nullable) > 0 && r.Float64() < f.nulls {
		for _, c := range f.nullable {
			r.values[c] = nil
		}
		return len(f.nullable) > 0
	}
	return true
}

// text is the fixed columns of a key as a text to compare.
func (f *foreign) text(value func(k int) any) string {
	var b strings.Builder
	for _, k := range f.fixed {
		fmt.Fprintf(&b, "%T %v\x00", value(k), value(k))
	}
	return b.String()
}

// accepted is told of each row of the table, for keys to the table itself.
func (f *foreign) accepted(values []any) {
	if f.own == nil || len(f.keys) >= maxKeys {
		return
	}
	key := make([]any, len(f.own))
	for k, c := range f.own {
		key[k] = values[c]
	}
	if !slices.Contains(key, nil) {
		f.keys = append(f.keys, key)
		f.by = nil
	}
}
