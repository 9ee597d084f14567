package v131

import (
	"go/format"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sqlc counts the characters of a query file where it means bytes, so one character
// outside of ASCII garbles every query after it (sqlc 4235, 4523). To avoid that,
// each such character is staged as zq<hex>q, which can be part of an identifier,
// and put back in everything that sqlc writes.
//
// sqlc changes the case of a word's first letter, of a whole bare name, or of an
// initialism. The z follows that: a Z stands for the character's upper case. A
// character that is neither a letter nor a digit ends a word and is left out of
// Go's names, so it is staged between underscores, which do the same. Without them
// it is part of a Go name.
//
// A z before a q is staged like that too, so that nothing in the texts
// themselves looks like a character.

// Encode makes a text ASCII. The text must be valid UTF-8.
func Encode(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch lower := unicode.ToLower(r); {
		case r < utf8.RuneSelf && !looksEncoded(text[i:]):
			b.WriteByte(byte(r))
		case separates(r):
			b.WriteString("_z" + code(r) + "_")
		case r != lower && r == unicode.ToTitle(lower):
			b.WriteString("Z" + code(lower))
		default:
			b.WriteString("z" + code(r))
		}
	}
	return b.String()
}

func looksEncoded(text string) bool {
	return len(text) > 1 && text[0]|0x20 == 'z' && text[1]|0x20 == 'q'
}

func separates(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

func code(r rune) string { return "q" + strconv.FormatInt(int64(r), 16) + "q" }

var encoded = regexp.MustCompile(`([zZ])(?:q([0-9a-f]{2,6})q|Q([0-9A-F]{2,6})Q)`)

// Decode puts back the characters that Encode has replaced.
func Decode(text string) string {
	var b strings.Builder
	for {
		m := encoded.FindStringSubmatchIndex(text)
		if m == nil {
			b.WriteString(text)
			return b.String()
		}
		before, capital := text[:m[2]], text[m[2]] == 'Z'
		digits := text[max(m[4], m[6]):max(m[5], m[7])] // one of the two is -1
		n, _ := strconv.ParseInt(digits, 16, 32)        // hexadecimal, by the pattern
		r := rune(n)
		text = text[m[1]:]
		if capital {
			r = unicode.ToTitle(r)
		}
		if !separates(r) {
			b.WriteString(before)
			b.WriteRune(r)
			continue
		}
		if inner, ok := strings.CutSuffix(before, "_"); ok && strings.HasPrefix(text, "_") {
			before, text = inner, text[1:]
			b.WriteString(before)
			b.WriteRune(r)
			continue
		}
		b.WriteString(before)
	}
}

// DecodeGo decodes a Go file. It formats the file again, because the columns have
// moved. The error says that the result is not Go.
func DecodeGo(src []byte) ([]byte, error) {
	text := Decode(string(src))
	if text == string(src) {
		return src, nil
	}
	return format.Source([]byte(text))
}
