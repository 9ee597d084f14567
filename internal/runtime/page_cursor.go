package drey

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// cursorKind says where a cursor leads: after its row or before it. The kinds
// with From have the row itself, too.
type cursorKind byte

const (
	forward cursorKind = iota
	backward
	forwardFrom
	backwardFrom
)

func (k cursorKind) backward() bool  { return k&1 != 0 }
func (k cursorKind) inclusive() bool { return k >= forwardFrom }

// bindingOf is everything that a query's rows and their order depend on. What is read
// of each row is not.
func bindingOf[S any](q *clauses[S], terms []rung) ([]byte, error) {
	rows := *q
	if rows.made.grouped() == nil {
		rows.made = rows.made.rows()
	} else {
		rows.made = rows.made.reading(rows.made.groups.keys)
	}
	q = &rows
	key, shaped := appendShape(q, make([]byte, 0, 128), named, modeRows)
	args := appendArgs(q, nil, modeRows)
	if !shaped {
		sel, err := selectionOf(q, modeRows)
		if err != nil {
			return nil, err
		}
		text, rendered, err := sel.ToSql()
		if err != nil {
			return nil, err
		}
		key, args = []byte(text), rendered
	}
	b := append(binary.AppendUvarint(nil, uint64(len(key))), key...)
	for _, t := range terms {
		name := t.on.name()
		b = append(binary.AppendUvarint(b, uint64(len(name))), name...)
		args = t.on.appendArgs(args)
		b = append(b, bit(t.descending)|bit(t.nullsEnd)<<1)
	}
	for _, arg := range args {
		v, err := sqldriver.Bindable(arg)
		if err != nil {
			return nil, err
		}
		b = appendValue(b, v)
	}
	return b, nil
}

// The cursor is base64url of its kind, its values, and a checksum of both and
// of the query.

const checksumSize = 12

func checksum(binding, body []byte) []byte {
	h := sha256.New()
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(binding))))
	h.Write(binding)
	h.Write(body)
	return h.Sum(nil)[:checksumSize]
}

func encodeCursor(kind cursorKind, binding []byte, values []any) string {
	body := []byte{byte(kind)}
	for _, v := range values {
		body = appendValue(body, v)
	}
	return base64.RawURLEncoding.EncodeToString(append(body, checksum(binding, body)...))
}

func decodeCursor(cursor string, binding []byte, n int) (kind cursorKind, values []any, ok bool) {
	if len(cursor) > maxCursor {
		return 0, nil, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) < 1+checksumSize || raw[0] > byte(backwardFrom) {
		return 0, nil, false
	}
	body := raw[:len(raw)-checksumSize]
	if string(checksum(binding, body)) != string(raw[len(body):]) {
		return 0, nil, false
	}
	rest := body[1:]
	for range n {
		var v any
		if v, rest, ok = cutValue(rest); !ok {
			return 0, nil, false
		}
		values = append(values, v)
	}
	return cursorKind(body[0]), values, len(rest) == 0
}

// appendValue appends a value as the driver has it: its type, then itself.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, 'n')
	case int64:
		return binary.AppendVarint(append(b, 'i'), v)
	case float64:
		return binary.BigEndian.AppendUint64(append(b, 'f'), math.Float64bits(v))
	case string:
		return append(binary.AppendUvarint(append(b, 's'), uint64(len(v))), v...)
	case []byte:
		return append(binary.AppendUvarint(append(b, 'b'), uint64(len(v))), v...)
	case bool:
		return append(b, 't', bit(v))
	}
	return appendValue(append(b, 'o'), fmt.Sprintf("%T %[1]v", v)) // of a driver's own
}

// cutValue takes a value of SQLite's off the front.
func cutValue(b []byte) (v any, rest []byte, ok bool) {
	if len(b) == 0 {
		return nil, nil, false
	}
	kind, b := b[0], b[1:]
	switch kind {
	case 'n':
		return nil, b, true
	case 'i':
		i, n := binary.Varint(b)
		if n <= 0 {
			return nil, nil, false
		}
		return i, b[n:], true
	case 'f':
		if len(b) < 8 {
			return nil, nil, false
		}
		return math.Float64frombits(binary.BigEndian.Uint64(b)), b[8:], true
	case 's', 'b':
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return nil, nil, false
		}
		text, rest := b[n:n+int(size)], b[n+int(size):]
		if kind == 's' {
			return string(text), rest, true
		}
		return slices.Clone(text), rest, true
	}
	return nil, nil, false
}
