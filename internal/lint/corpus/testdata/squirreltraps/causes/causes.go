// Package causes has statements that stand on one text from elsewhere.
package causes

import (
	"net/http"
	"os"
	"reflect"
	"regexp"
	"strings"

	sq "github.com/Masterminds/squirrel"
)

type album struct{}

type artist struct{}

var upper = regexp.MustCompile("([A-Z])")

func snake(name string) string {
	return strings.TrimPrefix(strings.ToLower(upper.ReplaceAllString(name, "_$1")), "_")
}

func names() {
	_ = sq.Select("id").From(snake(reflect.TypeOf(album{}).Name()))           // ok: a name of the program
	_ = sq.Select("id").From(snake(reflect.TypeFor[artist]().Name()) + "s")   // ok: a name of the program
	_ = sq.Select("id").From(snake(reflect.TypeOf(&album{}).Elem().String())) // ok: a name of the program
}

func prefixed(name string) string {
	return os.Getenv("PREFIX") + name // want `the result of Getenv is not constant, and 3 statements that are built from it can be injected into`
}

func three() {
	_ = sq.Select("id").From(prefixed("album"))
	_ = sq.Select("id").From(prefixed("artist"))
	_ = sq.Delete(prefixed("album")).Where("id = 1")
	// @native-sql-dynamic the prefix of this table is checked at the start
	_ = sq.Select("id").From(prefixed("artist")) // ok: it has a reason, and is not counted
}

func suffixed(name string) string { return name + os.Getenv("SUFFIX") }

func one() {
	_ = sq.Select("id").From(suffixed("album")) // want `in From can be injected into`
}

func excused(name string) string {
	// @native-sql-dynamic the operator of the program sets it
	return name + os.Getenv("SUFFIX")
}

func two() {
	_ = sq.Select("id").From(excused("album"))  // ok: the cause has a reason
	_ = sq.Select("id").From(excused("artist")) // ok: the cause has a reason
}

// Each statement has a cause of its own.
func Several(r *http.Request) {
	_ = sq.Select("id").From(snake(r.FormValue("a"))) // want `in From can be injected into`
	_ = sq.Select("id").From(snake(r.FormValue("b"))) // want `in From can be injected into`
	sort := r.FormValue("sort")
	_ = sq.Select("id").From("album").OrderBy(sort)  // want `in OrderBy can be injected into`
	_ = sq.Select("id").From("artist").OrderBy(sort) // want `in OrderBy can be injected into`
}
