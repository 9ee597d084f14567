// Package sqltext cuts SQL text into tokens and statements exactly as SQLite
// does, with the byte offset of each.
//
// It follows SQLite's tokenize.c and complete.c rule by rule, their oddities
// included, and its tests ask SQLite itself where each token ends. It knows no
// grammar: a keyword is a [Word] like any other, because in SQLite most
// keywords are names wherever the grammar lets them be.
package sqltext

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

// Token is a piece of SQL text.
type Token struct {
	Kind  Kind
	Text  string // as it stands in the SQL
	Start int    // byte offset in the SQL
}

// End returns the byte offset behind the token.
func (t Token) End() int { return t.Start + len(t.Text) }

// Blank reports whether the token means nothing to SQLite: space or comment.
func (t Token) Blank() bool { return t.Kind == Space || t.Kind == Comment }

// Is reports whether the token is this keyword, in any case, or this operator.
func (t Token) Is(text string) bool {
	switch t.Kind {
	case Word:
		return equalFold(t.Text, text)
	case Op:
		return t.Text == text
	}
	return false
}

// Ident reports whether the token can be a name: a bare word or a quoted one.
func (t Token) Ident() bool { return t.Kind == Word || t.Kind == Quoted }

// Name returns the name that an identifier or a string stands for, without
// its quotes.
func (t Token) Name() string { return Unquote(t.Text) }

// equalFold ignores the case of ASCII letters, as SQLite does.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		x, y := a[i], b[i]
		if x != y && (x|0x20 != y|0x20 || !alpha(x)) {
			return false
		}
	}
	return true
}

// Unquote returns the name that an identifier stands for: the text between
// "…", `…`, […] or '…' with doubled quotes made single, and any other text as
// it is.
func Unquote(s string) string {
	if len(s) < 2 {
		return s
	}
	q := s[0]
	switch q {
	case '[':
		if s[len(s)-1] == ']' {
			return s[1 : len(s)-1]
		}
		return s
	case '"', '`', '\'':
	default:
		return s
	}
	if s[len(s)-1] != q {
		return s
	}
	b := make([]byte, 0, len(s)-2)
	for i := 1; i < len(s)-1; i++ {
		b = append(b, s[i])
		if s[i] == q {
			i++
		}
	}
	return string(b)
}

// Position returns the line and the column of a byte offset, both from 1, the
// column in bytes. An offset outside the text is taken to its nearest end.
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
