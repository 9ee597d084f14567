package verify

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/sqlc"
)

// value is one bound value: an argument, and which element of a slice.
type value struct{ arg, element int }

// valuesOf are the values that the Go code binds, in order, where slices have
// n elements.
func valuesOf(args []sqlc.Arg, n int) []value {
	var values []value
	for i, a := range args {
		if !a.Slice {
			values = append(values, value{i, 0})
			continue
		}
		for e := range n {
			values = append(values, value{i, e})
		}
	}
	return values
}

// wanted are the values that a parameter is meant to have.
func wanted(arg int, args []sqlc.Arg, n int) []value {
	if !args[arg].Slice {
		return []value{{arg, 0}}
	}
	var values []value
	for e := range n {
		values = append(values, value{arg, e})
	}
	return values
}

// simulate does what the Go code and SQLite do: each slice replaces the first
// marker of its own that is left by n question marks, or by NULL, and SQLite
// numbers the parameters, a bare one with one more than the highest number so
// far. It returns the numbers at each of the author's parameters, and the
// highest one.
func simulate(params []*pair, args []sqlc.Arg, n int) (places [][]int, count int) {
	expanded := map[*pair]bool{}
	for _, a := range args {
		for _, p := range params {
			if a.Slice && p.marker == a.Marker && !expanded[p] {
				expanded[p] = true
				break
			}
		}
	}
	places = make([][]int, len(params))
	for i, p := range params {
		switch number, err := strconv.Atoi(p.variable[1:]); {
		case expanded[p]:
			for range n {
				count++
				places[i] = append(places[i], count)
			}
		case err == nil:
			places[i] = []int{number}
			count = max(count, number)
		default:
			count++
			places[i] = []int{count}
		}
	}
	return places, count
}

// valuesAt are the values that SQLite finds at parameter numbers; no argument
// has the index -1.
func valuesAt(numbers []int, values []value) []value {
	var list []value
	for _, n := range numbers {
		if n < 1 || n > len(values) {
			list = append(list, value{-1, 0})
		} else {
			list = append(list, values[n-1])
		}
	}
	return list
}

func equal(a, b []value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func hasSlice(args []sqlc.Arg) bool {
	for _, a := range args {
		if a.Slice {
			return true
		}
	}
	return false
}

func describe(args []sqlc.Arg, values []value) string {
	if len(values) == 0 {
		return "nothing"
	}
	var list []string
	for _, v := range values {
		switch {
		case v.arg < 0:
			list = append(list, "nothing")
		case args[v.arg].Slice:
			list = append(list, fmt.Sprintf("%s[%d]", args[v.arg].Expr, v.element))
		default:
			list = append(list, args[v.arg].Expr)
		}
	}
	return strings.Join(list, ", ")
}
