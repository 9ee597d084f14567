package stored

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
)

// Values are the values of a column, in the rows that are there, that are not in
// its form.
type Values struct {
	Table  *schema.Table
	Column *schema.Column
	Form   *Form

	Rows    int64  // how many
	Unknown int64  // of these, those that no value of the form means the same as
	Nulls   int64  // of these again, the NULLs that the Go type does not take
	Value   string // one of them as SQL, shortened, of those that can be mended where there is one
	Want    string // the same in the form, "" where that is not known
	Text    string // what Value is the SQL of, "" where that is not a string
}

// checked is a column to look at.
type checked struct {
	*schema.Column
	form *Form
	null bool // NULL does not go into the Go type
}

// name is the column's as SQL.
func (c *checked) name() string { return sqltext.Quote(c.Name) }

// bad is a condition, 1 or 0: the value is not in the form.
func (c *checked) bad() string {
	if c.null {
		return fmt.Sprintf("(%s IS NULL OR NOT (%s))", c.name(), c.form.OK(c.name()))
	}
	return fmt.Sprintf("(%s IS NOT NULL AND NOT (%s))", c.name(), c.form.OK(c.name()))
}

// maxColumns are how many columns one query looks at.
const maxColumns = 100

// Rows looks at the rows of every table, in one pass through those where all is
// well. progress, if not nil, is told before each table how many are done and
// how many there are.
func Rows(ctx context.Context, db *sql.DB, s *schema.Schema, types Types, progress func(done, total int)) ([]*Values, error) {
	var list []*Values
	for i, t := range s.Tables {
		if progress != nil {
			progress(i, len(s.Tables))
		}
		columns := toCheck(t, types)
		if len(columns) == 0 {
			continue
		}
		var some bool // to prepare the other query takes longer
		if err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM main."+sqltext.Quote(t.Name)+")").Scan(&some); err != nil {
			return nil, fmt.Errorf("read table %s: %w", t.Name, err)
		}
		if !some {
			continue
		}
		for columns := range slices.Chunk(columns, maxColumns) {
			found, err := rowsOf(ctx, db, t, columns)
			if err != nil {
				return nil, fmt.Errorf("read table %s: %w", t.Name, err)
			}
			list = append(list, found...)
		}
	}
	return list, nil
}

func toCheck(t *schema.Table, types Types) (list []*checked) {
	if t.Kind != schema.KindTable {
		return nil
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		typ := types(t, c)
		if form := FormOf(typ, c.Affine()); form != nil {
			list = append(list, &checked{c, form, !typ.Nullable && !form.null && !c.NotNull})
		}
	}
	return list
}

func rowsOf(ctx context.Context, db *sql.DB, t *schema.Table, columns []*checked) ([]*Values, error) {
	counts := make([]string, len(columns))
	numbers := make([]int64, len(columns))
	into := make([]any, len(columns))
	for i, c := range columns {
		counts[i], into[i] = "coalesce(sum("+c.bad()+"), 0)", &numbers[i]
	}
	table := "main." + sqltext.Quote(t.Name)
	if err := db.QueryRowContext(ctx, "SELECT "+strings.Join(counts, ",\n")+" FROM "+table).Scan(into...); err != nil {
		return nil, err
	}
	var list []*Values
	for i, c := range columns {
		if numbers[i] == 0 {
			continue
		}
		v := &Values{Table: t, Column: c.Column, Form: c.form, Rows: numbers[i]}
		if err := v.look(ctx, db, table, c); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// look reads examples.
func (v *Values) look(ctx context.Context, db *sql.DB, table string, c *checked) error {
	// With a LIMIT the innermost query is not flattened, and each value is brought
	// into the form once.
	query := fmt.Sprintf(`SELECT nulls, unknown, %[1]s, %[2]s, %[3]s FROM (
			SELECT sum(v IS NULL) AS nulls, sum(w IS NULL) AS unknown, max(CASE WHEN w IS NOT NULL THEN v END) AS known, max(CASE WHEN w IS NULL THEN v END) AS other
			FROM (SELECT %[4]s AS v, %[5]s AS w FROM %[6]s WHERE %[7]s LIMIT -1))`,
		shown("known"), shown(c.form.Of("known")), shown("other"), c.name(), c.form.Of(c.name()), table, c.bad())
	var other string
	if err := db.QueryRowContext(ctx, query).Scan(&v.Nulls, &v.Unknown, &v.Value, &v.Want, &other); err != nil {
		return err
	}
	if v.Want == "NULL" {
		v.Value, v.Want = other, ""
	}
	if tokens := sqltext.Significant(v.Value); len(tokens) == 1 && tokens[0].Kind == sqltext.String {
		v.Text = tokens[0].Name()
	}
	return nil
}

// Name returns the name of the column with its table.
func (v *Values) Name() string { return v.Table.Name + "." + v.Column.Name }

// Update returns the statement that brings the values into the form, or "" if
// it could not do anything. Values stay as they are if nobody knows what they
// mean.
func (v *Values) Update() string {
	if v.Unknown == v.Rows || v.Column.Generated != schema.NotGenerated {
		return ""
	}
	table, column := sqltext.Quote(v.Table.Name), sqltext.Quote(v.Column.Name)
	if v.Form.Time != sqltime.None {
		return v.Form.Time.Update(table, column) + ";"
	}
	return fmt.Sprintf("UPDATE %[1]s SET %[2]s = %[3]s\nWHERE %[2]s IS NOT NULL AND NOT (%[4]s) AND %[3]s IS NOT NULL;",
		table, column, v.Form.Of(column), v.Form.OK(column))
}

// Summary says how many rows there are and gives an example, on one line.
func (v *Values) Summary() string {
	rows := fmt.Sprintf("%s is %s in Go: %s, ", v.Name(), v.Form.Type, count(v.Rows))
	switch {
	case v.Nulls == v.Rows:
		return rows + "NULL, which does not go into it"
	case v.Want == "":
		return fmt.Sprintf("%s%s for one, and nobody knows what is meant: Go writes %s", rows, v.Value, v.Form.Text)
	}
	rows += v.Value + " for one, where Go writes " + v.Want
	if v.Unknown > 0 {
		rows += fmt.Sprintf("; of %d nobody knows what is meant", v.Unknown)
	}
	return rows
}

func count(rows int64) string {
	if rows == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", rows)
}

// Msg says what is wrong with rows that migrations have written.
func (v *Values) Msg() string {
	rows := "1 row of " + v.Name() + " has"
	if v.Rows != 1 {
		rows = fmt.Sprintf("%d rows of %s have", v.Rows, v.Name())
	}
	if v.Want == "" {
		return fmt.Sprintf("after the migrations %s %s, which Go cannot read as %s: that is stored as %s", rows, v.Value, v.Form.Type, v.Form.Text)
	}
	return fmt.Sprintf("after the migrations %s %s, where Go writes %s: Go cannot read such a row, or does not find it by =", rows, v.Value, v.Want)
}

// Fix is what to do about rows that migrations have written.
func (v *Values) Fix() string {
	fix := "write a value that is " + v.Form.Text + "; where the migration has been applied, UPDATE the rows in a new one"
	switch update := v.Update(); {
	case update == "":
	case v.Form.Time != sqltime.None:
		fix += ":\ndrey migrate drift DATABASE prints the statement"
	default:
		fix += ":\n" + update
	}
	return fix
}
