package remote

import "strings"

// Token returns the length of the token, or of a part of one, that sql begins
// with. It separates strings, quoted names, comments and words from
// parameters. A text that SQLite refuses need not be separated well.
func Token(sql string) int {
	switch c := sql[0]; {
	case c == '\'' || c == '"' || c == '`':
		return quoted(sql, c) // a doubled quote begins another token, which is as good
	case c == '[':
		return quoted(sql, ']')
	case strings.HasPrefix(sql, "--"):
		return until(sql, "\n")
	case strings.HasPrefix(sql, "/*"):
		return 2 + until(sql[2:], "*/")
	case c == '?':
		return 1 + while(sql[1:], digit)
	case c == '$' || c == '@' || c == ':':
		return 1 + name(sql[1:])
	case wordByte(c):
		return while(sql, wordByte)
	}
	return 1
}

// Variable reports whether a token is a parameter.
func Variable(token string) bool {
	return token[0] == '?' || len(token) > 1 && (token[0] == '$' || token[0] == '@' || token[0] == ':')
}

// name returns the length of a parameter's name, which may have parts, as in
// $name::x, and end with a suffix in parentheses.
func name(sql string) int {
	n := 0
	for n < len(sql) {
		switch {
		case wordByte(sql[n]):
			n++
		case strings.HasPrefix(sql[n:], "::"):
			n += 2
		case sql[n] == '(' && n > 0:
			end := while(sql[n+1:], func(c byte) bool { return c != ')' && c > ' ' }) + n + 1
			if end < len(sql) && sql[end] == ')' {
				return end + 1
			}
			return n
		default:
			return n
		}
	}
	return n
}

// quoted returns the length of what stands in quotes.
func quoted(sql string, end byte) int {
	if i := strings.IndexByte(sql[1:], end); i >= 0 {
		return i + 2
	}
	return len(sql)
}

// until returns the length up to and with the end.
func until(sql, end string) int {
	if i := strings.Index(sql, end); i >= 0 {
		return i + len(end)
	}
	return len(sql)
}

func while(sql string, class func(byte) bool) int {
	for i := range len(sql) {
		if !class(sql[i]) {
			return i
		}
	}
	return len(sql)
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// wordByte is a byte of a name, a keyword or a number.
func wordByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || digit(c) || c == '_' || c == '$' || c >= 0x80
}

// Blank reports whether a token is white space or a comment.
func Blank(token string) bool {
	return strings.TrimSpace(token) == "" || strings.HasPrefix(token, "--") || strings.HasPrefix(token, "/*")
}

// First returns the first token of a text that is not a comment, "" if there is none.
// Semicolons before it are skipped, too.
func First(sql string) string {
	for len(sql) > 0 {
		n := Token(sql)
		if t := sql[:n]; !Blank(t) && t != ";" {
			return t
		}
		sql = sql[n:]
	}
	return ""
}

// End returns the length of the first statement of a text, with its semicolon.
func End(sql string) int {
	for at := 0; at < len(sql); {
		end := at + Token(sql[at:])
		if sql[at:end] == ";" {
			return end
		}
		at = end
	}
	return len(sql)
}
