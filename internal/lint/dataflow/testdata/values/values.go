// Package values has a call of one of these functions for each thing that flow is asked.
package values

import (
	"fmt"
	"slices"
	"strings"
)

func texts(s string, want ...string)         {} // the values that s can have
func unknown(s string)                       {} // they are not known
func begins(s string, want ...string)        {} // what s begins with
func elements(list []string, want ...string) {} // the constants of a slice
func trusted(s string)                       {} // nothing but constants gets into s
func injected(s string)                      {} // s is put together, and something else gets into it
func foreign(s string)                       {} // s is not trusted, and not put together here

const asc = "ASC"

var (
	table    = "links"
	Exported = "links" // other packages may assign to it
)

func constants() {
	texts("a", "a")
	texts(asc, "ASC")
	texts("ORDER BY "+asc, "ORDER BY ASC")
	texts(table, "links")
	unknown(Exported)
	texts(fmt.Sprintf("%s", "x")+"", "x")
}

func branches(down bool, n int) {
	order := "ASC"
	if down {
		order = "DESC"
	}
	texts(order, "ASC", "DESC")
	texts("x "+order, "x ASC", "x DESC")
	trusted("x " + order)
	var mode string
	switch n {
	case 1:
		mode = "one"
	default:
		mode = "more"
	}
	texts(mode, "one", "more")
}

func Caller(name string) {
	unknown(name)
	foreign(name)
	injected("WHERE name = '" + name + "'")
	injected(fmt.Sprintf("WHERE name = '%s'", name))
	begins("SELECT "+name, "SELECT ")
	query := "SELECT 1"
	query += " WHERE name = " + name
	injected(query)
	begins(query, "SELECT 1")
	of("a")
	of("b")
	joined([]string{"x", name})
}

// All of its callers are in sight.
func of(column string) {
	unknown(column) // a parameter has a value in each call alone
	trusted(column)
}

func joined(list []string) { injected(strings.Join(list, ", ")) }

func numbers(n int, f float64, ok bool) {
	trusted(fmt.Sprintf("LIMIT %d %v %t", n, f, ok))
	trusted(fmt.Sprint("LIMIT ", n))
}

func Checked(order, column string, list []string) {
	injected("ORDER BY " + order)
	if order == "ASC" || order == "DESC" {
		trusted("ORDER BY " + order)
	}
	switch column {
	case "id", "name":
		trusted("SELECT " + column)
	default:
		injected("SELECT " + column)
	}
	allowed := []string{"id", "name"}
	if !slices.Contains(allowed, column) {
		return
	}
	trusted("SELECT " + column)
	injected("SELECT " + list[0])
}

var columns = map[string]string{"newest": "created_at", "name": "lower(name)"}

func Mapped(key string) {
	trusted("ORDER BY " + columns[key])
	begins(columns[key], "created_at", "lower(name)")
}

func slice(n int) {
	list := []string{"a", "b"}
	elements(list, "a", "b")
	elements(append([]string{"a"}, "c"), "a", "c")
	trusted(strings.Join(list, ", "))
	placeholders := strings.TrimSuffix(strings.Repeat("?, ", n), ", ")
	trusted("IN (" + placeholders + ")")
}

func Built(names []string) {
	var b strings.Builder
	b.WriteString("SELECT 1")
	trusted(b.String())
	var c strings.Builder
	for _, name := range names {
		c.WriteString(name)
	}
	injected(c.String())
}

type options struct{ order string }

func fields() {
	o := options{order: "ASC"}
	texts(o.order, "ASC")
}

func closures(down bool) {
	direction := func(d bool) string {
		if d {
			return "DESC"
		}
		return "ASC"
	}
	trusted("ORDER BY " + direction(down))
	texts(where("x"), "WHERE x")
}

func where(column string) string { return "WHERE " + column }

func quoteIdentifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func Quoted(name string) { trusted("SELECT " + quoteIdentifier(name)) }

func itself(n int) string {
	text := "a"
	for range n {
		text = text + "b"
	}
	trusted(text)
	unknown(text)
	return text
}

func Printed(ids []int64) {
	trusted(fmt.Sprint(ids))
	trusted(strings.Trim(strings.Join(strings.Split(fmt.Sprint(ids), " "), ","), "[]"))
}
