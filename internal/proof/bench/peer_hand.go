package main

import (
	"context"
	"database/sql"
	"strings"

	"github.com/dreysql/drey/internal/db"
)

// The code that sqlc writes, and most people, too.

const (
	linkColumns = "id, user_id, slug, url, host, title, metadata, is_active, max_clicks, click_count, expires_at, created_at"
	getSQL      = "SELECT " + linkColumns + " FROM links WHERE slug = ?"
	insertSQL   = "INSERT INTO links (user_id, slug, url, title, created_at) VALUES (?, ?, ?, ?, ?)"
	returning   = " RETURNING " + linkColumns
	updateSQL   = "UPDATE links SET title = ? WHERE id = ?"
	upsertSQL   = "INSERT INTO links (user_id, slug, url, click_count, created_at) VALUES (?, ?, ?, ?, ?)" +
		" ON CONFLICT (slug) DO UPDATE SET click_count = click_count + excluded.click_count"
	copySQL = "INSERT INTO links (user_id, slug, url, title, created_at)" +
		" SELECT user_id, slug || ?, url, title, created_at FROM links WHERE id BETWEEN ? AND ?"
)

var columns = strings.Split(linkColumns, ", ")

// listSQL has the optional predicate if host is set.
func listSQL(host bool) string {
	text := "SELECT " + linkColumns + " FROM links WHERE user_id = ? AND created_at > ? AND is_active = ?"
	if host {
		text += " AND host = ?"
	}
	return text + " ORDER BY created_at DESC LIMIT ?"
}

func listArgs(f filter) []any {
	args := []any{1, f.since, true}
	if f.host != nil {
		args = append(args, *f.host)
	}
	return append(args, f.limit)
}

// scanLink takes a *sql.Row.
func scanLink(row interface{ Scan(...any) error }) (db.Link, error) {
	var l db.Link
	err := row.Scan(&l.ID, &l.UserID, &l.Slug, &l.URL, &l.Host, &l.Title, &l.Metadata, &l.IsActive,
		&l.MaxClicks, &l.ClickCount, &l.ExpiresAt, &l.CreatedAt)
	return l, err
}

// scanLinks takes what a query returns.
func scanLinks(found *sql.Rows, err error) (rows, error) {
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var all plain
	for found.Next() {
		var l db.Link
		if err := found.Scan(&l.ID, &l.UserID, &l.Slug, &l.URL, &l.Host, &l.Title, &l.Metadata, &l.IsActive,
			&l.MaxClicks, &l.ClickCount, &l.ExpiresAt, &l.CreatedAt); err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, found.Err()
}

func affected(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// inTx runs f in a transaction.
func inTx(ctx context.Context, c *sql.DB, f func(*sql.Tx) error) error {
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

// chunk is how many rows a prepared statement inserts at a time.
const chunk = 100

// insertRows inserts n rows with one statement.
func insertRows(n int) string {
	return insertSQL + strings.Repeat(", (?, ?, ?, ?, ?)", n-1)
}

// handPrepared has a prepared statement for each query, and one for each of
// the list's shapes. It inserts many rows a chunk at a time, and those that are
// left over one by one.
func handPrepared(ctx context.Context, c *db.Client) (peer, error) {
	var all []*sql.Stmt
	closeAll := func() (err error) {
		for _, s := range all {
			err = s.Close()
		}
		return err
	}
	for _, text := range []string{getSQL, insertSQL, insertRows(chunk), insertSQL + returning, updateSQL, upsertSQL, copySQL, listSQL(false), listSQL(true)} {
		s, err := c.DB().PrepareContext(ctx, text)
		if err != nil {
			closeAll()
			return peer{}, err
		}
		all = append(all, s)
	}
	get, insert, insertChunk, insertReturning, update, upsert, copy, lists := all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7:]
	return peer{
		name: "by hand, prepared",
		get:  func(slug string) (db.Link, error) { return scanLink(get.QueryRowContext(ctx, slug)) },
		list: func(f filter) (rows, error) {
			if f.host != nil {
				return scanLinks(lists[1].QueryContext(ctx, 1, f.since, true, *f.host, f.limit))
			}
			return scanLinks(lists[0].QueryContext(ctx, 1, f.since, true, f.limit))
		},
		insert: func(l db.Link) (db.Link, error) {
			return scanLink(insertReturning.QueryRowContext(ctx, l.UserID, l.Slug, l.URL, l.Title, l.CreatedAt))
		},
		insertAll: func(b batch) error {
			return inTx(ctx, c.DB(), func(tx *sql.Tx) error {
				left := b.plain
				many := tx.StmtContext(ctx, insertChunk)
				args := make([]any, 0, chunk*len(inserted))
				for ; len(left) >= chunk; left = left[chunk:] {
					args = args[:0]
					for i := range left[:chunk] {
						l := &left[i]
						args = append(args, l.UserID, l.Slug, l.URL, l.Title, l.CreatedAt)
					}
					if _, err := many.ExecContext(ctx, args...); err != nil {
						return err
					}
				}
				one := tx.StmtContext(ctx, insert)
				for i := range left {
					if _, err := one.ExecContext(ctx, values(&left[i])...); err != nil {
						return err
					}
				}
				return nil
			})
		},
		update: func(id int64, title string) (int64, error) { return affected(update.ExecContext(ctx, title, id)) },
		upsert: func(l db.Link) error {
			_, err := upsert.ExecContext(ctx, l.UserID, l.Slug, l.URL, l.ClickCount, l.CreatedAt)
			return err
		},
		copy:  func(from, to int64) (int64, error) { return affected(copy.ExecContext(ctx, "-copy", from, to)) },
		close: closeAll,
	}, nil
}

// handPlain hands SQL to the database each time. It inserts many rows with one
// statement.
func handPlain(ctx context.Context, c *db.Client) (peer, error) {
	return peer{
		name: "by hand, not prepared",
		get:  func(slug string) (db.Link, error) { return scanLink(c.DB().QueryRowContext(ctx, getSQL, slug)) },
		list: func(f filter) (rows, error) {
			return scanLinks(c.DB().QueryContext(ctx, listSQL(f.host != nil), listArgs(f)...))
		},
		insert: func(l db.Link) (db.Link, error) {
			return scanLink(c.DB().QueryRowContext(ctx, insertSQL+returning, values(&l)...))
		},
		insertAll: func(b batch) error {
			return inTx(ctx, c.DB(), func(tx *sql.Tx) error {
				args := make([]any, 0, len(b.plain)*len(inserted))
				for i := range b.plain {
					args = append(args, values(&b.plain[i])...)
				}
				_, err := tx.ExecContext(ctx, insertRows(len(b.plain)), args...)
				return err
			})
		},
		update: func(id int64, title string) (int64, error) {
			return affected(c.DB().ExecContext(ctx, updateSQL, title, id))
		},
		upsert: func(l db.Link) error {
			_, err := c.DB().ExecContext(ctx, upsertSQL, l.UserID, l.Slug, l.URL, l.ClickCount, l.CreatedAt)
			return err
		},
		copy: func(from, to int64) (int64, error) {
			return affected(c.DB().ExecContext(ctx, copySQL, "-copy", from, to))
		},
	}, nil
}
