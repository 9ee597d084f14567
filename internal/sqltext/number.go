package sqltext

// number reads an integer or a float. Digits may be parted by single
// underscores; letters that follow a number make it illegal.
func number(z text) (Kind, int) {
	kind, i, class := Integer, 0, digit
	if z[0] == '0' && (z.at(1) == 'x' || z.at(1) == 'X') && hexDigit(z.at(2)) {
		class = hexDigit
		i = while(z, 3, orUnderscore(class))
	} else {
		digits := orUnderscore(class)
		i = while(z, 0, digits)
		if z.at(i) == '.' {
			kind = Float
			i = while(z, i+1, digits)
		}
		if exponent(z, i) {
			kind = Float
			i = while(z, i+2, digits)
		}
	}
	if end := while(z, i, idChar); end > i {
		return Illegal, end
	}
	if !parted(z[:i], class) {
		return Illegal, i
	}
	return kind, i
}

// exponent reports whether one begins at i: an e, perhaps a sign, a digit.
func exponent(z text, i int) bool {
	if c := z.at(i); c != 'e' && c != 'E' {
		return false
	}
	c := z.at(i + 1)
	return digit(c) || (c == '+' || c == '-') && digit(z.at(i+2))
}

// parted reports whether each underscore of a number stands between two
// digits. The first byte of a number is none.
func parted(z text, digit func(byte) bool) bool {
	for i := 1; i < len(z); i++ {
		if z[i] == '_' && (!digit(z[i-1]) || !digit(z.at(i+1))) {
			return false
		}
	}
	return true
}

func orUnderscore(class func(byte) bool) func(byte) bool {
	return func(c byte) bool { return c == '_' || class(c) }
}
