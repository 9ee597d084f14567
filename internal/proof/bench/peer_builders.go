package main

import (
	"context"
	"database/sql"

	"entgo.io/ent/dialect"
	ent "entgo.io/ent/dialect/sql"
	"github.com/doug-martin/goqu/v9"
	"github.com/doug-martin/goqu/v9/dialect/sqlite3"
	"github.com/huandu/go-sqlbuilder"

	"github.com/dreysql/drey/internal/db"
)

// Builders of SQL without prepared statements of their own.

// goquPeer is goqu with placeholders (Prepared), which it recommends, and its
// own scans. Its dialect for SQLite is told that SQLite has RETURNING.
func goquPeer(ctx context.Context, c *db.Client) (peer, error) {
	options := sqlite3.DialectOptions()
	options.SupportsReturn = true
	goqu.RegisterDialect("sqlite with returning", options)
	g := goqu.New("sqlite with returning", c.DB())
	var all []any
	for _, name := range columns {
		all = append(all, name)
	}
	var written []any
	for _, name := range inserted {
		written = append(written, name)
	}
	query := func(f filter) *goqu.SelectDataset {
		where := []goqu.Expression{goqu.C("user_id").Eq(1), goqu.C("created_at").Gt(f.since), goqu.C("is_active").Eq(goqu.V(true))}
		if f.host != nil {
			where = append(where, goqu.C("host").Eq(*f.host))
		}
		return g.From("links").Prepared(true).Select(all...).Where(where...).Order(goqu.C("created_at").Desc()).Limit(uint(f.limit))
	}
	return peer{
		name:  "goqu",
		build: func(f filter) (string, []any, error) { return query(f).ToSQL() },
		get: func(slug string) (db.Link, error) {
			var l link
			found, err := g.From("links").Prepared(true).Select(all...).Where(goqu.C("slug").Eq(slug)).ScanStructContext(ctx, &l)
			if err == nil && !found {
				err = sql.ErrNoRows
			}
			return db.Link(l), err
		},
		list: func(f filter) (rows, error) {
			var found tagged
			err := query(f).ScanStructsContext(ctx, (*[]link)(&found))
			return found, err
		},
		insert: func(l db.Link) (db.Link, error) {
			var got link
			_, err := g.Insert("links").Prepared(true).Cols(written...).Vals(values(&l)).Returning(all...).
				Executor().ScanStructContext(ctx, &got)
			return db.Link(got), err
		},
		insertAll: func(b batch) error {
			return g.WithTx(func(tx *goqu.TxDatabase) error {
				rows := make([][]any, len(b.plain))
				for i := range b.plain {
					rows[i] = values(&b.plain[i])
				}
				_, err := tx.Insert("links").Prepared(true).Cols(written...).Vals(rows...).Executor().ExecContext(ctx)
				return err
			})
		},
		update: func(id int64, title string) (int64, error) {
			return affected(g.Update("links").Prepared(true).Set(goqu.Record{"title": title}).Where(goqu.C("id").Eq(id)).
				Executor().ExecContext(ctx))
		},
	}, nil
}

