package names

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// JSONTags are sqlc's options for the names in JSON tags.
type JSONTags struct {
	CaseStyle   string // camel, pascal, snake, none or ""
	IDUppercase bool   // json_tags_id_uppercase: userID in place of userId
}

// capitals are what snake_case puts an underscore before.
var capitals = regexp.MustCompile("[^A-Z][A-Z]+")

// Of is the name in the JSON tag of the field of a column.
func (o JSONTags) Of(column string) string {
	id := "Id"
	switch o.CaseStyle {
	case "snake":
		if !strings.Contains(column, "_") {
			column = capitals.ReplaceAllStringFunc(column, func(s string) string {
				_, first := utf8.DecodeRuneInString(s)
				return s[:first] + "_" + s[first:]
			})
		}
		return strings.ToLower(column)
	case "camel":
		if o.IDUppercase {
			id = "ID"
		}
	case "pascal":
		id = "ID"
	default:
		return column
	}
	parts := strings.Split(column, "_")
	for i, part := range parts {
		switch {
		case i == 0 && o.CaseStyle == "camel":
		case part == "id":
			parts[i] = id
		default:
			r, size := utf8.DecodeRuneInString(part)
			if size > 0 {
				parts[i] = string(unicode.ToTitle(r)) + part[size:]
			}
		}
	}
	return strings.Join(parts, "")
}
