package explain

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// SmallRows is the number of rows below which a table is small: that all of them are read, or
// sorted, is not reported.
const SmallRows = 1000

// sample is how many rows of a table are looked at for what ANALYZE has not counted.
const sample = 100_000

// Stats are the statistics of a database that is in use. They are what its ANALYZE has
// counted (https://www.sqlite.org/fileformat2.html#stat1tab), and for the tables that it
// has not seen the number of rows, and how often a value comes in the first 100,000 of them.
// The database is only read.
type Stats struct {
	Path string

	file *sqlite.Conn
	rows map[string]int // of each table that the database has, by folded name
	seen map[string]int // how many different values columns have, by the statement that counts them
}

// ReadStats opens a database for its statistics. The caller closes them.
func ReadStats(path string) (*Stats, error) {
	file, err := sqlite.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("statistics of %s: %w", path, err)
	}
	return &Stats{Path: path, file: file, rows: map[string]int{}, seen: map[string]int{}}, nil
}

// Close closes the database.
func (s *Stats) Close() error { return s.file.Close() }

// Rows returns how many rows a table has; known is false if the database does not have it.
func (s *Stats) Rows(table string) (rows int, known bool) {
	if s == nil {
		return 0, false
	}
	rows, known = s.rows[sqltext.Fold(table)]
	return rows, known
}

// copyTo gives a migrated database without rows the statistics.
func (s *Stats) copyTo(c *sqlite.Conn, to *schema.Schema) error {
	if err := c.Exec("ANALYZE"); err != nil { // it makes the tables
		return err
	}
	if err := c.Exec("DELETE FROM sqlite_stat1; DELETE FROM sqlite_stat4"); err != nil {
		return err
	}
	for _, t := range to.Tables {
		if t.Kind != schema.KindTable {
			continue
		}
		if err := s.table(c, t); err != nil {
			return fmt.Errorf("statistics of %s: table %s: %w", s.Path, t.Name, err)
		}
	}
	return c.Exec("ANALYZE sqlite_schema")
}

// table copies what is known of a table.
func (s *Stats) table(c *sqlite.Conn, t *schema.Table) error {
	there, err := s.file.Rows("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND lower(name) = lower(" + sqltext.Literal(t.Name) + ")")
	if err != nil || len(there) == 0 {
		return err
	}
	counted := map[string]bool{}
	rows, err := s.analyzed("sqlite_stat1", "idx, stat", t.Name)
	if err != nil {
		return err
	}
	total := -1
	for _, row := range rows {
		first, _, _ := strings.Cut(row[1], " ")
		if n, err := strconv.Atoi(first); err == nil {
			total = max(total, n)
		}
		counted[sqltext.Fold(row[0])] = true
		if err := insert(c, t.Name, row[0], row[1]); err != nil {
			return err
		}
	}
	if rows, err = s.analyzed("sqlite_stat4", "idx, neq, nlt, ndlt, quote(sample)", t.Name); err != nil {
		return err
	}
	for _, row := range rows {
		if err := c.Exec(fmt.Sprintf("INSERT INTO sqlite_stat4 VALUES (%s, %s, %s, %s, %s, %s)", sqltext.Literal(t.Name),
			sqltext.Literal(row[0]), sqltext.Literal(row[1]), sqltext.Literal(row[2]), sqltext.Literal(row[3]), row[4])); err != nil {
			return err
		}
	}
	if total < 0 {
		count, err := s.file.Rows("SELECT COUNT(*) FROM " + sqltext.Quote(t.Name))
		if err != nil {
			return err
		}
		total, _ = strconv.Atoi(count[0][0])
	}
	s.rows[sqltext.Fold(t.Name)] = total
	if len(counted) == 0 {
		if err := insert(c, t.Name, "", strconv.Itoa(total)); err != nil {
			return err
		}
	}
	for _, ix := range t.Indexes {
		var columns []string
		for _, column := range ix.Columns {
			columns = append(columns, sqltext.Quote(column.Name))
			if column.Name == "" {
				columns = nil
				break
			}
		}
		if ix.Partial || len(columns) == 0 || counted[sqltext.Fold(ix.Name)] {
			continue
		}
		if stat, ok := s.estimate(t.Name, columns); ok {
			if err := insert(c, t.Name, ix.Name, stat); err != nil {
				return err
			}
		}
	}
	return nil
}

