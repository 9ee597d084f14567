// Package names gives tables and columns the Go names that sqlc v1.31.1 gives
// them, rule by rule: its renames, initialisms, singular forms and the options
// that turn them off. Its tests ask sqlc itself.
//
// drey reads most names from sqlc's own output. These rules are for what comes
// before there is such output (the names of the generated CRUD queries) and for
// finding a table's row type in it.
package names

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/jinzhu/inflection"
)

// Options are the options of sqlc.yaml's gen.go that names depend on. The zero
// value is sqlc's default.
type Options struct {
	Rename            map[string]string // rename: Go name by SQL name, the singular form of a table's
	Initialisms       []string          // initialisms; nil stands for sqlc's default, "id" alone
	ExactTableNames   bool              // emit_exact_table_names: row types are not singular
	InflectionExclude []string          // inflection_exclude_table_names: tables that have no singular
}

// Struct is the name of the row type of a table or view. It is empty where sqlc
// finds none, and then writes Go that is not valid: for a table called s, or of
// symbols alone.
func (o Options) Struct(table string) string { return o.title(o.RenameKey(table)) }

// RenameKey is what stands for a table under rename: its name in the singular,
// unless the options say otherwise.
func (o Options) RenameKey(table string) string {
	if o.ExactTableNames {
		return table
	}
	return Singular(table, o.InflectionExclude...)
}

// Source is the Go name of a table as it is, not made singular: Links for
// links. It can be the same as [Options.Struct].
func (o Options) Source(table string) string { return o.title(table) }

// Field is the name of the struct field of a column or parameter. It is not
// exported where the column's name begins with a digit, and empty where it has
// neither letters nor digits.
func (o Options) Field(column string) string { return o.title(column) }

// title is sqlc's StructName.
func (o Options) title(name string) string {
	if to := o.Rename[name]; to != "" {
		return to
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, name)
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if o.initialism(word) {
			b.WriteString(strings.ToUpper(word))
		} else if r, size := utf8.DecodeRuneInString(word); size > 0 {
			b.WriteRune(unicode.ToTitle(r))
			b.WriteString(word[size:])
		}
	}
	out := b.String()
	if r, _ := utf8.DecodeRuneInString(out); unicode.IsDigit(r) {
		return "_" + out
	}
	return out
}

func (o Options) initialism(word string) bool {
	if o.Initialisms == nil {
		return word == "id"
	}
	return slices.Contains(o.Initialisms, word)
}

// exceptions are words that sqlc makes singular by itself.
var exceptions = map[string]string{
	"calories": "calorie",
	"waves":    "wave",
}

// uncountable are words that sqlc leaves alone.
var uncountable = []string{"campus", "meta", "metadata"}

// Singular is the singular of a table's name as sqlc forms it. Names in
// exclude, in any case, have none.
func Singular(table string, exclude ...string) string {
	for _, name := range exclude {
		if strings.EqualFold(table, name) {
			return table
		}
	}
	lower := strings.ToLower(table)
	switch {
	case lower == "metadata": // as sqlc has it, in lower case
		return lower
	case slices.Contains(uncountable, lower):
		return table
	case exceptions[lower] != "":
		return exceptions[lower]
	}
	if known, ok := singulars.Load(table); ok {
		return known.(string)
	}
	singular := inflection.Singular(table) // forty regular expressions, one after the other
	singulars.Store(table, singular)
	return singular
}

// singulars are the tables' names of which the singular is known.
var singulars sync.Map
