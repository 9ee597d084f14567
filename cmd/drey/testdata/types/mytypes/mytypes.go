// Package mytypes has types that overrides name.
package mytypes

import (
	"database/sql/driver"
	"fmt"
	"strings"
)

// Status is a word.
type Status string

const (
	Draft Status = "draft"
	Sent  Status = "sent"
)

// Cents is a price in hundredths.
type Cents int64

// Note is text that has no NULL.
type Note string

// Tags are kept as text with commas. Nil is NULL.
type Tags []string

func (t Tags) Value() (driver.Value, error) {
	if t == nil {
		return nil, nil
	}
	return strings.Join(t, ","), nil
}

func (t *Tags) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*t = nil
	case string:
		*t = strings.Split(v, ",")
	default:
		return fmt.Errorf("Tags: %T", v)
	}
	return nil
}
