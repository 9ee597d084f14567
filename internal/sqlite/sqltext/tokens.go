package sqltext

import (
	"iter"

	"github.com/sqlc-dev/meyer/lexer"
	"github.com/sqlc-dev/meyer/token"
)

// Tokens returns all tokens of the text. Their texts put together are the
// text.
func Tokens(sql string) []Token {
	tokens := make([]Token, 0, len(sql)/4+1)
	for t := range All(sql) {
		tokens = append(tokens, t)
	}
	return tokens
}

// Significant returns the tokens that SQLite's parser sees: all except spaces and
// comments.
func Significant(sql string) []Token {
	tokens := make([]Token, 0, len(sql)/6+1)
	for t := range All(sql) {
		if !t.Blank() {
			tokens = append(tokens, t)
		}
	}
	return tokens
}

// All yields the tokens of the text one by one. A NUL byte, where SQLite stops
// reading, is an illegal token of its own.
func All(sql string) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		for start := 0; start < len(sql); {
			end, more := each(sql, start, yield)
			if !more || end < len(sql) && !yield(Token{Kind: Illegal, Text: sql[end : end+1], Start: end}) {
				return
			}
			start = end + 1
		}
	}
}

// each yields the tokens up to the next NUL byte or the end of the text, and
// returns where that is.
func each(sql string, start int, yield func(Token) bool) (end int, more bool) {
	tokens, blanks := lexer.LexFile(sql[start:])
	last := len(tokens) - 1 // EOF
	for i, b := 0, 0; i < last || b < len(blanks); {
		var t token.Token
		if i == last || b < len(blanks) && blanks[b].Pos < tokens[i].Pos {
			t, b = blanks[b], b+1
		} else {
			t, i = tokens[i], i+1
		}
		text := sql[start+t.Pos : start+t.End]
		if !yield(Token{Kind: kindOf(t.Kind, text), Text: text, Start: start + t.Pos}) {
			return 0, false
		}
	}
	return start + tokens[last].Pos, true
}
