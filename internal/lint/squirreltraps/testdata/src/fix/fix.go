package fix

import sq "github.com/Masterminds/squirrel"

const either = "id = 1 OR id = 2"

func conditions() {
	_ = sq.Select("id").From("users").Where("id = ? OR name = ?", 1, "x") // want `an OR without parentheses`
	_ = sq.Select("id").From("users").Where(either)                       // want `an OR without parentheses`
}
