package remote

import "strings"

// Codes of SQLite, see https://www.sqlite.org/rescode.html.
const (
	codeError      = 1
	codeConstraint = 19
)

// messages gives SQLite's extended code by what its message begins with.
var messages = []struct {
	begins string
	code   int
}{
	{"UNIQUE constraint failed: ", 2067},
	{"FOREIGN KEY constraint failed", 787},
	{"NOT NULL constraint failed: ", 1299},
	{"CHECK constraint failed: ", 275},
	{"cannot store ", 3091}, // of a STRICT table
	{"constraint failed", codeConstraint},
	{"datatype mismatch", 20},
	{"database is locked", 5},
	{"database table is locked", 6},
	{"attempt to write a readonly database", 8},
	{"interrupted", 9},
	{"disk I/O error", 10},
	{"database disk image is malformed", 11},
	{"database or disk is full", 13},
	{"unable to open database file", 14},
	{"string or blob too big", 18},
	{"file is not a database", 26},
}

// CodeOf returns SQLite's code of an error by its message, 1 if the message does not
// tell.
func CodeOf(message string) int {
	for _, m := range messages {
		if strings.HasPrefix(message, m.begins) {
			return m.code
		}
	}
	return codeError
}
