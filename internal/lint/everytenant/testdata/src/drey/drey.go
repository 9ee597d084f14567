package drey

type Query[S, R any] struct{}

func (q *Query[S, R]) All() []R { return nil }

type Scoped[S, R any] struct{ Query[S, R] }

type ScopedLive[S, R any] struct{ Scoped[S, R] }
