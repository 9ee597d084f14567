package main

import (
	"database/sql"

	"github.com/dreysql/drey/internal/db"
)

// What drey is compared with: the code that sqlc writes, and most people, too.

const (
	linkColumns = "id, user_id, slug, url, host, title, metadata, is_active, max_clicks, click_count, expires_at, created_at"
	getSQL      = "SELECT " + linkColumns + " FROM links WHERE slug = ?"
	listSQL     = "SELECT " + linkColumns + " FROM links WHERE user_id = ? AND created_at > ? ORDER BY created_at DESC LIMIT ?"
)

func scanLink(row *sql.Row) (db.Link, error) {
	var l db.Link
	err := row.Scan(&l.ID, &l.UserID, &l.Slug, &l.URL, &l.Host, &l.Title, &l.Metadata, &l.IsActive,
		&l.MaxClicks, &l.ClickCount, &l.ExpiresAt, &l.CreatedAt)
	return l, err
}

// scanLinks takes what a query returns.
func scanLinks(rows *sql.Rows, err error) ([]db.Link, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []db.Link
	for rows.Next() {
		var l db.Link
		if err := rows.Scan(&l.ID, &l.UserID, &l.Slug, &l.URL, &l.Host, &l.Title, &l.Metadata, &l.IsActive,
			&l.MaxClicks, &l.ClickCount, &l.ExpiresAt, &l.CreatedAt); err != nil {
			return nil, err
		}
		found = append(found, l)
	}
	return found, rows.Err()
}
