package alter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Script leads from one schema to another.
type Script struct {
	Statements []string // without their final semicolons
	// Unenforced: it drops a table that others refer to, so it has to run with foreign
	// keys off. SQLite only allows switching them off outside of a transaction.
	Unenforced bool
	Orphans    bool     // SQLite can tell, before and after, which rows refer to a missing row
	Notes      []string // what a reader should know
}

// SQL returns the statements for a shell, in one transaction.
func (s *Script) SQL() string {
	var b strings.Builder
	for _, n := range s.Notes {
		fmt.Fprintf(&b, "-- %s\n", n)
	}
	list := append([]string{"BEGIN IMMEDIATE"}, append(slices.Clone(s.Statements), "COMMIT")...)
	if s.Unenforced {
		list = append([]string{"PRAGMA foreign_keys = OFF"}, append(list, "PRAGMA foreign_keys = ON")...)
	}
	for _, statement := range list {
		b.WriteString(sqltext.Ended(statement))
	}
	return b.String()
}
