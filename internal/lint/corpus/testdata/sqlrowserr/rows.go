// Package rows reads rows of database/sql.
package rows

import (
	"context"
	"database/sql"
)

func forgotten(db *sql.DB) (names []string, err error) {
	rows, err := db.Query("SELECT name FROM users") // want `without final check of rows.Err`
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}

func ofTransaction(ctx context.Context, tx *sql.Tx) (n int) {
	rows, err := tx.QueryContext(ctx, "SELECT 1") // want `without final check of rows.Err`
	if err != nil {
		return 0
	}
	for rows.Next() {
		n++
	}
	rows.Close()
	return n
}

func ofStatement(stmt *sql.Stmt) (n int) {
	var rows, err = stmt.Query(1) // want `without final check of rows.Err`
	if err != nil {
		return 0
	}
	defer rows.Close()
	for rows.Next() {
		n++
	}
	return n
}

func inFunction(ctx context.Context, conn *sql.Conn) func() int {
	return func() (n int) {
		list, err := conn.QueryContext(ctx, "SELECT 1") // want `without final check of list.Err`
		if err != nil {
			return 0
		}
		defer list.Close()
		for list.Next() {
			n++
		}
		return n
	}
}

func checked(db *sql.DB) (n int, err error) {
	rows, err := db.Query("SELECT name FROM users") // ok: Err is asked at the end
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

func deferred(db *sql.DB) (n int, err error) {
	rows, err := db.Query("SELECT name FROM users") // ok: a deferred function asks
	if err != nil {
		return 0, err
	}
	defer func() {
		if e := rows.Err(); e != nil {
			err = e
		}
		rows.Close()
	}()
	for rows.Next() {
		n++
	}
	return n, nil
}

func once(db *sql.DB) bool {
	rows, err := db.Query("SELECT name FROM users") // ok: only the first row is asked for
	if err != nil {
		return false
	}
	defer rows.Close()
	return rows.Next()
}

func handedOn(db *sql.DB) (int, error) {
	rows, err := db.Query("SELECT name FROM users") // ok: another function has them
	if err != nil {
		return 0, err
	}
	return count(rows)
}

func count(rows *sql.Rows) (n int, err error) {
	defer rows.Close()
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

func returned(db *sql.DB) (*sql.Rows, error) {
	return db.Query("SELECT name FROM users") // ok: the caller has them
}
