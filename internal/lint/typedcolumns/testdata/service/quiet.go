package service

import (
	"database/sql"

	sq "github.com/Masterminds/squirrel"

	"example.com/shop/internal/db"
)

type text string

func quiet(c *db.Client, slug string, n int, title *string, blob []byte, null sql.NullString, any any, ids []int64, late bool) {
	swapped := []int64{1, 2}
	run(
		// The value.
		sq.Select("id").From("tags").Where(sq.Eq{"name": slug}),              // another database has the table, too
		sq.Select("id").From("links").Where(sq.Eq{"click_count": n}),         // an int, not an int64
		sq.Select("id").From("links").Where(sq.Eq{"title": title}),           // nil is IS NULL
		sq.Select("id").From("links").Where(sq.Eq{"title": null}),            // NULL, too
		sq.Select("id").From("links").Where(sq.Eq{"slug": any}),              // anything
		sq.Select("id").From("api_tokens").Where(sq.Eq{"hash": blob}),        // nil is NULL
		sq.Select("id").From("links").Where(sq.Eq{"slug": text("x")}),        // another type
		sq.Select("id").From("links").Where(sq.Eq{"slug": 5}),                // another type
		sq.Select("id").From("clicks").Where(sq.Eq{"latency_ms": 5}),         // bound as an integer
		sq.Select("id").From("links").Where(sq.NotEq{"id": ids}),             // everything, if it is empty
		sq.Select("id").From("links").Where(sq.Eq{"id": swapped}),            // changed below
		sq.Select("id").From("links").Where(sq.Eq{"id": sq.Select("1")}),     // a query
		sq.Select("id").From("links").Where(sq.Gt{"title": nil}),             // an error
		sq.Select("id").From("links").Where(sq.Eq{"slug": nil}),              // is never NULL: no such method
		sq.Select("id").From("links").Where(sq.Gt{"is_active": true}),        // no such method
		sq.Select("id").From("links").Where(sq.Eq{"metadata": db.JSON(nil)}), // NULL
		// The condition.
		sq.Select("id").From("links").Where(sq.Eq{"slug": slug, "id": 5}),       // two columns
		sq.Select("id").From("links").Where("slug = ? OR slug = ?", slug, slug), // more than a comparison
		sq.Select("id").From("links").Where("slug = ? -- hides the rest", slug), // a comment
		sq.Select("id").From("links").Where("lower(slug) = ?", slug),            // an expression
		sq.Select("id").From("links").Where("slug = 'x'"),                       // a literal
		sq.Select("id").From("links").Where("slug = url"),                       // two columns
		sq.Select("id").From("links").Where("slug = ?"),                         // no value
		sq.Select("id").From("links").Where("true = ?", late),                   // no column
		sq.Select("id").From("links").Where("other.slug = ?", slug),             // of another table
		sq.Select("id").From("links").Where(sq.Eq{"rowid": 5}),                  // no handle
		sq.Select("id").From("links").Where(sq.Eq{"slgu": slug}),                // no column
		sq.Select("id").From("links").Where(sq.Eq{"slug": /* as given */ slug}), // a comment
		sq.Select("id").From("links").Where(sq.ILike{"slug": slug}),             // no operator of SQLite's
		sq.Select("id").From("links").Having(sq.Eq{"slug": slug}),               // no Where
		// The statement.
		sq.Select("id").From("links l").Where(sq.Eq{"slug": slug}),      // an alias
		sq.Select("id").From("links, users").Where(sq.Eq{"slug": slug}), // two tables
		sq.Select("id").From("main.links").Where(sq.Eq{"slug": slug}),   // which one is attached
		sq.Select("id").From("links").Join("users USING (id)").Where(sq.Eq{"slug": slug}),
		sq.Select("id").FromSelect(sq.Select("*").From("links"), "links").Where(sq.Eq{"slug": slug}),
		sq.Select("id").Prefix("WITH links AS (SELECT 1 AS slug)").From("links").Where(sq.Eq{"slug": slug}),
		sq.Select("id").From("LinkStats").Where(sq.Eq{"slug": slug}), // a query of sql/
		sq.Select("id").From("links").Where(sq.Eq{"slug": slug}).PlaceholderFormat(sq.Dollar),
		// The order.
		sq.Select("id").From("links").OrderBy("slug COLLATE NOCASE"),                                           // a collation
		sq.Select("id").From("links").OrderBy("lower(slug)"),                                                   // an expression
		sq.Select("id").From("links").OrderBy("1"),                                                             // a result
		sq.Select("id").From("links").OrderBy("slug", "random()"),                                              // one of two is a column
		sq.Select("id").From("links").OrderBy(slug),                                                            // not constant
		sq.Select("id").From("links").OrderBy("slug -- first"),                                                 // a comment
		sq.Select("lower(slug) AS slug").From("links").OrderBy("slug"),                                         // the result, not the column
		sq.Select("id, lower(slug) slug").From("links").OrderBy("slug"),                                        // the result, not the column
		sq.Select("id", slug).From("links").OrderBy("title"),                                                   // results that are not known
		sq.Select("id").Column(sq.Alias(sq.Expr("lower(slug)"), "slug")).From("links").OrderBy("slug"),         // a result that is an expression
		sq.Select("slug").From("links").OrderBy("slug").Suffix("UNION SELECT name FROM tags"),                  // may be the order of a compound
		sq.Select("id").From("links").Where(sq.Expr("id IN (?)", sq.Select("id").From("links").OrderBy("id"))), // a part of a statement
		sq.Select("id").From("links l").OrderBy("slug"),                                                        // an alias
		sq.Select("id").From("links").OrderByClause("slug = ?", slug),                                          // a condition
		sq.Delete("links").Where("id > 5").OrderBy("slug"),                                                     // takes strings alone
	)
	compound, _, _ := sq.Select("slug").From("links").OrderBy("slug").ToSql()
	run(sq.Expr("SELECT name FROM tags UNION " + compound)) // the order of a compound
	swapped[0] = 3
	// Both statements have the condition, one has a join.
	both := sq.Select("id").From("links").Where(sq.Eq{"slug": slug})
	run(both, both.Join("users USING (id)"))
	{
		db := "hides the package"
		run(sq.Select(db).From("links").Where(sq.Eq{"slug": slug}))
	}
}

// A builder can get a join.
func builder(slug string) sq.SelectBuilder {
	return sq.Select("id").From("links").Where(sq.Eq{"slug": slug})
}
