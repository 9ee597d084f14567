// Package squirrel has the names of squirrel that the tests need.
package squirrel

type SelectBuilder struct{}

func Select(columns ...string) SelectBuilder { return SelectBuilder{} }

func (b SelectBuilder) From(from string) SelectBuilder { return b }

func (b SelectBuilder) Where(pred any, args ...any) SelectBuilder { return b }
