package squirreltraps

import (
	"database/sql"
	"fmt"
	"regexp"
	"slices"

	sq "github.com/Masterminds/squirrel"
)

func Checked(name string) error {
	if !slices.Contains(list, name) {
		return fmt.Errorf("no column %q", name)
	}
	_ = sq.Select("id").From("orders").OrderBy(name) // ok: is in a list of constants
	return nil
}

func Keyed(name string) error {
	if _, ok := byKey[name]; !ok {
		return fmt.Errorf("no column %q", name)
	}
	_ = sq.Select("id").From("orders").OrderBy(name) // ok: is a key of a map
	return nil
}

var word = regexp.MustCompile("^[a-z]+$")

func Matched(name string) error {
	if !word.MatchString(name) {
		return fmt.Errorf("no column %q", name)
	}
	_ = sq.Select("id").From("orders").OrderBy(name) // ok: matches a regular expression
	return nil
}

func Switched(name string) error {
	switch name {
	case "id", "total":
	default:
		return fmt.Errorf("no column %q", name)
	}
	_ = sq.Select("id").From("orders").OrderBy(name) // ok: one of the cases
	return nil
}

func offset(db *sql.DB, page bool) {
	_, _, _ = sq.Select("id").From("orders").Offset(10).ToSql()          // want `Offset without a Limit`
	_, _ = sq.Select("id").From("orders").Offset(10).RunWith(db).Query() // want `Offset without a Limit`
	q := sq.Select("id").From("orders")
	if page {
		q = q.Offset(20) // want `Offset without a Limit`
	}
	_, _, _ = q.ToSql()
	handOn(sq.Select("id").From("orders").OrderBy("id").Offset(5)) // want `Offset without a Limit`
}

func offsetIsRight(page bool) sq.SelectBuilder {
	_, _, _ = sq.Select("id").From("orders").Limit(5).Offset(10).ToSql() // ok: with a Limit
	_, _, _ = sq.Select("id").From("orders").Offset(10).Limit(5).ToSql() // ok: with a Limit
	q := sq.Select("id").From("orders")
	if page {
		q = q.Limit(5)
	}
	q = q.Offset(10) // ok: there may be a Limit
	_, _, _ = q.ToSql()
	_, _, _ = psql.Select("id").From("orders").Offset(10).ToSql()                // ok: PostgreSQL
	_, _, _ = sq.Select("id").From("orders").Offset(10).RemoveOffset().ToSql()   // ok: taken back
	_, _, _ = sq.Select("id").From("orders").Suffix("LIMIT 5").Offset(3).ToSql() // ok: the Limit is in a suffix
	return sq.Select("id").From("orders").Offset(10)                             // ok: the caller adds the Limit
}

func values(rows [][]any, name string) {
	_ = sq.Insert("orders").Columns("id", "total").Values(1)                     // want `1 values, and Columns names 2`
	_ = sq.Insert("orders").Columns("id", "total").Values(1, 2, 3)               // want `3 values, and Columns names 2`
	_ = sq.Insert("orders").Values(1, 2).Values(1)                               // want `1 values, and the row before it has 2`
	_ = sq.Insert("orders").Columns("id").Columns("total").Values(1)             // want `1 values, and Columns names 2`
	_ = sq.Insert("orders").Columns([]string{"id", "total"}...).Values(1)        // want `1 values, and Columns names 2`
	_ = sq.Replace("orders").Columns("id", "total").Values(1, 2).Values(1, 2, 3) // want `3 values, and Columns names 2`
	ins := sq.Insert("orders").Columns("id", "total", "status")
	for range rows {
		ins = ins.Values(1, 2) // want `2 values, and Columns names 3`
	}
	_, _, _ = ins.ToSql()
	_ = sq.Insert("orders").Columns("id", "total").Values(1, 2)                                    // ok: as many
	_ = sq.Insert("orders").Columns("id", "total").Values(rows[0]...)                              // ok: not counted
	_ = sq.Insert("orders").Values(1, 2).Values(3, 4)                                              // ok: as many
	_ = sq.Insert("orders").Columns(slices.Clone(list)...).Values(1)                               // want `1 values, and Columns names 2`
	_ = sq.Insert("orders").Columns(slices.Compact(list)...).Values(1)                             // ok: columns are not known
	_ = sq.Insert("orders").Columns("id", "total").Select(sq.Select("id", "total").From("orders")) // ok: a Select
	_ = sq.Insert("orders").SetMap(map[string]any{"id": 1})                                        // ok: a map
	some := sq.Insert("orders").Columns("id")
	if name != "" {
		some = some.Columns("status")
	}
	some = some.Values(1) // ok: columns depend on a branch
	_, _, _ = some.ToSql()
}

func placeholders(name string, args []any) {
	_ = sq.Select("id").From("orders").Where("id", 1)                                         // want `0 placeholders, and 1 arguments`
	_ = sq.Select("id").From("orders").Where("id = ? AND total = ?", 1)                       // want `2 placeholders, and 1 arguments`
	_ = sq.Select("id").From("orders").Where("status = '?'", name)                            // want `0 placeholders, and 1 arguments`
	_ = sq.Expr("id = ?", 1, 2)                                                               // want `1 placeholders, and 2 arguments`
	_ = sq.Select("id").From("orders").Join("customers ON customers.id = ?", 1, 2)            // want `1 placeholders, and 2 arguments`
	_ = sq.Insert("orders").Columns("id").Values(1).Suffix("RETURNING ?", 1, 2)               // want `1 placeholders, and 2 arguments`
	_ = sq.Select("id").From("orders").Where("id = ? AND total = ?", 1, 2)                    // ok: as many
	_ = sq.Select("id").From("orders").Where("id = ? AND total = ?", args...)                 // ok: not counted
	_ = sq.Select("id").From("orders").Where("id = ?")                                        // ok: the driver may be given it
	_ = sq.Select("id").From("orders").Where("id = $1 AND total > $1", 1)                     // ok: numbered
	_ = sq.Select("id").From("orders").Where("tags ?? ?", 1)                                  // ok: an escaped operator
	_ = sq.Select("id").From("orders").Where(sq.Expr("id IN (?)", sq.Select("id").From("x"))) // ok: a subquery
}
