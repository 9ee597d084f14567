// Package content makes up rows that satisfy a table's constraints, reads the rows
// of a table, and tells what was lost between two states of it.
//
// @native-sql the databases are other projects', and there is no layer over them
package content

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Numbers and counters of made-up rows begin where a migration's own rows are
// unlikely to be.
const (
	firstNumber = 9001
	counter     = 90000
	rowsPerFill = 3
	maxAttempts = 3000
)

// Fill puts three rows into every empty table, as far as its constraints allow
// that, and returns the names of the tables that stayed empty. Foreign keys refer
// to existing rows.
func Fill(ctx context.Context, db *sql.DB, s *schema.Schema) (empty []string, err error) {
	return FillTables(ctx, db, s, s.Tables)
}

// FillTables is Fill for some tables of a schema and those that they refer to.
func FillTables(ctx context.Context, db *sql.DB, s *schema.Schema, tables []*schema.Table) (empty []string, err error) {
	for _, t := range ParentsFirst(s, tables) {
		var n int
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+sqltext.Quote(t.Name)).Scan(&n); err != nil {
			return nil, fmt.Errorf("count the rows of %s: %w", t.Name, err)
		}
		if n > 0 {
			continue
		}
		f := &filler{ctx: ctx, db: db, schema: s, table: t}
		if !f.fill() {
			empty = append(empty, t.Name)
		}
		if t.AutoIncrement {
			if _, err := db.ExecContext(ctx, "UPDATE sqlite_sequence SET seq = ? WHERE name = ?", counter, t.Name); err != nil {
				return nil, fmt.Errorf("set the counter of %s: %w", t.Name, err)
			}
		}
	}
	return empty, ctx.Err()
}

// ParentsFirst orders tables, and those that they refer to, so that foreign keys find
// what they refer to. In a cycle the keys that can be NULL are those that do not.
func ParentsFirst(s *schema.Schema, tables []*schema.Table) []*schema.Table {
	var list []*schema.Table
	state := map[*schema.Table]bool{}
	var visit func(t *schema.Table)
	visit = func(t *schema.Table) {
		if t == nil || t.Kind != schema.KindTable || state[t] {
			return
		}
		state[t] = true
		for _, fk := range t.ForeignKeys {
			if parent := s.Table(fk.Table); requires(t, fk) || !needs(s, parent, t, map[*schema.Table]bool{}) {
				visit(parent)
			}
		}
		list = append(list, t)
	}
	for _, t := range tables {
		visit(t)
	}
	return list
}

// requires reports whether no column of a foreign key can be NULL.
func requires(t *schema.Table, fk schema.ForeignKey) bool {
	return !slices.ContainsFunc(fk.From, func(name string) bool {
		c := t.Column(name)
		return c == nil || !c.NotNull
	})
}

// needs reports whether rows of t cannot be without rows of other.
func needs(s *schema.Schema, t, other *schema.Table, seen map[*schema.Table]bool) bool {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	return slices.ContainsFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool {
		parent := s.Table(fk.Table)
		return requires(t, fk) && (parent == other || needs(s, parent, other, seen))
	})
}

type filler struct {
	ctx    context.Context
	db     *sql.DB
	schema *schema.Schema
	table  *schema.Table
}

// The kinds of rows.
const (
	full  = iota // a value in every column
	nulls        // NULL wherever the table allows it
	twin         // the first row except for its keys
)

func (f *filler) fill() bool {
	some := false
	for i := range rowsPerFill {
		ok := f.insert(i, i)
		if !ok && i != full {
			ok = f.insert(i, full)
		}
		some = some || ok
	}
	return some
}

// insert tries values until the table accepts a row.
func (f *filler) insert(row, kind int) bool {
	var columns []schema.Column
	var choices [][]string
	for _, c := range f.table.Columns {
		if c.Generated == schema.NotGenerated {
			columns = append(columns, c)
			choices = append(choices, f.choices(&c, row, kind))
		}
	}
	names := make([]string, len(columns))
	for i := range columns {
		names[i] = sqltext.Quote(columns[i].Name)
	}
	err := Try(choices, maxAttempts, func(values []string) error {
		// @native-sql-dynamic every value is a literal of SQL, made by choices or read by quote()
		_, err := f.db.ExecContext(f.ctx, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", sqltext.Quote(f.table.Name),
			strings.Join(names, ", "), strings.Join(values, ", ")))
		return err
	}, func(err error) []int {
		if f.ctx.Err() != nil {
			return nil
		}
		return AtFault(f.table, columns, err)
	})
	return err == nil
}

