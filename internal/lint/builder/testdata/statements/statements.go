// Package statements builds some with squirrel. The comment above a function says what
// chain reads in it: a statement on each line, as
//
//	kind, known or partly or unknown, its calls, its use
//
// where a call with a question mark is made under a condition.
package statements

import (
	"database/sql"

	sq "github.com/Masterminds/squirrel"
)

// Select known Select From Where Limit text
func whole() {
	sq.Select("id").From("links").Where(sq.Eq{"id": 1}).Limit(1).ToSql()
}

// Update known Update Set Where RunWith run
func runs(db *sql.DB) {
	sq.Update("links").Set("title", "x").Where("id = ?", 1).RunWith(db).Exec()
}

// Select known Select From Where? OrderBy text
func branch(title string) {
	q := sq.Select("id").From("links")
	if title != "" {
		q = q.Where(sq.Eq{"title": title})
	}
	q = q.OrderBy("id")
	q.ToSql()
}

// Select known Select From Where? text
func loop(titles []string) {
	q := sq.Select("id").From("links")
	for _, t := range titles {
		q = q.Where(sq.Eq{"title": t})
	}
	q.ToSql()
}

func base() sq.SelectBuilder { return sq.Select("id").From("links") }

// Select known Select From Where text
func function() {
	base().Where("id = 1").ToSql()
}

// Delete unknown Where text
func Parameter(q sq.DeleteBuilder) {
	q.Where("id = 1").ToSql()
}

// Select partly Select From Limit text
func through(add func(sq.SelectBuilder) sq.SelectBuilder) {
	add(base()).Limit(1).ToSql()
}

// Select known Select From final
func final() sq.Sqlizer {
	return sq.Select("id").From("links")
}

// Insert known Insert Columns Values escapes
func escapes() sq.InsertBuilder {
	return sq.Insert("links").Columns("id").Values(1)
}

// Insert known Insert Select text
// Select known Select From nested
func nested() {
	sq.Insert("links").Select(sq.Select("id").From("clicks")).ToSql()
}

// Select known Select From text other dialect
func dollar() {
	sq.StatementBuilder.PlaceholderFormat(sq.Dollar).Select("id").From("links").ToSql()
}

var builder = sq.StatementBuilder.PlaceholderFormat(sq.Question)

// Select known Select From text
func common() {
	builder.Select("id").From("links").ToSql()
}

// Insert known Replace Values text
func replace() {
	sq.Replace("links").Values(1).ToSql()
}

// Delete known Delete From? Where text
func several(n int) {
	q := sq.Delete("")
	switch n {
	case 1:
		q = q.From("links")
	}
	q.Where("id = 1").ToSql()
}
