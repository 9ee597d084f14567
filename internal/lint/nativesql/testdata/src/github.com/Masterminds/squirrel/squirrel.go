// Package squirrel has the names of squirrel that the tests need.
package squirrel

type Sqlizer interface{ ToSql() (string, []any, error) }

func Expr(sql string, args ...any) Sqlizer { return nil }
