// Package kinds declares types of functions, and an interface.
package kinds

import "context"

// Run is what runs a statement.
type Run func(ctx context.Context, query string, args ...any) error

// Query fits functions that look alike and are not about SQL.
type Note func(text string)

// Execer is what others are.
type Execer interface {
	Apply(ctx context.Context, query string, args ...any) (int64, error)
}

// Teller is called with constants alone.
type Teller interface {
	Tell(query string) error
}

// Applying lets a function be an Execer.
type Applying func(ctx context.Context, query string, args ...any) (int64, error)

func (f Applying) Apply(ctx context.Context, query string, args ...any) (int64, error) {
	return f(ctx, query, args...)
}
