//go:build !js

package rqlite

import (
	"errors"
	"fmt"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// The errors of a cluster, and of what is refused because rqlite would lose it.
var (
	// ErrUnknownOutcome: a write was sent, and no answer says what became of it. It may be
	// applied, now or later. A write with a key is tried again instead, see [WithKey].
	ErrUnknownOutcome = drey.ErrUnknownOutcome
	// ErrNoLeader: the cluster did not have a leader, or could not be reached, for as long
	// as the client was patient. A write that ends so is not applied.
	ErrNoLeader = errors.New("rqlite: no node could be reached that has a leader")
	// ErrAnswer: an answer is not as rqlite documents it. A write that ends so is
	// [ErrUnknownOutcome], too.
	ErrAnswer = errors.New("rqlite: an answer is not as rqlite documents it")
	// ErrRefused: a node refused the request as a whole, as without permission.
	ErrRefused = errors.New("rqlite: the request was refused")
	// ErrRedirect: a node sent the client elsewhere. Redirects are not followed.
	ErrRedirect = errors.New("rqlite: a redirect, which is not followed")
	// ErrForeignKeys: a node does not enforce foreign keys.
	ErrForeignKeys = errors.New("rqlite: foreign keys are not enforced; start every node with -fk")
	// ErrStatement: a statement would have no effect on rqlite, or not the same on every
	// node.
	ErrStatement = errors.New("rqlite: the statement cannot be run")
	// ErrKey: another write has had the key.
	ErrKey = errors.New("rqlite: another write has had this key")
	// ErrInfinite: a float argument is infinite, which JSON does not have.
	ErrInfinite = errors.New("rqlite: infinity cannot be bound")
	errInfinite = errors.New("rqlite: an answer has an infinite number, which JSON does not have")
	// ErrText: a text, bound or read, is not UTF-8, which JSON does not have.
	ErrText = errors.New("rqlite: text that is not UTF-8")
	// ErrTransaction: a batch runs a list of statements as one.
	ErrTransaction = errors.New("rqlite: there are no transactions; run the statements as a batch")
	// ErrParameters: a statement has more than 32,766 parameters.
	ErrParameters = errors.New("rqlite: more than 32,766 bound parameters")
)

// Error is an error of SQLite, of the leader's.
type Error struct {
	code    int
	message string
}

// Code is SQLite's result code, the extended one where the message tells it
// (https://www.sqlite.org/rescode.html), or 1, SQLITE_ERROR.
func (e *Error) Code() int { return e.code }

// Error is SQLite's message and the code.
func (e *Error) Error() string { return fmt.Sprintf("rqlite: %s (%d)", e.message, e.code) }

// errorOf reads SQLite's message.
func errorOf(message string) *Error { return &Error{remote.CodeOf(message), message} }

// unavailable is ErrNoLeader with the last reason. Its code is SQLITE_BUSY: another
// try may succeed.
type unavailable struct{ last error }

func (u *unavailable) Error() string {
	if u.last == nil {
		return ErrNoLeader.Error()
	}
	return fmt.Sprintf("%v: %v", ErrNoLeader, u.last)
}

func (u *unavailable) Unwrap() []error {
	if u.last == nil {
		return []error{ErrNoLeader}
	}
	return []error{ErrNoLeader, u.last}
}

// Code is SQLITE_BUSY.
func (u *unavailable) Code() int { return 5 }
