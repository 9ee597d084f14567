// Package ids has types that the project itself stores.
package ids

import (
	"database/sql/driver"
	"fmt"

	"github.com/google/uuid"
)

// Binary is a UUID kept as a BLOB of 16 bytes.
type Binary uuid.UUID

func (b Binary) Value() (driver.Value, error) { return b[:], nil }

func (b *Binary) Scan(v any) error {
	data, ok := v.([]byte)
	if !ok || len(data) != len(b) {
		return fmt.Errorf("want a BLOB of 16 bytes, have %T", v)
	}
	copy(b[:], data)
	return nil
}

// Cents is a price in hundredths, a number to Go and to SQLite.
type Cents int64
