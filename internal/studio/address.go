package studio

import (
	"net/url"
	"slices"
	"strings"
)

// parameterMark begins the names that a query's parameters have in an address.
const parameterMark = "@"

// place is the path of a page about a table or a query. A name that browsers take for a
// folder gets a mark.
func place(page, name string) string {
	if name == "" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") {
		name = "~" + name
	}
	return "/" + page + "/" + url.PathEscape(name)
}

// named is the name in a path.
func named(name string) string { return strings.TrimPrefix(name, "~") }

// link is a page with parameters.
func link(page, name string, values url.Values) string {
	path := place(page, name)
	if len(values) > 0 {
		path += "?" + encode(values)
	}
	return path
}

// encode is url.Values.Encode, and leaves what a query may have as it is, so that it can be
// read.
func encode(values url.Values) string {
	return readable.Replace(values.Encode())
}

var readable = strings.NewReplacer("%2C", ",", "%28", "(", "%29", ")", "%3A", ":", "%2F", "/", "%40", "@", "%2A", "*", "%7E", "~", "%21", "!")

// without are the values but for some.
func without(values url.Values, names ...string) url.Values {
	n := url.Values{}
	for name, list := range values {
		if !slices.Contains(names, name) {
			n[name] = list
		}
	}
	return n
}

// with are the values with another value of one.
func with(values url.Values, name, value string) url.Values {
	n := without(values, name, "cursor")
	n.Set(name, value)
	return n
}
