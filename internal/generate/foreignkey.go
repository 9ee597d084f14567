package generate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// misfit is a foreign key for which SQLite refuses statements.
type misfit struct {
	table *schema.Table
	key   schema.ForeignKey
	why   string
	at    diag.Problem
}

// What SQLite says of the statements.
var (
	mismatch = regexp.MustCompile(`foreign key mismatch - "(.*)" referencing "(.*)"`)
	noParent = regexp.MustCompile(`no such table: main\.(.*)`)
)

// misfit finds the foreign key for which SQLite refuses a query. It is nil if
// that is not the reason.
func (r *run) misfit(p *diag.Problem) *misfit {
	child, parent := "", ""
	if m := mismatch.FindStringSubmatch(p.Msg); m != nil {
		child, parent = m[1], m[2]
	} else if m := noParent.FindStringSubmatch(p.Msg); m != nil {
		parent = m[1]
	} else {
		return nil
	}
	for _, b := range r.blocks {
		for _, t := range b.Database.Schema.Tables {
			if child != "" && !sqltext.EqualFold(t.Name, child) {
				continue
			}
			for _, fk := range t.ForeignKeys {
				why := unfit(b.Database.Schema, fk)
				if !sqltext.EqualFold(fk.Table, parent) || why == "" {
					continue
				}
				m := &misfit{table: t, key: fk, why: why}
				m.at.File, m.at.Line = b.Places.Column(t.Name, fk.From[0])
				return m
			}
		}
	}
	return nil
}

const gone = "does not exist"

// unfit says why a foreign key does not fit, "" if it does.
func unfit(s *schema.Schema, fk schema.ForeignKey) string {
	t := s.Table(fk.Table)
	if t == nil {
		return gone
	}
	for _, key := range t.UniqueKeys() {
		if len(key) == len(fk.To) && !slices.ContainsFunc(fk.To, func(name string) bool {
			return !slices.ContainsFunc(key, func(k string) bool { return sqltext.EqualFold(k, name) })
		}) {
			return ""
		}
	}
	return "has no primary key and no unique index on it"
}

// fix is what to do about it.
func (m *misfit) fix() string {
	if m.why == gone {
		return "create the table, or drop the foreign key"
	}
	return "refer to a primary key or to columns with a unique index, or CREATE UNIQUE INDEX on those that it refers to"
}

func (m *misfit) String() string {
	to := m.key.Table
	if m.key.To[0] != "" {
		to += " (" + strings.Join(m.key.To, ", ") + ")"
	}
	return fmt.Sprintf("the foreign key %s (%s) refers to %s, which %s", m.table.Name, strings.Join(m.key.From, ", "), to, m.why)
}

// remedy is where the foreign key is, and what to do about it.
func (m *misfit) remedy() string {
	at := m.at.File
	if m.at.Line > 0 {
		at = fmt.Sprintf("%s:%d", m.at.File, m.at.Line)
	}
	return fmt.Sprintf("at %s %s:\n%s", at, m, m.fix())
}
