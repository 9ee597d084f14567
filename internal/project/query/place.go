package query

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Place is a place in a query for predicates of callers: a TRUE with a comment before
// it, as in
//
//	WHERE /* drey:where clicks */ TRUE
//
// sqlc leaves it alone, so without predicates it is TRUE.
type Place struct {
	Name    string // what the query calls the table that the predicates are on
	Comment int    // byte offset in the text
	Start   int    // of the TRUE
}

var (
	// annotation is how a comment for drey begins.
	annotation = regexp.MustCompile(`^(?:--|/\*)\s*drey:(\w+|\s+where\b)`)
	allowLine  = regexp.MustCompile(`^--\s*drey:allow\s+(\w+):\s*(\S.*?)\s*$`)
	whereLine  = regexp.MustCompile(`^(?:--|/\*)\s*drey:where\s([\s\S]*?)(?:\*/)?$`)
)

const placeFix = "write /* drey:where t */ TRUE, with the name that the query has for the table: its alias, if it has one"

// places finds the places in the text of a query, and what is wrong with its other
// comments for drey.
func places(tokens []sqltext.Token, problem func(offset int, fix, format string, args ...any)) (list []Place) {
	for i, t := range tokens {
		if t.Kind != sqltext.Comment {
			continue // most tokens
		}
		m := annotation.FindStringSubmatch(t.Text)
		if m == nil {
			continue
		}
		if m[1] == "allow" {
			continue
		}
		if strings.TrimSpace(m[1]) != "where" {
			problem(t.Start, placeFix+"; or remove the comment", "drey:%s is not a comment that drey knows", m[1])
			continue
		}
		name := ""
		if m := whereLine.FindStringSubmatch(t.Text); m != nil {
			if words := sqltext.Significant(m[1]); len(words) == 1 && words[0].Ident() {
				name = words[0].Name()
			}
		}
		at := place(tokens[i+1:])
		switch {
		case name == "":
			problem(t.Start, placeFix, "the comment does not name one table: %q", t.Text)
		case at < 0:
			problem(t.Start, placeFix, "predicates take the place of a TRUE, and none comes after this comment")
		default:
			list = append(list, Place{name, t.Start, at})
		}
	}
	return list
}

// rules are what a comment can allow.
var rules = []string{"tenant", "deleted", "updated", "scan"}

// allowed finds the comments that allow something, and what is wrong with them. first is
// where the statement begins.
func allowed(tokens []sqltext.Token, first int, problem func(offset int, fix, format string, args ...any)) (list []allowance) {
	for _, t := range tokens {
		if t.Kind != sqltext.Comment {
			continue // most tokens
		}
		if m := annotation.FindStringSubmatch(t.Text); m == nil || m[1] != "allow" {
			continue
		}
		m := allowLine.FindStringSubmatch(t.Text)
		switch {
		case m == nil:
			problem(t.Start, allowFix, "the comment does not say what it allows, and why: %q", t.Text)
		case !slices.Contains(rules, m[1]):
			problem(t.Start, allowFix, "there is nothing called %s to allow", m[1])
		case t.Start > first:
			problem(t.Start, "put it on a line above the statement", "the comment stands within the statement whose %s it allows", m[1])
		default:
			list = append(list, allowance{m[1], m[2], t.Start})
		}
	}
	return list
}

// allowance is a comment that allows something.
type allowance struct {
	rule, reason string
	offset       int
}

var allowFix = "write -- drey:allow RULE: reason, above the query; the rules are " + strings.Join(rules, ", ")

// place returns where the TRUE is that the tokens begin with, or -1. One comment has
// one TRUE.
func place(tokens []sqltext.Token) int {
	for _, t := range tokens {
		switch {
		case t.Is("TRUE"):
			return t.Start
		case t.Kind == sqltext.Comment && annotation.MatchString(t.Text), !t.Blank():
			return -1
		}
	}
	return -1
}
