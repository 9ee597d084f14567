package verify

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/sqlc"
)

// value is one bound value: an argument, and which element of a slice.
type value struct{ arg, element int }

// valuesOf returns the values that the Go code binds, in order, if slices have n
// elements.
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

// wanted returns the values that a parameter should have.
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

// simulate does what the Go code and SQLite do. Each slice replaces the first of
// its own markers that is left with n question marks, or with NULL. Then SQLite
// numbers the parameters; a bare one gets one more than the highest number so far.
// simulate returns the numbers at each of the author's parameters, and the highest
// number.
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

// valuesAt returns the values that SQLite finds at parameter numbers; the index -1
// means that there is no argument.
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
