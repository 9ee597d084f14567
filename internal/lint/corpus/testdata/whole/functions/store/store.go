// Package store runs the statements that it is handed.
package store

import (
	"context"
	"database/sql"

	"example.com/functions/kinds"
)

type Store struct{ DB *sql.DB }

// Run is taken as a value by the package shop.
func (s *Store) Run(ctx context.Context, query string, args ...any) error {
	// @native-sql the callers have the reason
	_, err := s.DB.ExecContext(ctx, query, args...) // want `calls of Run as a value`
	return err
}

// Once is taken as a value, and called with constants.
func (s *Store) Once(query string) error {
	// @native-sql the callers have the reason
	_, err := s.DB.Exec(query) // ok: what is called is given constants
	return err
}

// Runner makes one.
func Runner(db *sql.DB) kinds.Run {
	return func(ctx context.Context, query string, args ...any) error {
		// @native-sql the callers have the reason
		_, err := db.ExecContext(ctx, query, args...) // want `as a value|can be injected`
		return err
	}
}

// Remove puts the name into the statement.
func Remove(db *sql.DB) func(name string, more int) error {
	return func(name string, more int) error {
		// @native-sql the callers have the reason
		_, err := db.Exec("DELETE FROM books WHERE name = '" + name + "'") // want `can be injected into`
		return err
	}
}

// Keep is called with constants.
func Keep(db *sql.DB) func(name string, more, less int) error {
	return func(name string, more, less int) error {
		// @native-sql the callers have the reason
		_, err := db.Exec("DELETE FROM books WHERE name = '" + name + "'") // ok: what is called is given constants
		return err
	}
}

// Apply is an Execer.
func (s *Store) Apply(ctx context.Context, query string, args ...any) (int64, error) {
	// @native-sql the callers have the reason
	res, err := s.DB.ExecContext(ctx, query, args...) // want `calls of Apply through an interface`
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (s *Store) Tell(query string) error {
	// @native-sql the callers have the reason
	_, err := s.DB.Exec(query) // ok: what is called is given constants
	return err
}

// Adapted is an Execer.
func Adapted(db *sql.DB) kinds.Execer {
	return kinds.Applying(func(ctx context.Context, query string, args ...any) (int64, error) {
		// @native-sql the callers have the reason
		_, err := db.ExecContext(ctx, query, args...) // want `calls of this function as a value`
		return 0, err
	})
}

// Removed is called by a function that takes any.
func Removed(db *sql.DB) func(string, int64) {
	return func(name string, _ int64) {
		// @native-sql the callers have the reason
		db.Exec("DELETE FROM books WHERE name = '" + name + "'") // want `can be injected into`
	}
}
