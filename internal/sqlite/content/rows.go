package content

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Table has the rows of a table's columns that are not generated.
type Table struct {
	Columns []string   // their names
	Rows    [][]string // the values as SQL, with numbers in the same form for every type
}

// Read reads the rows of a table.
func Read(ctx context.Context, db *sql.DB, t *schema.Table) (*Table, error) {
	c := &Table{}
	var quoted []string
	for i := range t.Columns {
		if t.Columns[i].Generated == schema.NotGenerated {
			c.Columns = append(c.Columns, t.Columns[i].Name)
			quoted = append(quoted, "quote("+sqltext.Quote(t.Columns[i].Name)+")")
		}
	}
	rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM main.%s", strings.Join(quoted, ", "), sqltext.Quote(t.Name)))
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
		c.Rows = append(c.Rows, row)
	}
	return c, rows.Err()
}

// number makes 7, 7.0 and '7' the same: a column that changes between these types
// does not lose anything.
func number(quoted string) string {
	f, err := strconv.ParseFloat(strings.Trim(quoted, "'"), 64)
	if err != nil {
		return quoted
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// Loss is what a table has lost.
type Loss struct {
	Rows, Of int      // rows that are gone, and how many there were
	Columns  []string // columns with changed values
	Example  string   // of a value that is gone, as SQL
}

// Any reports whether there is a loss.
func (l *Loss) Any() bool { return l.Rows > 0 || len(l.Columns) > 0 }

// WithoutNulls returns the rows without the NULLs of some columns, which do not count
// as lost then.
func (t *Table) WithoutNulls(columns []string) *Table {
	c := &Table{Columns: t.Columns, Rows: slices.Clone(t.Rows)}
	for i, name := range t.Columns {
		if !slices.Contains(columns, name) {
			continue
		}
		for j, row := range c.Rows {
			if row[i] == "NULL" {
				c.Rows[j] = slices.Clone(row)
				c.Rows[j][i] = ""
			}
		}
	}
	return c
}

// Lost compares the columns that exist before and after.
func Lost(before, after *Table) Loss {
	if n := len(before.Rows) - len(after.Rows); n > 0 {
		return Loss{Rows: n, Of: len(before.Rows)}
	}
	var l Loss
	for i, name := range before.Columns {
		j := slices.IndexFunc(after.Columns, func(other string) bool { return sqltext.EqualFold(name, other) })
		if j < 0 {
			continue
		}
		left := map[string]int{}
		for _, row := range after.Rows {
			left[row[j]]++
		}
		for _, row := range before.Rows {
			if row[i] == "" {
				continue
			}
			if left[row[i]]--; left[row[i]] < 0 {
				l.Columns = append(l.Columns, name)
				if l.Example == "" {
					l.Example = row[i]
				}
				break
			}
		}
	}
	return l
}
