package sqlite

import (
	"errors"
	"fmt"
	"strings"

	sqlite "modernc.org/sqlite"
)

// Message returns what SQLite itself says in an error of database/sql, without the
// result code's name and number that the driver puts around it. For any other error
// it returns the whole text.
func Message(err error) string {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	msg := e.Error()
	if at := strings.LastIndex(msg, fmt.Sprintf(" (%d)", e.Code())); at >= 0 {
		msg = msg[:at]
	}
	if _, said, ok := strings.Cut(msg, ": "); ok {
		return said
	}
	return msg
}
