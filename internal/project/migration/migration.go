// Package migration reads a project's migrations and applies them, with goose
// itself, to a database in memory.
//
// [Load] finds the files as sqlc.yaml names them, in the [Format] of whatever tool
// keeps them, and refuses what that tool would skip or misread in silence. A file of
// another tool is read as the goose migration that it would be: what runs is the same
// text, and [File.Goose] is how it is converted. [Apply] runs them. What goose sends to SQLite is
// written down on its way there, so that the generated package embeds exactly
// these statements and a failure is shown at its line and column.
//
// Only SQL migrations are run. [Apply] runs their Up sections; a [Session] is
// for everything else that goose does with them.
package migration

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"github.com/pressly/goose/v3"
)

// VersionTable is where goose keeps the versions that a database has.
const VersionTable = goose.DefaultTablename

// Migration is an applied migration.
type Migration struct {
	Version  int64
	Name     string      // base name of the file
	Path     string      // relative to the project's root, slash-separated
	Recorded string      // as in [File]
	NoTx     bool        // it ran without a transaction around it
	Up       []Statement // as goose ran them, in order
}

// Statement is what goose sent to SQLite at once: usually one statement.
type Statement struct {
	SQL     string
	Line    int    // of its first line in the file; 0 if it cannot be told
	Comment string // the lines of comments right above it, which goose leaves out
}

// File is a migration file.
type File struct {
	Path     string // relative to the project's root, slash-separated
	DownPath string // of the file that undoes it, "" where that is in the same or nowhere
	Content  []byte // of Path
	Format   *Format
	// From is the format of another tool that it is in, or was in before it was
	// converted; nil for a migration that was goose's from the beginning.
	From *Format
	// Recorded is how that tool calls it: in its table of versions, where it has one.
	Recorded string

	undoes  []byte // the content of DownPath
	version int64
	goose   []byte // it as a goose migration, nil where it is one
	content
}

// Version is the number that the name begins with. Where another tool's files do
// not have numbers that rise from 1 up, they get the next ones in their order.
func (f *File) Version() int64 { return f.version }

// Goose is the text of the migration as goose takes it.
func (f *File) Goose() []byte {
	if f.goose == nil {
		return f.Content
	}
	return f.goose
}

// GooseName is the name that goose takes it by, with so many digits or more.
func (f *File) GooseName(width int) string {
	if f.Format == Goose {
		return f.Name()
	}
	parts := nameParts.FindStringSubmatch(strings.TrimSuffix(strings.TrimSuffix(f.Name(), ".sql"), ".up") + ".sql")
	rest := "migration"
	if parts != nil && parts[2] != "" {
		rest = parts[2]
	}
	return fmt.Sprintf("%0*d_%s.sql", width, f.version, rest)
}

// Name is the base name.
func (f *File) Name() string { return path.Base(f.Path) }

// NoTx reports whether it runs without a transaction around it: in goose's words, it
// has -- +goose NO TRANSACTION.
func (f *File) NoTx() bool { return f.noTx }

// Undoes is the path of the file in which the statements of Down are.
func (f *File) Undoes() string { return cmp.Or(f.DownPath, f.Path) }

// Text is a file of a migration.
type Text struct {
	Name    string // base name
	Content []byte
}

// Texts are the files of the migration: itself, and the one that undoes it if that is
// another.
func (f *File) Texts() []Text {
	list := []Text{{f.Name(), f.Content}}
	if f.DownPath != "" {
		list = append(list, Text{path.Base(f.DownPath), f.undoes})
	}
	return list
}

// DownLine returns the line at which Down begins in that file, or 0 if there is no
// Down.
func (f *File) DownLine() int { return f.downLine }

// Up are the statements of the Up section, as goose sends them.
func (f *File) Up() []Statement { return listed(f.up) }

// Down are the statements of the Down section.
func (f *File) Down() []Statement { return listed(f.down) }

func listed(passages []passage) []Statement {
	list := make([]Statement, len(passages))
	for i, p := range passages {
		list[i] = Statement{SQL: p.text, Line: p.lines[0]}
	}
	return list
}
