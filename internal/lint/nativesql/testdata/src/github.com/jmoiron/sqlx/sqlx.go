package sqlx

import "context"

type Queryer interface{}

func Select(q Queryer, dest interface{}, query string, args ...interface{}) error { return nil }

func GetContext(ctx context.Context, q Queryer, dest interface{}, query string, args ...interface{}) error {
	return nil
}

func MustExec(q Queryer, query string, args ...interface{}) {}
