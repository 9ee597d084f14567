// Package columns has lists of columns that grow by many conditions.
package columns

import (
	"fmt"
	"net/http"

	sq "github.com/Masterminds/squirrel"
)

var groups = map[int]string{1: "customer_id", 2: "status"}

func Grouped(group int, wanted map[string]bool) sq.SelectBuilder {
	return stats(groups[group], 5, wanted)
}

func Whole(wanted map[string]bool) sq.SelectBuilder { return stats("", 5, wanted) }

func stats(group string, least int, wanted map[string]bool) sq.SelectBuilder {
	need := func(name string) bool { return wanted == nil || wanted[name] }
	sum := fmt.Sprintf("(CASE WHEN total > %d THEN total ELSE 0 END)", least)
	columns := make([]string, 0, 16)
	if group != "" {
		columns = append(columns, group)
	}
	if need("a") {
		columns = append(columns, fmt.Sprintf("SUM(%s) AS a", sum))
	} else {
		columns = append(columns, "0 AS a")
	}
	if need("b") {
		columns = append(columns, fmt.Sprintf("MAX(%s) AS b", sum))
	} else {
		columns = append(columns, "0 AS b")
	}
	if need("c") {
		columns = append(columns, fmt.Sprintf("MIN(%s) AS c", sum))
	} else {
		columns = append(columns, "0 AS c")
	}
	if need("d") {
		columns = append(columns, "AVG(total) AS d")
	} else {
		columns = append(columns, "0 AS d")
	}
	if need("e") {
		columns = append(columns, "COUNT(*) AS e")
	} else {
		columns = append(columns, "0 AS e")
	}
	if need("f") {
		columns = append(columns, fmt.Sprintf("COUNT(%s) AS f", sum))
	} else {
		columns = append(columns, "0 AS f")
	}
	if need("g") {
		columns = append(columns, fmt.Sprintf("COUNT(CASE WHEN total > %d THEN 1 END) AS g", least))
	} else {
		columns = append(columns, "0 AS g")
	}
	if need("h") {
		columns = append(columns, "COUNT(id) AS h")
	} else {
		columns = append(columns, "0 AS h")
	}
	if need("i") {
		columns = append(columns, fmt.Sprintf("SUM(%s) / 3600 AS i", sum))
	} else {
		columns = append(columns, "0 AS i")
	}
	if need("j") {
		columns = append(columns, fmt.Sprintf("SUM(%s) / 3600 AS j", sum))
	} else {
		columns = append(columns, "0 AS j")
	}
	if need("k") {
		columns = append(columns, fmt.Sprintf("SUM(%s) / 3600 AS k", sum))
	} else {
		columns = append(columns, "0 AS k")
	}
	if need("l") {
		columns = append(columns, fmt.Sprintf("SUM(%s) / 3600 AS l", sum))
	} else {
		columns = append(columns, "0 AS l")
	}
	if need("m") {
		columns = append(columns, fmt.Sprintf("SUM(%s) / 3600 AS m", sum))
	} else {
		columns = append(columns, "0 AS m")
	}
	return sq.Select(columns...).From("orders") // ok: constants and numbers
}

func chosen(r *http.Request) sq.SelectBuilder {
	columns := make([]string, 0, 16)
	if r.FormValue("extra") != "" {
		columns = append(columns, r.FormValue("extra"))
	}
	for _, name := range []string{"a", "b"} {
		if r.FormValue(name) != "" {
			columns = append(columns, "SUM(total) AS "+name)
		} else {
			columns = append(columns, "0 AS "+name)
		}
	}
	if r.FormValue("c") != "" {
		columns = append(columns, "1 AS c")
	} else {
		columns = append(columns, "0 AS c")
	}
	if r.FormValue("d") != "" {
		columns = append(columns, "1 AS d")
	} else {
		columns = append(columns, "0 AS d")
	}
	if r.FormValue("e") != "" {
		columns = append(columns, "1 AS e")
	} else {
		columns = append(columns, "0 AS e")
	}
	if r.FormValue("f") != "" {
		columns = append(columns, "1 AS f")
	} else {
		columns = append(columns, "0 AS f")
	}
	return sq.Select(columns...).From("orders") // want `not constant`
}

// Each of first and second takes its text from the other, and second from a request.
func first(r *http.Request, n int) string {
	if n == 0 {
		return "id"
	}
	return second(r, n-1)
}

func second(r *http.Request, n int) string {
	if n == 7 {
		return r.FormValue("column")
	}
	return first(r, n-1)
}

func turns(r *http.Request, n int) {
	a := "id"
	b := "total"
	for range n {
		a, b = b, a
		if n == 3 {
			b = r.FormValue("b")
		}
	}
	_ = sq.Select(a).From("orders")            // want `not constant`
	_ = sq.Select(b).From("orders")            // want `not constant`
	_ = sq.Select(first(r, n)).From("orders")  // want `not constant`
	_ = sq.Select(second(r, n)).From("orders") // want `not constant`
	x, y := "id", "total"
	for range n {
		x, y = y, x
	}
	_ = sq.Select(x).From("orders") // ok: constants in turn
	_ = sq.Select(y).From("orders") // ok: constants in turn
}
