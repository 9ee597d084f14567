package remote

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrJSON: an answer is not as the engine documents it.
var ErrJSON = errors.New("an answer is not as the engine documents it")

// Reader reads JSON that does not contain spaces.
type Reader struct {
	Text string
	At   int
	// Number reads a number.
	Number func(text string) (driver.Value, error)
}

// Skip steps over a byte, if it is the next one.
func (r *Reader) Skip(c byte) bool {
	if r.At < len(r.Text) && r.Text[r.At] == c {
		r.At++
		return true
	}
	return false
}

// Word steps over a text, if it comes next.
func (r *Reader) Word(text string) bool {
	if !strings.HasPrefix(r.Text[r.At:], text) {
		return false
	}
	r.At += len(text)
	return true
}

// List steps over a list or an object of whatever.
func (r *Reader) List() error {
	if r.At == len(r.Text) || r.Text[r.At] != '[' && r.Text[r.At] != '{' {
		return ErrJSON
	}
	for depth := 0; r.At < len(r.Text); r.At++ {
		switch r.Text[r.At] {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				r.At++
				return nil
			}
		case '"':
			if _, err := r.Str(); err != nil {
				return err
			}
			r.At--
		}
	}
	return ErrJSON
}

// Value reads null, a number, a string, or an array of bytes.
func (r *Reader) Value() (driver.Value, error) {
	if r.At == len(r.Text) {
		return nil, ErrJSON
	}
	switch r.Text[r.At] {
	case '"':
		return r.Str()
	case '[':
		return r.Bytes()
	case 'n':
		if !r.Word("null") {
			return nil, ErrJSON
		}
		return nil, nil
	}
	return r.Number(r.Scalar())
}

// Cell steps over null, a number, a string, or an array of bytes, and returns its text.
func (r *Reader) Cell() (string, error) {
	start := r.At
	if start == len(r.Text) {
		return "", ErrJSON
	}
	switch r.Text[start] {
	case '"':
		for i := start + 1; i < len(r.Text); i++ {
			switch r.Text[i] {
			case '"':
				r.At = i + 1
				return r.Text[start:r.At], nil
			case '\\':
				i++
			}
		}
		return "", ErrJSON
	case '[':
		end := strings.IndexByte(r.Text[start:], ']')
		if end < 0 {
			return "", ErrJSON
		}
		r.At = start + end + 1
		return r.Text[start:r.At], nil
	}
	if r.Scalar() == "" {
		return "", ErrJSON
	}
	return r.Text[start:r.At], nil
}

// Scalar is the text up to the next comma or bracket.
func (r *Reader) Scalar() string {
	start := r.At
	for r.At < len(r.Text) && r.Text[r.At] != ',' && r.Text[r.At] != ']' && r.Text[r.At] != '}' {
		r.At++
	}
	return r.Text[start:r.At]
}

// Str reads a string.
func (r *Reader) Str() (string, error) {
	if !r.Skip('"') {
		return "", ErrJSON
	}
	for i := r.At; i < len(r.Text); i++ {
		switch r.Text[i] {
		case '"':
			s := r.Text[r.At:i]
			r.At = i + 1
			return s, nil
		case '\\':
			return r.escaped(i)
		}
	}
	return "", ErrJSON
}

// escaped reads a string that has its first escape at i.
func (r *Reader) escaped(i int) (string, error) {
	for ; i < len(r.Text); i++ {
		switch r.Text[i] {
		case '"':
			var s string
			if err := json.Unmarshal([]byte(r.Text[r.At-1:i+1]), &s); err != nil {
				return "", fmt.Errorf("%w: %w", ErrJSON, err)
			}
			r.At = i + 1
			return s, nil
		case '\\':
			i++
		}
	}
	return "", ErrJSON
}

// Bytes reads an array of bytes. For an empty one it does not return nil, which is
// NULL.
func (r *Reader) Bytes() ([]byte, error) {
	r.At++
	b := []byte{}
	for !r.Skip(']') {
		if len(b) > 0 && !r.Skip(',') {
			return nil, ErrJSON
		}
		n, err := strconv.ParseUint(r.Scalar(), 10, 8)
		if err != nil {
			return nil, ErrJSON
		}
		b = append(b, byte(n))
	}
	return b, nil
}

// Object calls field with the name of each field, which reads its value.
func (r *Reader) Object(field func(name string) error) error {
	return r.between('{', '}', func() error {
		name, err := r.Str()
		if err != nil {
			return err
		}
		if !r.Skip(':') {
			return ErrJSON
		}
		return field(name)
	})
}

// Array calls item to read each item.
func (r *Reader) Array(item func() error) error { return r.between('[', ']', item) }

func (r *Reader) between(open, end byte, item func() error) error {
	if !r.Skip(open) {
		return ErrJSON
	}
	for first := true; !r.Skip(end); first = false {
		if !first && !r.Skip(',') {
			return ErrJSON
		}
		if err := item(); err != nil {
			return err
		}
	}
	return nil
}

// Any steps over a value.
func (r *Reader) Any() error {
	if r.At == len(r.Text) {
		return ErrJSON
	}
	switch r.Text[r.At] {
	case '"':
		_, err := r.Str()
		return err
	case '[', '{':
		return r.List()
	}
	switch scalar := r.Scalar(); scalar {
	case "null", "true", "false":
		return nil
	default:
		_, err := r.Number(scalar)
		return err
	}
}
