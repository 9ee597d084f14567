package seed

import "strings"

const (
	letters  = "abcdefghijklmnopqrstuvwxyz"
	printing = letters + "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
)

// pattern is a LIKE or GLOB pattern: the characters that each place can have. One of
// which nothing can be known is nil, any text.
type pattern [][]byte

// readGlob reads a GLOB pattern. See https://www.sqlite.org/lang_expr.html#like.
func readGlob(text string) (p pattern) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '*':
			p = append(p, nil)
		case '?':
			p = append(p, []byte(letters))
		case '[':
			set, end := readSet(text[i:])
			if end == 0 {
				return append(p, []byte{'['})
			}
			p = append(p, set)
			i += end - 1
		default:
			p = append(p, []byte{c})
		}
	}
	return p
}

// readSet reads a set of a GLOB pattern, and where it ends; 0 if it does not.
func readSet(text string) (set []byte, end int) {
	i, not := 1, false
	if i < len(text) && text[i] == '^' {
		not = true
		i++
	}
	var in [256]bool
	for first := true; i < len(text); first = false {
		switch {
		case text[i] == ']' && !first:
			for c := range 256 {
				if !not && in[c] || not && !in[c] && strings.IndexByte(printing, byte(c)) >= 0 {
					set = append(set, byte(c))
				}
			}
			return set, i + 1
		case i+2 < len(text) && text[i+1] == '-' && text[i+2] != ']':
			for c := int(text[i]); c <= int(text[i+2]); c++ {
				in[c] = true
			}
			i += 3
		default:
			in[text[i]] = true
			i++
		}
	}
	return nil, 0
}

func readLike(text string) (p pattern) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '%':
			p = append(p, nil)
		case '_':
			p = append(p, []byte(letters))
		default:
			p = append(p, []byte{c})
		}
	}
	return p
}

// size is how many texts the pattern has, 0 if they are too many to count.
func (p pattern) size() uint64 {
	n := uint64(1)
	for _, set := range p {
		if set == nil || n*uint64(max(len(set), 1)) > manyValues {
			return 0
		}
		n *= uint64(len(set))
	}
	return n
}

// at returns the i-th of the texts.
func (p pattern) at(i uint64) string {
	b := make([]byte, len(p))
	for k := len(p) - 1; k >= 0; k-- {
		n := uint64(len(p[k]))
		b[k] = p[k][i%n]
		i /= n
	}
	return string(b)
}

// random returns a text of the pattern that has word for the first thing that can be
// anything, and nothing for the others.
func (p pattern) random(r *row, word string) string {
	var b strings.Builder
	for _, set := range p {
		switch {
		case set == nil:
			b.WriteString(word)
			word = ""
		case len(set) > 0:
			b.WriteByte(set[r.IntN(len(set))])
		}
	}
	return b.String()
}

// open reports whether something in the pattern can be anything.
func (p pattern) open() bool {
	for _, set := range p {
		if set == nil {
			return true
		}
	}
	return false
}