// Try inserts rows of the values to choose from until one is accepted: each time with
// the next combination of the values of the columns at fault. It returns the last
// error of insert if no more combinations are left, if no column is at fault, or after
// so many attempts.
func Try[V any](choices [][]V, attempts int, insert func(values []V) error, atFault func(err error) []int) (err error) {
	at := make([]int, len(choices))
	for range attempts {
		values := make([]V, len(choices))
		for i := range choices {
			values[i] = choices[i][at[i]]
		}
		if err = insert(values); err == nil || !next(at, choices, atFault(err)) {
			return err
		}
	}
	return err
}

// next moves on to the next combination of the columns that count.
func next[V any](at []int, choices [][]V, columns []int) bool {
	for _, i := range columns {
		if at[i]++; at[i] < len(choices[i]) {
			return true
		}
		at[i] = 0
	}
	return false
}

// AtFault returns the places of the columns in the error of an INSERT, in whose message
// SQLite quotes the CHECK or the unique columns that are not satisfied, or the name of
// the CHECK or index. The columns of a partial index's condition are among them.
func AtFault(t *schema.Table, columns []schema.Column, err error) []int {
	_, what, ok := strings.Cut(sqlite.Message(err), "constraint failed: ")
	if !ok { // of a STRICT table: cannot store TEXT value in BLOB column t.c
		if _, what, ok = strings.Cut(sqlite.Message(err), " column "); !ok {
			return nil
		}
	}
	words := sqltext.Significant(what)
	for _, c := range checks.Of(t).List {
		if c.Name == what {
			start, end := syntax.Span(c.Expr)
			words = sqltext.Significant(t.SQL[start:end])
		}
	}
	for _, ix := range t.Indexes {
		if what == "index '"+ix.Name+"'" || ix.Partial && what == failure(t, &ix) {
			words = append(words, sqltext.Significant(ix.SQL)...)
		}
	}
	var list []int
	for i := range columns {
		if slices.ContainsFunc(words, func(t sqltext.Token) bool { return t.Ident() && sqltext.EqualFold(t.Name(), columns[i].Name) }) {
			list = append(list, i)
		}
	}
	return list
}

// failure is what SQLite says of a row that an index does not take.
func failure(t *schema.Table, ix *schema.Index) string {
	names := make([]string, len(ix.Columns))
	for i, c := range ix.Columns {
		names[i] = t.Name + "." + c.Name
	}
	return strings.Join(names, ", ")
}

// literals returns the literals in the CHECKs of a table.
func literals(t *schema.Table) (list []*ast.Literal) {
	for _, c := range checks.Of(t).List {
		ast.Walk(c.Expr, func(n ast.Node) bool {
			if l, ok := n.(*ast.Literal); ok {
				list = append(list, l)
			}
			return true
		})
	}
	return list
}

// choices returns the values to try in a column, as SQL. The first suits its type.
func (f *filler) choices(c *schema.Column, row, kind int) []string {
	if ref, ok := f.reference(c, row, kind); ok {
		return []string{ref}
	}
	if kind == nulls && !c.NotNull {
		return []string{"NULL"}
	}
	n := row
	if kind == twin && !f.inKey(c) {
		n = 0
	}
	return Candidates(f.table, c, n)
}

