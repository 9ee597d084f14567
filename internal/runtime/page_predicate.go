package drey

import (
	"encoding/binary"
	"strings"
)

// beyond is the condition for the rows after some values in an order.
type beyond struct {
	rel       *Relation
	terms     []term
	values    []any
	inclusive bool // the row with the values, too
}

// shape returns what the SQL depends on: the terms, and where the values are NULL.
func (b *beyond) shape(naming) ([]byte, bool) {
	key := binary.AppendUvarint([]byte{bit(b.inclusive)}, uint64(len(b.terms)))
	for i, t := range b.terms {
		key = binary.AppendUvarint(key, uint64(t.col))
		key = append(key, bit(t.descending)|bit(t.nullsEnd)<<1|bit(t.nullable)<<2|bit(b.values[i] == nil)<<3)
	}
	return key, true
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func (b *beyond) bound() []any {
	_, args, _ := b.ToSql()
	return args
}

// ToSql renders the condition: a comparison of rows where all terms run the
// same way without NULL, which SQLite searches an index for; otherwise
// (a > ? OR (a = ? AND (b > ? OR …))), with a >= ? in front for the index.
func (b *beyond) ToSql() (string, []any, error) {
	names := make([]string, len(b.terms))
	uniform := true
	for i, t := range b.terms {
		names[i] = b.rel.Columns[t.col]
		uniform = uniform && !t.nullable && b.values[i] != nil && t.descending == b.terms[0].descending
	}
	if uniform && len(names) > 1 {
		sign := b.terms[0].sign(b.inclusive)
		marks := strings.Repeat(", ?", len(names))[2:]
		return "((" + strings.Join(names, ", ") + ")" + sign + "(" + marks + "))", b.values, nil
	}
	text, args := b.from(0, names)
	if first := b.terms[0]; len(names) > 1 && !first.nullable && b.values[0] != nil {
		text = "(" + names[0] + first.sign(true) + "? AND " + text + ")"
		args = append([]any{b.values[0]}, args...)
	}
	return text, args, nil
}

// from compares the terms from number i on.
func (b *beyond) from(i int, names []string) (text string, args []any) {
	t, name, v := b.terms[i], names[i], b.values[i]
	equal := name + " IS NULL"
	switch {
	case v == nil && t.nullsEnd:
		text = "1=0"
	case v == nil:
		text = name + " IS NOT NULL"
	default:
		text, equal, args = name+t.sign(false)+"?", name+" = ?", []any{v}
		if t.nullable && t.nullsEnd {
			text += " OR " + name + " IS NULL"
		}
	}
	rest, last := "", i == len(b.terms)-1
	if last && !b.inclusive {
		return "(" + text + ")", args
	}
	if v != nil {
		args = append(args, v)
	}
	if !last {
		var more []any
		rest, more = b.from(i+1, names)
		rest, args = " AND "+rest, append(args, more...)
	}
	return "(" + text + " OR (" + equal + rest + "))", args
}

func (t *term) sign(inclusive bool) string {
	sign := " > "
	if t.descending {
		sign = " < "
	}
	if inclusive {
		sign = sign[:2] + "= "
	}
	return sign
}
