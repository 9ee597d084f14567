package d1

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// The errors of what the driver refuses, because D1 would lose it or does not have
// it.
var (
	// ErrInteger: an integer argument has more than 53 bits, so a JavaScript
	// number cannot hold it.
	ErrInteger = errors.New("d1: an integer past 2^53 would lose digits")
	// ErrInfinite: a float argument is infinite, which D1 would store as NULL.
	ErrInfinite = errors.New("d1: infinity cannot be bound")
	// ErrNaN: a float argument is not a number, which SQLite makes NULL of.
	ErrNaN = errors.New("d1: NaN cannot be bound")
	// ErrText: a text argument is not UTF-8.
	ErrText = errors.New("d1: text that is not UTF-8 cannot be bound; bind []byte")
	// ErrYear: a time argument is not between the years 0 and 9999 in UTC.
	ErrYear = errors.New("d1: a time outside of the years 0 to 9999")
	// ErrTransaction: D1 does not have transactions. A batch runs a list of
	// statements as one.
	ErrTransaction = errors.New("d1: there are no transactions; run the statements as a batch")
	// ErrParameters: a statement has more than 100 parameters.
	ErrParameters = errors.New("d1: more than 100 bound parameters")
	// ErrColumn: rows of a batch have a column whose name is a number. D1 gives
	// them as JavaScript objects, which forget where such a column stood.
	ErrColumn = errors.New("d1: a batch loses the place of a column that is named by a number; give it another name with AS")
)

// Error is an error of D1 or of SQLite below it.
type Error struct {
	code    int
	message string
}

// Code is SQLite's result code, the extended one where D1 tells it
// (https://www.sqlite.org/rescode.html), or 1, SQLITE_ERROR.
func (e *Error) Code() int { return e.code }

// Error is SQLite's message and the code.
func (e *Error) Error() string { return fmt.Sprintf("d1: %s (%d)", e.message, e.code) }

// codes has the names with which D1 ends its messages.
var codes = map[string]int{
	"SQLITE_ERROR": 1, "SQLITE_INTERNAL": 2, "SQLITE_PERM": 3, "SQLITE_ABORT": 4, "SQLITE_BUSY": 5, "SQLITE_LOCKED": 6,
	"SQLITE_NOMEM": 7, "SQLITE_READONLY": 8, "SQLITE_INTERRUPT": 9, "SQLITE_IOERR": 10, "SQLITE_CORRUPT": 11,
	"SQLITE_FULL": 13, "SQLITE_CANTOPEN": 14, "SQLITE_SCHEMA": 17, "SQLITE_TOOBIG": 18, "SQLITE_CONSTRAINT": 19,
	"SQLITE_MISMATCH": 20, "SQLITE_MISUSE": 21, "SQLITE_AUTH": 23, "SQLITE_RANGE": 25, "SQLITE_NOTADB": 26,

	"SQLITE_CONSTRAINT_CHECK": 275, "SQLITE_CONSTRAINT_COMMITHOOK": 531, "SQLITE_CONSTRAINT_FOREIGNKEY": 787,
	"SQLITE_CONSTRAINT_FUNCTION": 1043, "SQLITE_CONSTRAINT_NOTNULL": 1299, "SQLITE_CONSTRAINT_PRIMARYKEY": 1555,
	"SQLITE_CONSTRAINT_TRIGGER": 1811, "SQLITE_CONSTRAINT_UNIQUE": 2067, "SQLITE_CONSTRAINT_VTAB": 2323,
	"SQLITE_CONSTRAINT_ROWID": 2579, "SQLITE_CONSTRAINT_PINNED": 2835, "SQLITE_CONSTRAINT_DATATYPE": 3091,
}

// services are messages of D1 itself that have a counterpart in SQLite, see
// https://developers.cloudflare.com/d1/observability/debug-d1/.
var services = []struct {
	has  string
	code int
}{
	{"D1 DB is overloaded", 5},
	{"Exceeded maximum DB size", 13},
}

const extendedMark = " (extended: "

// errorOf reads a message of D1, such as "D1_ERROR: UNIQUE constraint failed:
// t.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)".
func errorOf(message string) *Error {
	message = strings.TrimPrefix(message, "Error: ")
	message = strings.TrimPrefix(message, "D1_ERROR: ")
	e := &Error{code: 1, message: message}
	for _, s := range services {
		if strings.Contains(message, s.has) {
			e.code = s.code
			return e
		}
	}
	text, extended := message, ""
	if i := strings.LastIndex(message, extendedMark); i >= 0 {
		text, extended = message[:i], message[i+len(extendedMark):]
	}
	colon := strings.LastIndex(text, ": SQLITE_")
	if colon < 0 {
		return e
	}
	e.message = text[:colon]
	if code, ok := codes[strings.TrimSuffix(extended, ")")]; ok {
		e.code = code
		return e
	}
	code, ok := codes[text[colon+2:]]
	if !ok {
		return e
	}
	e.code = code
	if told := remote.CodeOf(e.message); code == 19 && told&0xff == 19 { // D1 tells only the primary one
		e.code = told
	}
	return e
}
