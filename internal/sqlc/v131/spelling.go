package v131

import (
	"strings"
	"unicode"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Spelling is how sqlc knows the names of a schema. To SQLite UserID, "userid"
// and [USERID] are one name; to sqlc they are three.
type Spelling struct{ byName map[string]string }

// NewSpelling reads the spelling of all tables and columns. If a name is declared
// twice with different spellings, it does not get one with capitals.
func NewSpelling(s *schema.Schema) Spelling {
	sp := Spelling{map[string]string{}}
	add := func(name, spelled string) {
		if other, ok := sp.byName[sqltext.Fold(name)]; ok && other != spelled {
			spelled = sqltext.Fold(name)
		}
		sp.byName[sqltext.Fold(name)] = spelled
	}
	for _, t := range s.Tables {
		d := declared(t)
		add(t.Name, d.name)
		for _, c := range t.Columns {
			add(c.Name, d.column(c.Name))
		}
	}
	return sp
}

// Of spells a name. One that is not in the schema stays as it is.
func (sp Spelling) Of(name string) string {
	if spelled, ok := sp.byName[sqltext.Fold(name)]; ok {
		return spelled
	}
	return name
}

// Token is a token of a query and its spelling for sqlc.
type Token struct {
	sqltext.Token
	Spelled string
}

// Query spells the names in a query as sqlc knows them, in double quotes if sqlc
// needs quotes. Names that sqlc would misread stay as they are.
func (sp Spelling) Query(sql string) []Token {
	return sp.tokens(sql, func(tok sqltext.Token, name string) string {
		if !readable(name) {
			return tok.Text
		}
		return `"` + name + `"`
	})
}

func (sp Spelling) tokens(sql string, quoted func(tok sqltext.Token, name string) string) []Token {
	tokens := sqltext.Tokens(sql)
	list := make([]Token, len(tokens))
	bare := map[string]bool{} // words, among them the aliases
	for _, tok := range tokens {
		if tok.Kind == sqltext.Word {
			bare[sqltext.Fold(tok.Text)] = true
		}
	}
	var last [4]sqltext.Token // before the token, without blanks; the nearest is the first
	for i, tok := range tokens {
		list[i] = Token{tok, tok.Text}
		if tok.Blank() {
			continue
		}
		isParameter := last[0].Is("(") && parameter(last[1]) && last[2].Is(".") && last[3].Is("sqlc")
		isTarget := last[0].Is("INTO") || last[0].Is(".") && last[2].Is("INTO") // and its columns follow
		name, ok := sp.spell(tok, bare)
		if !ok {
			name, ok = sp.unreserved(tok, last[0], tokens[i+1:])
		}
		if ok && !isParameter && (isTarget || !isCall(tokens[i+1:])) {
			list[i].Spelled = quoted(tok, name)
		}
		last = [4]sqltext.Token{tok, last[0], last[1], last[2]}
	}
	return list
}

// unreserved are the words that SQLite takes for names without quotes, and sqlc does not.
var unreserved = map[string]bool{"do": true, "others": true, "ties": true}

// unreserved returns the name that has to stand in quotes for such a word of the schema, unless
// the word is a keyword there.
func (sp Spelling) unreserved(tok, before sqltext.Token, rest []sqltext.Token) (name string, ok bool) {
	name, known := sp.byName[sqltext.Fold(tok.Text)]
	if !known || tok.Kind != sqltext.Word || !unreserved[sqltext.Fold(tok.Text)] {
		return "", false
	}
	switch next := significant(rest); {
	case tok.Is("DO"):
		return name, !next.Is("UPDATE") && !next.Is("NOTHING")
	case tok.Is("OTHERS"):
		return name, !before.Is("NO")
	default:
		return name, !before.Is("EXCLUDE")
	}
}

// significant is the first token that is not blank.
func significant(tokens []sqltext.Token) (first sqltext.Token) {
	for _, tok := range tokens {
		if !tok.Blank() {
			return tok
		}
	}
	return first
}

func isCall(rest []sqltext.Token) bool {
	return significant(rest).Is("(")
}

// parameter reports whether the token names one of sqlc's macros that take the
// name of a parameter.
func parameter(tok sqltext.Token) bool { return tok.Is("arg") || tok.Is("narg") || tok.Is("slice") }

// readable reports whether sqlc can read a name. It reads the text between double
// quotes as a Go string.
func readable(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return r == '"' || r == '\\' || unicode.IsControl(r) })
}

// spell returns the name that has to stand in quotes for a token, if any. A word
// stays if its name does not have capitals, because sqlc lowers its case by itself.
// So do keywords. A quoted name that is an alias is spelled as the bare words are,
// if there are such.
func (sp Spelling) spell(tok sqltext.Token, bare map[string]bool) (name string, ok bool) {
	name, known := sp.byName[sqltext.Fold(tok.Name())]
	switch {
	case tok.Kind == sqltext.Quoted && known:
		return name, true
	case tok.Kind == sqltext.Quoted && bare[sqltext.Fold(tok.Name())]:
		return sqltext.Fold(tok.Name()), true
	case tok.Kind == sqltext.Quoted:
		return tok.Name(), true
	case tok.Kind == sqltext.Word:
		return name, known && name != sqltext.Fold(tok.Text) && !isKeyword(tok.Text)
	}
	return "", false
}