// analyzed returns what ANALYZE has written of a table.
func (s *Stats) analyzed(from, columns, table string) ([][]string, error) {
	there, err := s.file.Rows("SELECT 1 FROM sqlite_schema WHERE name = " + sqltext.Literal(from))
	if err != nil || len(there) == 0 {
		return nil, err
	}
	return s.file.Rows("SELECT " + columns + " FROM " + from + " WHERE lower(tbl) = lower(" + sqltext.Literal(table) + ")")
}

// index gives a new index statistics.
func (s *Stats) index(c *sqlite.Conn, ix *candidate) error {
	if s == nil {
		return nil
	}
	var columns []string
	for _, t := range ix.terms {
		columns = append(columns, t.text)
	}
	stat, ok := s.estimate(ix.table.Name, columns)
	if !ok {
		return nil
	}
	ix.stat = strings.Fields(stat)
	if err := insert(c, ix.table.Name, ix.name, stat); err != nil {
		return err
	}
	return c.Exec("ANALYZE sqlite_schema")
}

// selective reports whether a search by the first n columns of an index finds less than a
// tenth of the rows. If more are found, reading all of them is as fast. Without statistics it
// is taken for selective.
func (s *Stats) selective(ix *candidate, n int) bool {
	if s == nil || n == 0 || n >= len(ix.stat) {
		return true
	}
	all, _ := strconv.Atoi(ix.stat[0])
	found, _ := strconv.Atoi(ix.stat[n])
	return all < SmallRows || found < all/10
}

// estimate returns what ANALYZE would write of an index: the number of rows, and how many
// are equal in its first column, its first two, and so on. It is false for a table or a
// column that the database does not have.
func (s *Stats) estimate(table string, columns []string) (stat string, ok bool) {
	total, ok := s.Rows(table)
	if !ok {
		return "", false
	}
	words := []string{strconv.Itoa(total)}
	seen := max(1, min(total, sample))
	for n := range columns {
		distinct, ok := s.distinct(table, columns[:n+1])
		if !ok {
			return "", false
		}
		each := seen / distinct
		if distinct < seen/10 { // the other rows have the same values
			each = total / distinct
		}
		words = append(words, strconv.Itoa(max(1, each)))
	}
	return strings.Join(words, " "), true
}

// distinct returns how many different values columns have in the first rows of a table, 1 at
// least. It is false for what the database does not have.
func (s *Stats) distinct(table string, columns []string) (n int, ok bool) {
	var keys []string
	for i := range columns {
		keys = append(keys, fmt.Sprintf("k%d", i))
	}
	list := strings.Join(keys, ", ")
	sql := fmt.Sprintf("WITH sample (%s) AS (SELECT %s FROM %s LIMIT %d) SELECT COUNT(*) FROM (SELECT DISTINCT %s FROM sample)",
		list, strings.Join(columns, ", "), sqltext.Quote(table), sample, list)
	if n, ok := s.seen[sql]; ok {
		return n, n > 0
	}
	if rows, err := s.file.Rows(sql); err == nil {
		n, _ = strconv.Atoi(rows[0][0])
		n = max(1, n)
	}
	s.seen[sql] = n
	return n, n > 0
}

func insert(c *sqlite.Conn, table, index, stat string) error {
	name := "NULL"
	if index != "" {
		name = sqltext.Literal(index)
	}
	return c.Exec(fmt.Sprintf("INSERT INTO sqlite_stat1 VALUES (%s, %s, %s)", sqltext.Literal(table), name, sqltext.Literal(cmp.Or(stat, "0"))))
}
