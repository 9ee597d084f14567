package seed

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// DefaultRows are the rows of each table if nobody asks for a number.
const DefaultRows = 100

// Count says how many rows a table gets.
type Count struct {
	Table string  // "" for every table that is not named
	Rows  float64 // of the table, or for each row of Per
	Per   string  // "" for a number
}

// CountError is a count that does not fit the schema.
type CountError struct{ Msg string }

func (e *CountError) Error() string { return e.Msg }

// ParseCount reads 100, links=1000 or links=5/users.
func ParseCount(text string) (c Count, err error) {
	rows := text
	if table, after, ok := strings.Cut(text, "="); ok {
		c.Table, rows = table, after
		if rows, c.Per, ok = strings.Cut(rows, "/"); ok && c.Per == "" {
			return c, fmt.Errorf("--rows %s: a table follows the /, as in links=5/users", text)
		}
		if c.Table == "" {
			return c, fmt.Errorf("--rows %s: a table comes before the =, as in links=1000", text)
		}
	}
	c.Rows, err = strconv.ParseFloat(rows, 64)
	if err != nil || !(c.Rows >= 0 && c.Rows <= math.MaxInt32) || c.Per == "" && c.Rows != math.Trunc(c.Rows) {
		return c, fmt.Errorf("--rows %s: %q is not a number of rows: write 100, links=1000, or links=5/users", text, rows)
	}
	return c, nil
}

// plan says which tables get how many rows.
type plan struct {
	rows     map[*schema.Table]int
	named    map[*schema.Table]bool // with --rows: what does not fit is an error
	even     map[*schema.Table]*schema.Table
	first    map[*schema.Table]int64 // the first rowid, if a column is one
	told     map[*schema.Table]bool  // its keys are known to tables before it
	done     map[*schema.Table]bool
	deferred bool // keys refer to rows that come later
}

func (s *seeder) plan(conn *sql.Conn, order []*schema.Table) (*plan, error) {
	p := &plan{map[*schema.Table]int{}, map[*schema.Table]bool{}, map[*schema.Table]*schema.Table{}, map[*schema.Table]int64{}, map[*schema.Table]bool{}, map[*schema.Table]bool{}, false}
	counts := map[*schema.Table]Count{}
	all, others := false, Count{Rows: DefaultRows}
	for _, c := range s.options.Rows {
		if c.Table == "" {
			all, others = true, c
			continue
		}
		t, err := s.find(c.Table, order)
		if err != nil {
			return nil, err
		}
		if c.Per != "" {
			if p.even[t], err = s.find(c.Per, order); err != nil {
				return nil, err
			}
		}
		counts[t], p.named[t] = c, true
	}
	all = all || len(counts) == 0
	have := map[*schema.Table]int64{}
	for _, t := range order {
		var err error
		if have[t], p.first[t], err = s.state(conn, t); err != nil {
			return nil, err
		}
	}
	var rows func(t *schema.Table, within []*schema.Table) (int, error)
	rows = func(t *schema.Table, within []*schema.Table) (int, error) {
		c, ok := counts[t]
		switch {
		case !ok && all:
			return int(others.Rows), nil
		case !ok:
			return 0, nil
		case c.Per == "":
			return int(c.Rows), nil
		case slices.Contains(within, t):
			return 0, &CountError{fmt.Sprintf("--rows: the rows of %s depend on themselves: give one of the tables a number", t.Name)}
		}
		n, err := rows(p.even[t], append(within, t))
		if err == nil && n == 0 && have[p.even[t]] == 0 { // it will be needed
			n = DefaultRows
		}
		total := math.Round(c.Rows * float64(int64(n)+have[p.even[t]]))
		if err == nil && total > math.MaxInt32 {
			err = &CountError{fmt.Sprintf("--rows %s=%v/%s is %v rows", t.Name, c.Rows, c.Per, total)}
		}
		return int(total), err
	}
	for _, t := range order {
		n, err := rows(t, nil)
		if err != nil {
			return nil, err
		}
		p.rows[t] = n
	}
	if !all {
		// What the named tables refer to has to have rows.
		for _, t := range slices.Backward(order) {
			for _, fk := range t.ForeignKeys {
				parent := s.schema.Table(fk.Table)
				if parent != nil && p.rows[t] > 0 && have[parent] == 0 && p.rows[parent] == 0 && !p.named[parent] && parent.Kind == schema.KindTable {
					p.rows[parent] = DefaultRows
				}
			}
		}
	}
	return p, nil
}

// find finds a table that can get rows.
func (s *seeder) find(name string, order []*schema.Table) (*schema.Table, error) {
	t := s.schema.Table(name)
	if t != nil && t.Kind == schema.KindTable {
		return t, nil
	}
	if t != nil {
		return nil, &CountError{fmt.Sprintf("--rows: %s is a %s: rows are made for tables", t.Name, t.Kind)}
	}
	names := make([]string, len(order))
	for i, t := range order {
		names[i] = t.Name
	}
	slices.Sort(names)
	return nil, &CountError{fmt.Sprintf("--rows: there is no table %s: there are %s", name, strings.Join(names, ", "))}
}

// state is how many rows a table has, and the next rowid.
func (s *seeder) state(conn *sql.Conn, t *schema.Table) (rows, next int64, err error) {
	name := sqltext.Quote(t.Name)
	// @native-sql-dynamic the name is quoted
	if err := conn.QueryRowContext(s.ctx, "SELECT count(*) FROM main."+name).Scan(&rows); err != nil {
		return 0, 0, fmt.Errorf("table %s: %w", t.Name, err)
	}
	i := slices.IndexFunc(t.Columns, func(c schema.Column) bool { return c.RowIDAlias })
	if i < 0 {
		return rows, 0, nil
	}
	most := fmt.Sprintf("SELECT coalesce(max(%s), 0) FROM main.%s", sqltext.Quote(t.Columns[i].Name), name)
	if t.AutoIncrement {
		most = fmt.Sprintf("SELECT max((%s), coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0))", most, sqltext.Literal(t.Name))
	}
	// @native-sql-dynamic names are quoted
	if err := conn.QueryRowContext(s.ctx, most).Scan(&next); err != nil {
		return 0, 0, fmt.Errorf("table %s: %w", t.Name, err)
	}
	if next == math.MaxInt64 {
		return 0, 0, fmt.Errorf("table %s has a row with the highest rowid: no key comes after it", t.Name)
	}
	return rows, max(next, 0) + 1, nil
}

// keys are the values that a foreign key to a table may have: those of its rows, and
// those that it will get if they are known already.
func (p *plan) keys(ctx context.Context, conn *sql.Conn, t *schema.Table, columns []string) ([][]any, error) {
	keys, err := readKeys(ctx, conn, t, columns)
	if err != nil || p.done[t] || p.rows[t] == 0 || len(columns) != 1 {
		return keys, err
	}
	if c := t.Column(columns[0]); c == nil || !c.RowIDAlias {
		return keys, nil
	}
	p.deferred, p.told[t] = true, true
	for i := range min(p.rows[t], maxKeys) {
		keys = append(keys, []any{p.first[t] + int64(i)})
	}
	return keys, nil
}
