//go:build !js

package rqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
)

// rqlite hands on the message of an error, and not its code. What a trigger raises has a
// message of its own, so it is looked for in the triggers.

// codeTrigger is SQLITE_CONSTRAINT_TRIGGER, the code of what a trigger raises.
const codeTrigger = 1811

// readTriggers finds the triggers.
const readTriggers = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%raise%'"

// raised gives the error of a write its code, if a trigger has raised it.
func (c *Cluster) raised(ctx context.Context, list []prepared, err error) error {
	var e *Error
	if !errors.As(err, &e) || e.code != 1 {
		return err
	}
	var triggers []string
	for _, p := range list { // one that was made by the same batch
		triggers = append(triggers, p.text.SQL)
	}
	if found, err := c.read(ctx, []prepared{{text: mustText(readTriggers), rows: true}}); err == nil {
		row := make([]driver.Value, 1)
		for rows := found[0].open(); rows.Next(row) == nil; {
			sql, _ := row[0].(string)
			triggers = append(triggers, sql)
		}
	}
	for _, sql := range triggers {
		if raises(sql, e.message) {
			e.code = codeTrigger
		}
	}
	return err
}

// raises reports whether a RAISE of a trigger gives that message.
func raises(trigger, message string) bool {
	list := allTokens(trigger)
	for i := range list {
		if i+4 >= len(list) || list[i].word != "RAISE" || list[i+1].word != "(" || list[i+3].word != "," {
			continue
		}
		argument := list[i+4:]
		argument = argument[:closing(argument)]
		if len(argument) == 1 && unquoted(trigger[argument[0].from:argument[0].to]) == message ||
			len(argument) > 1 && hasStrings(trigger, argument, message) {
			return true
		}
	}
	return false
}

// closing is the place of the parenthesis that ends a list, or the end.
func closing(list []significant) int {
	depth := 0
	for i, t := range list {
		switch t.word {
		case "(":
			depth++
		case ")":
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return len(list)
}

// hasStrings reports whether a message has the strings of an expression, in their order.
// It has to have one.
func hasStrings(sql string, expression []significant, message string) (any bool) {
	for _, t := range expression {
		text := sql[t.from:t.to]
		if text[0] != '\'' || len(text) <= len("''") {
			continue
		}
		i := strings.Index(message, unquoted(text))
		if i < 0 {
			return false
		}
		message, any = message[i+len(unquoted(text)):], true
	}
	return any
}
