package nativesql

import sq "github.com/Masterminds/squirrel"

func keys(b sq.SelectBuilder, part string) {
	_ = b.Where(sq.Eq{"lower(status)": "a"})                                // want `raw SQL in Eq`
	_ = b.Where(sq.Gt{"total * 2": 1})                                      // want `raw SQL in Gt`
	_ = sq.Update("orders").Set("total = total + 1, status", 1)             // want `raw SQL in Set`
	_ = b.Where(sq.ConcatExpr("lower(", sq.Expr("status"), ") = 'a'"))      // want `raw SQL in ConcatExpr` `raw SQL in ConcatExpr`
	_ = b.Where(sq.ConcatExpr("id = ", part))                               // want `raw SQL in ConcatExpr` `can be injected into`
	_ = b.Column(sq.Case("lower(status)").When("'a'", "1"))                 // want `raw SQL in Case`
	_ = b.Column(sq.Case("status").When("'a'", "total * 2"))                // want `raw SQL in When`
	_ = b.Column(sq.Case("status").When("'a'", "1").Else("abs(total)"))     // want `raw SQL in Else`
	_ = b.Column(sq.Case(part).When("'a'", "1"))                            // want `can be injected into`
	_ = b.Column(sq.Case("status").When(part, "1"))                         // want `can be injected into`
	_ = b.Column(sq.Case("status").When("'a'", "1").Else("'" + part + "'")) // want `can be injected into`

	_ = b.Where(sq.Eq{"orders.status": "a", `"group"`: 1})                        // ok: names
	_ = sq.Update("orders").Set("status", "lower(status)")                        // ok: a value
	_ = b.Column(sq.Case("status").When("'a'", "1").Else("NULL"))                 // ok: values
	_ = b.Column(sq.Case().When("status = 'a' AND total > 1", "1").Else("total")) // ok: a comparison
	_ = b.Column(sq.Case("status").When(sq.Expr("?", part), sq.Expr("?", part)))  // ok: bound
	// @native-sql squirrel has no functions
	_ = b.Where(sq.Eq{"lower(status)": "a"}) // ok: a reason is given
	_ = map[string]any{"lower(status)": 1}   // ok: no condition
}