// Candidates returns values to try in a column, as SQL: one that suits its type, those
// of the table's CHECKs and values near them, and values of common forms. n varies
// them.
func Candidates(t *schema.Table, c *schema.Column, n int) []string {
	list := []string{plain(c.Type, n)}
	for _, l := range literals(t) {
		switch l.Kind {
		case ast.LitString:
			list = append(list, l.Raw, sample(l.Value, n))
		case ast.LitInteger, ast.LitFloat:
			list = append(list, l.Raw, l.Raw+" + 1", l.Raw+" - 1", "-"+l.Raw)
			if length, err := strconv.Atoi(l.Value); err == nil && 0 < length && length <= 1000 {
				text := strings.Repeat(string(rune('a'+n)), length)
				list = append(list, "'"+text+"'", "CAST('"+text+"' AS BLOB)", "'"+text[:length-1]+"'")
			}
		}
	}
	list = append(list, strconv.Itoa(n), fmt.Sprintf("'{\"a\":%d}'", n), "'["+strconv.Itoa(n)+"]'", fmt.Sprintf("'a%d@example.com'", n),
		fmt.Sprintf("'2026-01-0%d'", n+1), fmt.Sprintf("'http://a%d.example'", n), "''", "x'00'", "0.5", strings.ToUpper(plain("TEXT", n)))
	if !c.NotNull {
		list = append(list, "NULL")
	}
	return uniq(list)
}

func uniq(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// plain returns a value of a declared type.
func plain(declared string, n int) string {
	upper := strings.ToUpper(declared)
	switch infer.AffinityOf(declared) {
	case infer.IntegerAffinity:
		return strconv.Itoa(firstNumber + n)
	case infer.RealAffinity:
		return fmt.Sprintf("%d.5", firstNumber+n)
	case infer.NumericAffinity:
		switch {
		case strings.Contains(upper, "BOOL"):
			return strconv.Itoa(n % 2)
		case sqltime.FormOf(declared) == sqltime.Date:
			return fmt.Sprintf("'2026-01-%02d'", n+2)
		case strings.Contains(upper, "DATE"), strings.Contains(upper, "TIME"):
			return fmt.Sprintf("'2026-01-02 03:04:0%d'", n)
		}
		return fmt.Sprintf("%d.25", firstNumber+n)
	case infer.BlobAffinity:
		if declared != "" && upper != "ANY" {
			return fmt.Sprintf("x'ff0%d'", n)
		}
	}
	return fmt.Sprintf("'a%d'", firstNumber+n)
}

// sample returns a text that a GLOB or LIKE pattern matches, if it is a simple pattern.
func sample(pattern string, n int) string {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '*', '%':
		case '?', '_':
			b.WriteByte(byte('a' + n))
		case '[':
			end := strings.IndexByte(pattern[i+1:], ']')
			if end < 1 || pattern[i+1] == '^' {
				b.WriteByte('-')
			} else {
				b.WriteByte(pattern[i+1])
			}
			if end > 0 {
				i += end + 1
			}
		default:
			b.WriteByte(c)
		}
	}
	return sqltext.Literal(b.String())
}

func (f *filler) inKey(c *schema.Column) bool {
	for _, ix := range f.table.Indexes {
		if ix.Unique && slices.ContainsFunc(ix.Columns, func(k schema.IndexColumn) bool { return sqltext.EqualFold(k.Name, c.Name) }) {
			return true
		}
	}
	return slices.ContainsFunc(f.table.PrimaryKey, func(name string) bool { return sqltext.EqualFold(name, c.Name) })
}

// reference returns a value of a row that a foreign key of the column may refer to.
func (f *filler) reference(c *schema.Column, row, kind int) (string, bool) {
	for _, fk := range f.table.ForeignKeys {
		i := slices.IndexFunc(fk.From, func(name string) bool { return sqltext.EqualFold(name, c.Name) })
		if i < 0 {
			continue
		}
		parent := f.schema.Table(fk.Table)
		if kind == nulls && !c.NotNull || parent == nil || fk.To[i] == "" {
			return "NULL", !c.NotNull
		}
		if kind == twin && !f.inKey(c) {
			row = 0
		}
		key := make([]string, len(fk.To))
		for k, name := range fk.To {
			key[k] = sqltext.Quote(name)
		}
		var value string
		err := f.db.QueryRowContext(f.ctx, fmt.Sprintf("SELECT quote(%s) FROM %s ORDER BY %s LIMIT 1 OFFSET %d",
			key[i], sqltext.Quote(parent.Name), strings.Join(key, ", "), row)).Scan(&value)
		if err != nil { // a cycle, or a parent that stayed empty
			return "NULL", !c.NotNull
		}
		return value, true
	}
	return "", false
}
