// Package migration reads a project's goose migrations and applies them, with
// goose itself, to a database in memory.
//
// [Load] finds the files as sqlc.yaml names them and refuses what goose would
// skip or misread in silence. [Apply] runs them. What goose sends to SQLite is
// written down on its way there, so that the generated package embeds exactly
// these statements and a failure is shown at its line and column.
//
// Only SQL migrations are run. [Apply] runs their Up sections; a [Session] is
// for everything else that goose does with them.
package migration

import (
	"path"

	"github.com/pressly/goose/v3"
)

// VersionTable is where goose keeps the versions that a database has.
const VersionTable = goose.DefaultTablename

// Migration is an applied migration.
type Migration struct {
	Version int64
	Name    string      // base name of the file
	Path    string      // relative to the project's root, slash-separated
	NoTx    bool        // it has -- +goose NO TRANSACTION
	Up      []Statement // as goose ran them, in order
}

// Statement is what goose sent to SQLite at once: usually one statement.
type Statement struct {
	SQL  string
	Line int // of its first line in the file; 0 if it cannot be told
}

// File is a migration file.
type File struct {
	Path    string // relative to the project's root, slash-separated
	Content []byte
	version int64
	content
}

// Version is the number that the name begins with.
func (f *File) Version() int64 { return f.version }

// Name is the base name.
func (f *File) Name() string { return path.Base(f.Path) }

// NoTx reports whether it has -- +goose NO TRANSACTION.
func (f *File) NoTx() bool { return f.noTx }

// DownLine returns the line of -- +goose Down, or 0.
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
