//go:build !js

package rqlite

import (
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// Statement is an SQL statement and the values of its parameters.
type Statement struct {
	SQL  string
	Args []any // as for database/sql
	// Rows says that the statement's rows are wanted: of a SELECT, or those that a
	// RETURNING gives. Without it a statement of a batch tells what it has changed.
	Rows bool
}

// maxParameters is how many values a statement binds at most.
const maxParameters = 32766

// text is an SQL text that rqlite can run.
type text struct {
	*remote.Text
	kind     sqldriver.Kind
	returns  bool // it gives rows
	star     bool // which columns it gives may change with the schema
	computes bool // it is a query that may give values without a declared type
	forms    *forms
	last     atomic.Pointer[moment] // what it was last, see at
}

// newText parses a text. The error is [ErrStatement] if rqlite would lose it, or
// [ErrParameters].
func newText(sql string) (*text, error) {
	if err := refuse(sql); err != nil {
		return nil, err
	}
	parsed, err := remote.Parse(sql, maxParameters, ErrParameters)
	if err != nil {
		return nil, err
	}
	kind := sqldriver.KindOf(sql)
	return &text{Text: parsed, kind: kind, returns: kind == sqldriver.Reading || returns(sql), star: hasStar(sql), computes: kind == sqldriver.Reading && computes(sql), forms: &forms{}}, nil
}

// refusals says of a statement's first word why it is refused, and what to do.
var refusals = map[string]string{
	"PRAGMA":    "a PRAGMA is set on one node and for everybody, or lost; read it with SELECT from its function, pragma_table_info for one",
	"BEGIN":     begins,
	"COMMIT":    begins,
	"END":       begins,
	"ROLLBACK":  begins,
	"SAVEPOINT": begins,
	"RELEASE":   begins,
	"ATTACH":    "it would be done on one connection of one node",
	"DETACH":    "it would be done on one connection of one node",
	"VACUUM":    "rqlite does it, by rqlited's flag -auto-vacuum-int",
	"":          "it is empty",
}

const begins = "rqlite would answer that it is done, and do nothing; run the statements as a batch"

// refuse returns [ErrStatement] with the reason, if rqlite cannot run a text.
func refuse(sql string) error {
	refused := func(why string) error { return fmt.Errorf("%w: %.60s: %s", ErrStatement, strings.TrimSpace(sql), why) }
	if strings.IndexByte(sql, 0) >= 0 {
		return refused("SQLite would end it at its NUL")
	}
	w := sqldriver.Words{Text: sql}
	first := w.Next()
	if why, ok := refusals[first]; ok {
		return refused(why)
	}
	trigger := false
	if first == "CREATE" {
		switch second := w.Next(); second {
		case "TEMP", "TEMPORARY":
			return refused("it would be there on one connection of each node, and lost with that")
		case "TRIGGER":
			trigger = true
		}
	}
	if end := remote.End(sql); end < len(sql) && !trigger && remote.First(sql[end:]) != "" {
		return refused("it has more than one statement; run them as a batch")
	}
	return nil
}

// returns reports whether a statement that writes gives rows.
func returns(sql string) bool {
	w := sqldriver.Words{Text: sql}
	for word := w.Next(); word != ""; word = w.Next() {
		if word == "RETURNING" {
			return true
		}
	}
	return false
}

// hasStar reports whether a text asks for all columns of something.
func hasStar(sql string) bool {
	before := ""
	for at := 0; at < len(sql); {
		n := remote.Token(sql[at:])
		token := sql[at : at+n]
		at += n
		switch {
		case remote.Blank(token):
			continue
		case token == "*":
			switch strings.ToUpper(before) {
			case "SELECT", "DISTINCT", "ALL", "RETURNING", ",", ".":
				return true
			}
		}
		before = token
	}
	return false
}

// computes reports whether a query gives anything but columns, or has another query in it.
func computes(sql string) bool {
	var term []string
	selects, listed, from := 0, false, 0
	for at := 0; at < len(sql); {
		n := remote.Token(sql[at:])
		token, start := sql[at:at+n], at
		at += n
		switch upper := strings.ToUpper(token); {
		case remote.Blank(token):
		case upper == "SELECT":
			selects, from = selects+1, at
		case selects != 1:
			return true
		case listed:
		case token == "," || upper == "FROM":
			if t := newTerm(sql[from:start], term); !t.column && !t.all {
				return true
			}
			term, listed, from = nil, upper == "FROM", at
		default:
			term = append(term, token)
		}
	}
	return !listed
}
