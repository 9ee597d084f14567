package conformance

import (
	"context"

	"github.com/Masterminds/squirrel"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

var failures = []Case{
	{"ON DELETE RESTRICT", func(ctx context.Context, c *db.Client) (any, error) {
		for _, query := range []string{
			"CREATE TABLE kept (id INTEGER PRIMARY KEY)",
			"CREATE TABLE keeps (id INTEGER REFERENCES kept (id) ON DELETE RESTRICT ON UPDATE RESTRICT)",
			"INSERT INTO kept VALUES (1)", "INSERT INTO keeps VALUES (1)",
		} {
			// @schema-change the suite makes a table of its own, and drops it again
			if _, err := c.ExecContext(ctx, query); err != nil {
				return nil, err
			}
		}
		_, err := c.ExecContext(ctx, "DELETE FROM kept")
		return nil, err
	}},
	{"ON UPDATE RESTRICT", func(ctx context.Context, c *db.Client) (any, error) {
		_, err := c.ExecContext(ctx, "UPDATE kept SET id = 2")
		return nil, err
	}},
	{"tables that are dropped", func(ctx context.Context, c *db.Client) (any, error) {
		// @schema-change the suite makes a table of its own, and drops it again
		_, err := c.ExecContext(ctx, "DROP TABLE keeps")
		if err == nil {
			// @schema-change the suite makes a table of its own, and drops it again
			_, err = c.ExecContext(ctx, "DROP TABLE kept")
		}
		return nil, err
	}},
	{"a trigger that stops", func(ctx context.Context, c *db.Client) (any, error) {
		for _, query := range []string{
			"CREATE TABLE stops (n INTEGER)",
			"CREATE TRIGGER stops_insert BEFORE INSERT ON stops WHEN NEW.n > 0 BEGIN SELECT RAISE(ABORT, 'it''s too many'); END",
		} {
			// @schema-change the suite makes a table of its own, and drops it again
			if _, err := c.ExecContext(ctx, query); err != nil {
				return nil, err
			}
		}
		_, err := c.ExecContext(ctx, "INSERT INTO stops VALUES (1)")
		return nil, err
	}},
	{"a trigger that stops a batch", func(ctx context.Context, c *db.Client) (any, error) {
		var b db.Batch
		for n := range 2 {
			b.Do(func(tx *db.Tx) error {
				// @native-sql a table of the suite's own
				_, err := tx.ExecContext(ctx, "INSERT INTO stops VALUES (?)", n)
				return err
			})
		}
		err := b.Run(ctx, c)
		// @schema-change the suite makes a table of its own, and drops it again
		_, dropped := c.ExecContext(ctx, "DROP TABLE stops")
		return dropped, err
	}},
	with("a unique key", (*db.Client).CreateUser, db.CreateUserParams{Email: "ADA@example.com"}),
	{"a primary key", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Users.Insert().Exec(ctx, c, user(1, "other@example.com"))
	}},
	with("a primary key of two columns", (*db.Client).CreateLinkTag, db.CreateLinkTagParams{LinkID: 104, TagID: 1}),
	with("a foreign key", (*db.Client).CreateLink, db.CreateLinkParams{UserID: 999, Slug: "nobody", URL: "http://example.com"}),
	with("a CHECK", (*db.Client).CreateLink, db.CreateLinkParams{UserID: 1, Slug: "check", URL: "javascript:alert(1)"}),
	raw("NOT NULL", "INSERT INTO users (id, email) VALUES (50, NULL)"),
	raw("a type of a STRICT table", "INSERT INTO users (id, email, created_at) VALUES (50, 'a@b.c', 'now')"),
	raw("no such table", "SELECT 1 FROM nowhere(1)"),
	rows("no such column", db.Users.Where(drey.Native(&db.Users.Query, squirrel.Expr("nowhere.missing = 1")))),
	rows("bad syntax", db.Users.Where(drey.Native(&db.Users.Query, squirrel.Expr("id IS IS 1")))),
	with("no row", (*db.Client).GetTag, 99),
	{"a context that has ended", func(ctx context.Context, c *db.Client) (any, error) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		return db.Users.All(ctx, c)
	}},
	{"Tx", func(ctx context.Context, c *db.Client) (any, error) {
		return nil, c.Tx(ctx, func(*db.Tx) error { return nil })
	}},
	{"Snapshot", func(ctx context.Context, c *db.Client) (any, error) {
		return nil, c.Snapshot(ctx, func(*db.Tx) error { return nil })
	}},
	do("at the end", (*db.Client).CountUsers),
}

func raw(name, query string, args ...any) Case {
	return Case{name, func(ctx context.Context, c *db.Client) (any, error) {
		_, err := c.ExecContext(ctx, query, args...)
		return nil, err
	}}
}
