package migratecheck

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/infer"
	"github.com/dreysql/drey/internal/schema"
)

// contents are the rows of a table's columns that are not generated.
type contents struct {
	columns []string
	rows    [][]string
}

func readContents(ctx context.Context, db *sql.DB, t *schema.Table) (*contents, error) {
	c := &contents{}
	var quoted []string
	for i := range t.Columns {
		if t.Columns[i].Generated == schema.NotGenerated {
			c.columns = append(c.columns, t.Columns[i].Name)
			quoted = append(quoted, "quote("+schema.Quote(t.Columns[i].Name)+")")
		}
	}
	rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM main.%s", strings.Join(quoted, ", "), schema.Quote(t.Name)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		row := make([]string, len(quoted))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i := range row {
			row[i] = number(row[i])
		}
		c.rows = append(c.rows, row)
	}
	return c, rows.Err()
}

// number makes 7, 7.0 and '7' the same: a column that changes its type between
// these loses nothing.
func number(quoted string) string {
	f, err := strconv.ParseFloat(strings.Trim(quoted, "'"), 64)
	if err != nil {
		return quoted
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// loss is what a table has lost.
type loss struct {
	rows, of int      // rows that are gone, and how many there were
	columns  []string // whose values are others
	example  string
}

func (l *loss) any() bool { return l.rows > 0 || len(l.columns) > 0 }

// lost compares the columns that are there before and after.
func lost(before, after *contents) loss {
	if n := len(before.rows) - len(after.rows); n > 0 {
		return loss{rows: n, of: len(before.rows)}
	}
	var l loss
	for i, name := range before.columns {
		j := slices.IndexFunc(after.columns, func(other string) bool { return schema.EqualFold(name, other) })
		if j < 0 {
			continue
		}
		left := map[string]int{}
		for _, row := range after.rows {
			left[row[j]]++
		}
		for _, row := range before.rows {
			if left[row[i]]--; left[row[i]] < 0 {
				l.columns = append(l.columns, name)
				if l.example == "" {
					l.example = row[i]
				}
				break
			}
		}
	}
	return l
}

// narrower reports whether a column of the second type need not be able to hold
// what one of the first does.
func narrower(from, to string) bool {
	a, b := infer.AffinityOf(from), infer.AffinityOf(to)
	width := map[infer.Affinity]int{
		infer.IntegerAffinity: 0, infer.RealAffinity: 1, infer.NumericAffinity: 1, infer.TextAffinity: 2, infer.BlobAffinity: 3,
	}
	return width[b] < width[a]
}
