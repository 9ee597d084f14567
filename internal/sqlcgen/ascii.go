package sqlcgen

import (
	"fmt"
	"go/format"
	"go/scanner"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ascii writes text without any character outside of ASCII, and back.
//
// sqlc counts the characters of a query file where it means bytes, so that one
// such character garbles every query after it (sqlc 4235, 4523). What it never
// sees cannot garble anything. A character becomes a word of letters and
// digits, so an identifier stays one.
type ascii struct {
	mark string // begins each such word; occurs in none of the texts
	word *regexp.Regexp
}

// newASCII chooses a mark that none of the texts has, in any case.
func newASCII(texts ...[]byte) *ascii {
	lower := make([]string, len(texts))
	for i, t := range texts {
		lower[i] = strings.ToLower(string(t))
	}
next:
	for n := 0; ; n++ {
		mark := fmt.Sprintf("zu%dx", n)
		for _, t := range lower {
			if strings.Contains(t, mark) {
				continue next
			}
		}
		return &ascii{mark, regexp.MustCompile(fmt.Sprintf("(?i:%s)[0-9a-f]+z", mark))}
	}
}

func (a *ascii) encode(text string) string {
	if isASCII(text) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r < utf8.RuneSelf:
			b.WriteByte(byte(r))
		case r == utf8.RuneError && text[i] != "\uFFFD"[0]: // no UTF-8: sqlc shall see it as it is
			b.WriteByte(text[i])
		default:
			fmt.Fprintf(&b, "%s%xz", a.mark, r)
		}
	}
	return b.String()
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func (a *ascii) decode(text string) string {
	return a.word.ReplaceAllStringFunc(text, func(word string) string { return string(a.rune(word)) })
}

// rune is the character that a word stands for: the capital one where sqlc has
// made the word's first letter a capital.
func (a *ascii) rune(word string) rune {
	n, err := strconv.ParseInt(word[len(a.mark):len(word)-1], 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	if unicode.IsUpper(rune(word[0])) {
		return unicode.ToTitle(rune(n))
	}
	return rune(n)
}

// decodeGo decodes a Go file. In identifiers, what is neither letter nor digit
// becomes an underscore, as sqlc has it.
func (a *ascii) decodeGo(src []byte) ([]byte, error) {
	if !a.word.Match(src) {
		return src, nil
	}
	fset := token.NewFileSet()
	var s scanner.Scanner
	file := fset.AddFile("", fset.Base(), len(src))
	s.Init(file, src, nil, scanner.ScanComments)
	var b strings.Builder
	at := 0
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		if lit == "" || !a.word.MatchString(lit) {
			continue
		}
		offset := file.Offset(pos)
		b.Write(src[at:offset])
		if tok == token.IDENT {
			b.WriteString(a.word.ReplaceAllStringFunc(lit, func(word string) string {
				if r := a.rune(word); unicode.IsLetter(r) || unicode.IsDigit(r) {
					return string(r)
				}
				return "_"
			}))
		} else {
			b.WriteString(a.decode(lit))
		}
		at = offset + len(lit)
	}
	b.Write(src[at:])
	return format.Source([]byte(b.String()))
}
