package drey

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/Masterminds/squirrel"
)

// JSONPath is what is at a path of a JSON document: json_extract(document, '$.city').
// It is NULL where there is nothing, and must be of type T to be read. An index on the
// same expression is used. See https://www.sqlite.org/json1.html#path_arguments.
func JSONPath[T, S, D, V any](document Handle[S, D, V], path string) Expression[S, T, sql.Null[T]] {
	return expressed[S, T, sql.Null[T]](pathOf(document.place().on, path))
}

func pathOf(document *operand, path string) *operand {
	o := &operand{rel: document.rel, ex: &expression{nullable: true}}
	if !strings.HasPrefix(path, "$") || strings.ContainsRune(path, 0) {
		o.ex.term = &node{op: opError, vals: [2]any{fmt.Errorf("%w: %q", errPath, path)}}
		return o
	}
	o.ex.term = &call{fn: fnPath, of: []operand{*document}, text: "'" + strings.ReplaceAll(path, "'", "''") + "'"}
	return o
}

var errPath = errors.New("a JSON path begins with $")

// Expr is an expression of the caller's in SQL, over the columns of a source. Each ?
// in it binds one of args. It may be NULL: [Coalesce] says what it is then. The text
// must not depend on input.
//
//	drey.Expr[int64](&db.Links.Query, "length(title) + ?", 1)
func Expr[T, S, R any](source *Query[S, R], text string, args ...any) Expression[S, T, sql.Null[T]] {
	return expressed[S, T, sql.Null[T]](&operand{rel: source.rel, ex: &expression{term: &raw{source.rel, text, args}, nullable: true}})
}

// raw is an expression as text.
type raw struct {
	rel  *Relation
	text string
	args []any
}

func (r *raw) render(in scope) (string, []any, error) {
	if err := in.text(); err != nil {
		return "", nil, err
	}
	text, args, err := squirrel.Expr(r.text, r.args...).ToSql()
	return "(" + text + ")", args, err
}

// shape reports false where squirrel has to render a part.
func (r *raw) shape(naming) ([]byte, bool) {
	key := binary.AppendUvarint([]byte{termRaw}, uint64(len(r.text)))
	key = append(key, r.text...)
	for _, arg := range r.args {
		if _, ok := arg.(squirrel.Sqlizer); ok {
			return key, false
		}
	}
	return key, true
}

func (r *raw) bound() []any      { return r.args }
func (r *raw) source() *Relation { return r.rel }
func (r *raw) walk(func(term))   {}

// nested reports true for a random value, too: it is another one each time.
func (r *raw) nested() bool {
	text := strings.ToUpper(r.text)
	return strings.Contains(text, "SELECT") || strings.Contains(text, "RANDOM")
}

// errUnqualified: beside the columns of another query, nobody can tell what a name in
// such a text stands for.
var errUnqualified = errors.New("SQL text of the caller's cannot stand in another query, or be given an alias: a name in it may be of either; say it with column handles")
