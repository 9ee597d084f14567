package names

import (
	"strings"
	"unicode"

	"github.com/jinzhu/inflection"
)

// Plural is the plural of a Go name: Links for Link, LinkTags for LinkTag, APIs
// for API. A word without one (News, Sheep) stays as it is. sqlc has no such
// rule.
func Plural(name string) string {
	head, word := lastWord(name)
	if word == "" {
		return name
	}
	if strings.ToUpper(word) == word {
		return name + "s"
	}
	return head + inflection.Plural(word)
}

// lastWord cuts a camel-case name before its last word: the last capital that
// follows a small letter or a digit, or that begins a run of capitals.
func lastWord(name string) (head, word string) {
	runes := []rune(name)
	for i := len(runes) - 1; i > 0; i-- {
		if unicode.IsUpper(runes[i]) && !unicode.IsUpper(runes[i-1]) {
			return string(runes[:i]), string(runes[i:])
		}
		if unicode.IsUpper(runes[i]) && i+1 < len(runes) && unicode.IsLower(runes[i+1]) {
			return string(runes[:i]), string(runes[i:])
		}
	}
	return "", name
}

// IsIdentifier reports whether a string is a plain name: letters, digits and
// underscores that do not begin with a digit.
func IsIdentifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return s != ""
}
