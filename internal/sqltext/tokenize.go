package sqltext

import "iter"

// Tokens returns all tokens of the text. Their texts put together are the
// text.
func Tokens(sql string) []Token {
	tokens := make([]Token, 0, len(sql)/4+1)
	for t := range All(sql) {
		tokens = append(tokens, t)
	}
	return tokens
}

// Significant returns the tokens that SQLite's parser sees: all but spaces and
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

// All yields the tokens of the text one by one.
func All(sql string) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		for at := 0; at < len(sql); {
			kind, n := next(text(sql[at:]))
			if !yield(Token{Kind: kind, Text: sql[at : at+n], Start: at}) {
				return
			}
			at += n
		}
	}
}

// text is a string that, like C's, has a NUL behind its end.
type text string

func (z text) at(i int) byte {
	if i < len(z) {
		return z[i]
	}
	return 0
}

// next returns the kind and the length of the token that z, which is not
// empty, begins with. It is sqlite3GetToken.
func next(z text) (Kind, int) {
	c := z[0]
	switch {
	case space(c) && c != '\v': // a vertical tab may follow a space, not begin it
		return Space, while(z, 1, space)
	case c == '-' && z.at(1) == '-':
		return Comment, while(z, 2, func(c byte) bool { return c != 0 && c != '\n' })
	case c == '/' && z.at(1) == '*' && z.at(2) != 0:
		return blockComment(z)
	case c == '\'' || c == '"' || c == '`':
		return quoted(z)
	case c == '[':
		return bracketed(z)
	case digit(c) || c == '.' && digit(z.at(1)):
		return number(z)
	case c == '?':
		return Variable, while(z, 1, digit)
	case c == '$' || c == '@' || c == ':' || c == '#':
		return variable(z)
	case (c == 'x' || c == 'X') && z.at(1) == '\'':
		return blob(z)
	case c == 0xEF && z.at(1) == 0xBB && z.at(2) == 0xBF:
		return Space, 3
	case idChar(c):
		return Word, while(z, 1, idChar)
	}
	return operator(z)
}

// while returns the first offset from i on whose byte is not of the class.
func while(z text, i int, class func(byte) bool) int {
	for i < len(z) && class(z[i]) {
		i++
	}
	return i
}

func blockComment(z text) (Kind, int) {
	for i := 3; z.at(i) != 0; i++ {
		if z[i-1] == '*' && z[i] == '/' {
			return Comment, i + 1
		}
	}
	return Comment, while(z, 0, notNUL)
}

func quoted(z text) (Kind, int) {
	q := z[0]
	i := 1
	for ; z.at(i) != 0; i++ {
		if z[i] != q {
			continue
		}
		if z.at(i+1) != q {
			if q == '\'' {
				return String, i + 1
			}
			return Quoted, i + 1
		}
		i++
	}
	return Illegal, i
}

func bracketed(z text) (Kind, int) {
	i := while(z, 1, func(c byte) bool { return c != 0 && c != ']' })
	if z.at(i) == ']' {
		return Quoted, i + 1
	}
	return Illegal, i
}

func variable(z text) (Kind, int) {
	n, i := 0, 1
	for ; z.at(i) != 0; i++ {
		switch c := z[i]; {
		case idChar(c):
			n++
		case c == '(' && n > 0:
			i = while(z, i+1, func(c byte) bool { return c != 0 && c != ')' && !space(c) })
			if z.at(i) == ')' {
				return Variable, i + 1
			}
			return Illegal, i
		case c == ':' && z.at(i+1) == ':':
			i++
		default:
			return named(n), i
		}
	}
	return named(n), i
}

func named(n int) Kind {
	if n == 0 {
		return Illegal
	}
	return Variable
}

func blob(z text) (Kind, int) {
	kind := Blob
	i := while(z, 2, hexDigit)
	if z.at(i) != '\'' || i%2 != 0 {
		kind = Illegal
		i = while(z, i, func(c byte) bool { return c != 0 && c != '\'' })
	}
	if z.at(i) != 0 {
		i++
	}
	return kind, i
}

// operators lists those of more than one byte, a prefix behind what it begins.
var operators = []string{"->>", "->", "==", "<=", "<>", "<<", ">=", ">>", "!=", "||"}

func operator(z text) (Kind, int) {
	for _, op := range operators {
		if len(z) >= len(op) && string(z[:len(op)]) == op {
			return Op, len(op)
		}
	}
	switch z[0] {
	case '-', '(', ')', ';', '+', '*', '/', '%', '=', '<', '>', '|', ',', '&', '~', '.':
		return Op, 1
	}
	return Illegal, 1
}
