// Package sqltext splits SQL text into tokens and statements exactly as SQLite
// does, with the byte offset of each.
//
// The tokens are those of [github.com/sqlc-dev/meyer/lexer], with spaces and
// comments, and the tests ask SQLite itself where each token ends. The package does
// not know the grammar: a keyword is a [Word] like any other, because in SQLite
// most keywords are names wherever the grammar allows it.
package sqltext

import "github.com/sqlc-dev/meyer/token"

// Kind tells what a token is.
type Kind uint8

// The kinds of token.
const (
	Illegal  Kind = iota // what SQLite calls an unrecognized token: an unterminated string, "1a", a lone "!", a NUL byte
	Space                // blanks and line ends, and a byte order mark
	Comment              // "-- …" without the line end, "/* … */"; a block comment may end with the text instead
	Word                 // a bare identifier or keyword
	Quoted               // "…", `…` or […]
	String               // '…'
	Blob                 // x'…'
	Integer              // 12, 1_000, 0x1F
	Float                // 1.5, .5, 1e9
	Variable             // ?, ?12, :name, @name, $name, $name::x(y)
	Op                   // operators and punctuation: + <> || -> ->> ( ; …
)

var kinds = map[token.Kind]Kind{
	token.ILLEGAL: Illegal, token.SPACE: Space, token.COMMENT: Comment, token.STRING: String, token.BLOB: Blob,
	token.INTEGER: Integer, token.FLOAT: Float, token.VARIABLE: Variable,
}

// kindOf returns the kind of a token that the lexer has found.
func kindOf(k token.Kind, text string) Kind {
	switch {
	case k == token.ID && (text[0] == '"' || text[0] == '`' || text[0] == '['):
		return Quoted
	case k == token.QNUMBER:
		return numberKind(text)
	case token.LP <= k && k <= token.PTR:
		return Op
	}
	if kind, ok := kinds[k]; ok {
		return kind
	}
	return Word
}

// numberKind returns the kind of a number with underscores.
func numberKind(text string) Kind {
	if len(text) > 1 && text[1]|0x20 == 'x' {
		return Integer
	}
	for i := range len(text) {
		if text[i] == '.' || text[i]|0x20 == 'e' {
			return Float
		}
	}
	return Integer
}

// Token is a piece of SQL text.
type Token struct {
	Kind  Kind
	Text  string // as it stands in the SQL
	Start int    // byte offset in the SQL
}

// End returns the byte offset of what follows the token.
func (t Token) End() int { return t.Start + len(t.Text) }

// Blank reports whether the token means nothing to SQLite: space or comment.
func (t Token) Blank() bool { return t.Kind == Space || t.Kind == Comment }

// Is reports whether the token is this keyword, in any case, or this operator.
func (t Token) Is(text string) bool {
	switch t.Kind {
	case Word:
		return EqualFold(t.Text, text)
	case Op:
		return t.Text == text
	}
	return false
}

// Ident reports whether the token can be a name: a bare word or a quoted one.
func (t Token) Ident() bool { return t.Kind == Word || t.Kind == Quoted }

// Name returns the name that an identifier or a string stands for, without its
// quotes.
func (t Token) Name() string { return Unquote(t.Text) }

// Position returns the line and the column of a byte offset, both from 1, the
// column in bytes. An offset outside of the text is moved to its nearest end.
func Position(sql string, offset int) (line, col int) {
	offset = max(0, min(offset, len(sql)))
	line, col = 1, 1
	for i := range offset {
		col++
		if sql[i] == '\n' {
			line, col = line+1, 1
		}
	}
	return line, col
}