// sqlbuilderPeer is go-sqlbuilder with its Struct for scans, over database/sql.
func sqlbuilderPeer(ctx context.Context, c *db.Client) (peer, error) {
	shape := sqlbuilder.NewStruct(new(link)).For(sqlbuilder.SQLite)
	query := func(f filter) (string, []any) {
		q := shape.SelectFrom("links")
		q.Where(q.Equal("user_id", 1), q.GreaterThan("created_at", f.since), q.Equal("is_active", true))
		if f.host != nil {
			q.Where(q.Equal("host", *f.host))
		}
		return q.OrderByDesc("created_at").Limit(f.limit).Build()
	}
	insert := func(rows []db.Link) *sqlbuilder.InsertBuilder {
		q := sqlbuilder.SQLite.NewInsertBuilder()
		q.InsertInto("links").Cols(inserted...)
		for i := range rows {
			q.Values(values(&rows[i])...)
		}
		return q
	}
	return peer{
		name: "go-sqlbuilder",
		build: func(f filter) (string, []any, error) {
			text, args := query(f)
			return text, args, nil
		},
		get: func(slug string) (db.Link, error) {
			q := shape.SelectFrom("links")
			text, args := q.Where(q.Equal("slug", slug)).Build()
			var l link
			err := c.DB().QueryRowContext(ctx, text, args...).Scan(shape.Addr(&l)...)
			return db.Link(l), err
		},
		list: func(f filter) (rows, error) {
			text, args := query(f)
			found, err := c.DB().QueryContext(ctx, text, args...)
			if err != nil {
				return nil, err
			}
			defer found.Close()
			var all tagged
			for found.Next() {
				var l link
				if err := found.Scan(shape.Addr(&l)...); err != nil {
					return nil, err
				}
				all = append(all, l)
			}
			return all, found.Err()
		},
		insert: func(l db.Link) (db.Link, error) {
			text, args := insert([]db.Link{l}).Returning(columns...).Build()
			var got link
			err := c.DB().QueryRowContext(ctx, text, args...).Scan(shape.Addr(&got)...)
			return db.Link(got), err
		},
		insertAll: func(b batch) error {
			return inTx(ctx, c.DB(), func(tx *sql.Tx) error {
				text, args := insert(b.plain).Build()
				_, err := tx.ExecContext(ctx, text, args...)
				return err
			})
		},
		update: func(id int64, title string) (int64, error) {
			q := sqlbuilder.SQLite.NewUpdateBuilder()
			text, args := q.Update("links").Set(q.Assign("title", title)).Where(q.Equal("id", id)).Build()
			return affected(c.DB().ExecContext(ctx, text, args...))
		},
	}, nil
}

// entPeer is ent's builder, driver and scans, without the code that ent
// generates from a schema of its own.
func entPeer(ctx context.Context, c *db.Client) (peer, error) {
	driver := ent.OpenDB(dialect.SQLite, c.DB())
	d := ent.Dialect(dialect.SQLite)
	query := func(f filter) (string, []any) {
		where := []*ent.Predicate{ent.EQ("user_id", 1), ent.GT("created_at", f.since), ent.EQ("is_active", true)}
		if f.host != nil {
			where = append(where, ent.EQ("host", *f.host))
		}
		return d.Select(columns...).From(ent.Table("links")).Where(ent.And(where...)).OrderBy(ent.Desc("created_at")).Limit(f.limit).Query()
	}
	scan := func(text string, args []any) (all []link, err error) {
		found := &ent.Rows{}
		if err := driver.Query(ctx, text, args, found); err != nil {
			return nil, err
		}
		defer found.Close()
		err = ent.ScanSlice(found, &all)
		return all, err
	}
	return peer{
		name: "ent's builder",
		build: func(f filter) (string, []any, error) {
			text, args := query(f)
			return text, args, nil
		},
		get: func(slug string) (db.Link, error) {
			return first(scan(d.Select(columns...).From(ent.Table("links")).Where(ent.EQ("slug", slug)).Query()))
		},
		list: func(f filter) (rows, error) {
			found, err := scan(query(f))
			return tagged(found), err
		},
		insert: func(l db.Link) (db.Link, error) {
			return first(scan(d.Insert("links").Columns(inserted...).Values(values(&l)...).Returning(columns...).Query()))
		},
		insertAll: func(b batch) error {
			tx, err := driver.Tx(ctx)
			if err != nil {
				return err
			}
			q := d.Insert("links").Columns(inserted...)
			for i := range b.plain {
				q.Values(values(&b.plain[i])...)
			}
			text, args := q.Query()
			if err := tx.Exec(ctx, text, args, nil); err != nil {
				tx.Rollback()
				return err
			}
			return tx.Commit()
		},
		update: func(id int64, title string) (int64, error) {
			text, args := d.Update("links").Set("title", title).Where(ent.EQ("id", id)).Query()
			var result sql.Result
			err := driver.Exec(ctx, text, args, &result)
			return affected(result, err)
		},
	}, nil
}
