// Package migration reads a project's goose migrations and applies them, with
// goose itself, to a database in memory.
//
// [Load] finds the files as sqlc.yaml names them and refuses what goose would
// skip or misread in silence. [Apply] runs them. What goose sends to SQLite is
// written down on its way there, so that the generated package embeds exactly
// these statements and a failure is shown at its line and column.
//
// Only SQL migrations are run, and only their Up sections. The Down sections
// are read, because a mistake in one stops the goose command as well.
package migration

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
	up      []passage
}
