package drey

import (
	"encoding/binary"
	"slices"
	"strings"
)

// beyond is the condition for the rows after some values in an order.
type beyond struct {
	terms     []rung
	values    []any
	inclusive bool // the row with the values, too
}

// shape returns what the SQL depends on: the terms, and where the values are NULL.
func (b *beyond) shape(by naming) ([]byte, bool) {
	key, ok := binary.AppendUvarint([]byte{bit(b.inclusive)}, uint64(len(b.terms))), true
	for i, t := range b.terms {
		if key, ok = t.on.appendShape(key, by); !ok {
			return key, false
		}
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

func (b *beyond) source() *Relation { return b.terms[0].on.source() }
func (b *beyond) nested() bool      { return false }

func (b *beyond) walk(f func(term)) {
	for i := range b.terms {
		b.terms[i].on.walk(f)
	}
}

func (b *beyond) bound() []any {
	_, args, _ := b.render(scope{})
	return args
}

// render renders the condition: a comparison of rows where all terms run the
// same way without NULL, which SQLite searches an index for; otherwise
// (a > ? OR (a = ? AND (b > ? OR …))), with a >= ? in front for the index.
func (b *beyond) render(in scope) (string, []any, error) {
	on := make([]fragment, len(b.terms))
	uniform := true
	for i, t := range b.terms {
		text, args, err := t.on.render(in)
		if err != nil {
			return "", nil, err
		}
		on[i] = fragment{text, args}
		uniform = uniform && !t.nullable && b.values[i] != nil && t.descending == b.terms[0].descending
	}
	if uniform && len(on) > 1 {
		var names []string
		var args []any
		for _, o := range on {
			names, args = append(names, o.text), append(args, o.args...)
		}
		sign := b.terms[0].sign(b.inclusive)
		marks := strings.Repeat(", ?", len(names))[2:]
		return "((" + strings.Join(names, ", ") + ")" + sign + "(" + marks + "))", append(args, b.values...), nil
	}
	text, args := b.from(0, on)
	if first := b.terms[0]; len(on) > 1 && !first.nullable && b.values[0] != nil {
		text = "(" + on[0].text + first.sign(true) + "? AND " + text + ")"
		args = slices.Concat(on[0].args, []any{b.values[0]}, args)
	}
	return text, args, nil
}

// from compares the terms from number i on.
func (b *beyond) from(i int, on []fragment) (text string, args []any) {
	t, o, v := b.terms[i], on[i], b.values[i]
	args = slices.Clone(o.args)
	equal, equals := o.text+" IS NULL", o.args
	switch {
	case v == nil && t.nullsEnd:
		text, args = "1=0", nil
	case v == nil:
		text = o.text + " IS NOT NULL"
	default:
		text, args = o.text+t.sign(false)+"?", append(args, v)
		equal, equals = o.text+" = ?", append(slices.Clip(o.args), v)
		if t.nullable && t.nullsEnd {
			text, args = text+" OR "+o.text+" IS NULL", append(args, o.args...)
		}
	}
	rest, last := "", i == len(b.terms)-1
	if last && !b.inclusive {
		return "(" + text + ")", args
	}
	args = append(args, equals...)
	if !last {
		var more []any
		rest, more = b.from(i+1, on)
		rest, args = " AND "+rest, append(args, more...)
	}
	return "(" + text + " OR (" + equal + rest + "))", args
}

func (t *rung) sign(inclusive bool) string {
	sign := " > "
	if t.descending {
		sign = " < "
	}
	if inclusive {
		sign = sign[:2] + "= "
	}
	return sign
}
