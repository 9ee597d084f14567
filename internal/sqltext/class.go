package sqltext

// The character classes of SQLite's sqlite3CtypeMap.

func space(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func digit(c byte) bool { return '0' <= c && c <= '9' }

func alpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func hexDigit(c byte) bool { return digit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// idChar is a byte that an identifier may go on with. A $ may not begin one,
// but it is taken as a variable before.
func idChar(c byte) bool { return alpha(c) || digit(c) || c == '_' || c == '$' || c >= 0x80 }

func notNUL(c byte) bool { return c != 0 }
