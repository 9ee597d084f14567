// Package diag is how every part of drey says that something is wrong with a
// project: where, what, and what to do about it.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong, at one place. The zero value of a field
// means that it is not known.
type Problem struct {
	File  string // relative to the project's root
	Line  int    // from 1
	Col   int    // from 1, in bytes
	Query string // the name of the query that it is about
	Msg   string // what is wrong
	Fix   string // what to do; may have several lines
	Err   error  // the cause, for errors.Is and errors.As
}

// Error renders the problem as "file:line:col: query Name: message", with the
// fix on indented lines below.
func (p *Problem) Error() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d", p.Line)
			if p.Col > 0 {
				fmt.Fprintf(&b, ":%d", p.Col)
			}
		}
		b.WriteString(": ")
	}
	if p.Query != "" {
		fmt.Fprintf(&b, "query %s: ", p.Query)
	}
	b.WriteString(p.Msg)
	if p.Fix != "" {
		b.WriteString("\n\tfix: ")
		b.WriteString(strings.ReplaceAll(p.Fix, "\n", "\n\t     "))
	}
	return b.String()
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Err }

// Problems is a list of problems that is an error itself.
type Problems []*Problem

// Error renders one problem after the other, each on lines of its own.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.Is and errors.As look into every problem.
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}

// Sort orders the problems by file, line and column, keeping the order of
// those at one place.
func (ps Problems) Sort() {
	slices.SortStableFunc(ps, func(a, b *Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
}

// Once returns the problems without those that read like one before: blocks of sqlc.yaml that
// have queries in common have their faults in common.
func (ps Problems) Once() Problems {
	said := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(ps), func(p *Problem) bool {
		text := p.Error()
		again := said[text]
		said[text] = true
		return again
	})
}

// Err returns the problems as an error, nil where there are none.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}
