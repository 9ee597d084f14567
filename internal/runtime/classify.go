package drey

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
)

// Failure is the kind of error that a statement ended with.
type Failure string

// The failures that callers tell apart. SQLite's codes for them are in
// https://www.sqlite.org/rescode.html.
const (
	NoFailure           Failure = ""
	NotFound            Failure = "not found"   // sql.ErrNoRows
	UniqueViolation     Failure = "unique"      // a row with that primary or unique key is there already
	ForeignKeyViolation Failure = "foreign key" // a row that is referred to is missing, or still referred to
	NotNullViolation    Failure = "not null"    // a column without a value
	CheckViolation      Failure = "check"       // a CHECK is false
	OtherConstraint     Failure = "constraint"  // a trigger's RAISE, a STRICT table's type
	Busy                Failure = "busy"        // another connection has the lock for longer than the busy timeout
	ReadOnly            Failure = "read-only"   // the database, its folder or its file
	Full                Failure = "full"        // no space is left
	IOFailure           Failure = "io"          // the disk or its file system fails, or a file may not grow
	Corrupt             Failure = "corrupt"     // the file is damaged, or is not a database
	Canceled            Failure = "canceled"    // the context ended, or the statement was interrupted
	UnknownOutcome      Failure = "unknown"     // a write was sent, and is applied or not: see ErrUnknownOutcome
	OtherFailure        Failure = "other"
)

// failures has the failure of SQLite's extended codes, where they say more,
// and of its primary codes, which are their low bytes.
var failures = map[int]Failure{
	1555: UniqueViolation, 2067: UniqueViolation, 2579: UniqueViolation,
	787: ForeignKeyViolation, 1299: NotNullViolation, 275: CheckViolation,
	19: OtherConstraint, 5: Busy, 6: Busy, 8: ReadOnly, 13: Full, 11: Corrupt, 26: Corrupt, 9: Canceled, 10: IOFailure,
}

// constraintTrigger is SQLite's code for a trigger's RAISE, and for ON DELETE and
// ON UPDATE RESTRICT, which it turns into triggers. Only the message differs.
const constraintTrigger = 1811

// restricts are the messages of RESTRICT: from the embedded engine's driver and
// from D1.
var restricts = []string{"constraint failed: FOREIGN KEY constraint failed (1811)", "d1: FOREIGN KEY constraint failed (1811)"}

// FailureOf classifies err, also when it is wrapped, from either half.
func FailureOf(err error) Failure {
	var coded interface { // the driver's error
		error
		Code() int
	}
	switch {
	case err == nil:
		return NoFailure
	case errors.Is(err, sql.ErrNoRows):
		return NotFound
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Canceled
	case errors.Is(err, ErrUnknownOutcome):
		return UnknownOutcome
	case errors.Is(err, ErrSnapshot), errors.Is(err, ErrMoved):
		return ReadOnly
	case errors.Is(err, ErrCorrupt):
		return Corrupt
	case !errors.As(err, &coded):
		return OtherFailure
	}
	if coded.Code() == constraintTrigger && slices.Contains(restricts, coded.Error()) {
		return ForeignKeyViolation
	}
	for _, code := range []int{coded.Code(), coded.Code() & 0xff} {
		if f, ok := failures[code]; ok {
			return f
		}
	}
	return OtherFailure
}

// ViolatedColumns returns the table and the columns of a UniqueViolation or
// NotNullViolation, as far as SQLite names them. It does not name columns for
// an index over expressions.
func ViolatedColumns(err error) (table string, columns []string) {
	switch FailureOf(err) {
	case UniqueViolation, NotNullViolation:
	default:
		return "", nil
	}
	const before = " constraint failed: "
	text := err.Error()
	list := text[strings.LastIndex(text, before)+len(before):]
	if end := strings.LastIndex(list, " ("); end >= 0 { // the code
		list = list[:end]
	}
	for name := range strings.SplitSeq(list, ", ") {
		t, column, ok := strings.Cut(name, ".")
		if !ok || table != "" && t != table {
			return "", nil
		}
		table, columns = t, append(columns, column)
	}
	return table, columns
}
