package cli

import (
	"errors"
	"fmt"
	"path"

	"github.com/dreysql/drey/internal/project/migration"
)

// errForeign: another tool than goose runs these migrations.
var errForeign = errors.New("another tool runs these migrations")

// errUnrecorded: nothing says which of its SQL files a database has.
var errUnrecorded = errors.New("the schema is plain SQL files: nothing records which of them a database has\n" +
	"\tfix: drey migrate drift compares a database with all of them; drey migrate convert makes goose migrations of them, which are recorded")

// foreignError says which tool that is, and how it does what a command does.
type foreignError struct {
	kind    migration.Kind
	command string // of the tool, or how a cluster is brought there; "" if there is none
}

func (e foreignError) Error() string {
	shown := e.kind.Evidence
	if e.kind.File != "" {
		shown = e.kind.File
		if e.kind.Line > 0 {
			shown += fmt.Sprintf(":%d", e.kind.Line)
		}
		shown += ": " + e.kind.Evidence
	}
	const convert = "make goose migrations of them, which drey and goose run: drey migrate convert"
	if e.command == "" {
		return fmt.Sprintf("%s (%s)\n\tfix: %s", e.kind.Runs(), shown, convert)
	}
	return fmt.Sprintf("%s (%s)\n\tfix: %s\n\t     or %s", e.kind.Runs(), shown, e.command, convert)
}

func (e foreignError) Unwrap() error { return errForeign }

// own returns an error for a command that is for goose migrations alone, where another
// tool keeps them.
func (p *migrateProject) own(command string) error {
	s, err := p.find()
	if err != nil {
		return err
	}
	kind, err := s.Kind()
	if kind.Format == nil || !kind.Foreign() {
		return nil // what is wrong with goose migrations is for the command to say
	}
	if err != nil {
		return err
	}
	files, err := s.Files()
	if err != nil {
		return err
	}
	folder := path.Dir(files[0].Path)
	if t, err := p.target(); err == nil && t.Cluster() && command != "new" {
		return foreignError{kind, kind.OnCluster(command, folder)}
	}
	return foreignError{kind, kind.Command(command, folder)}
}

// versioned are the migrations, where another tool keeps them: goose's versions are read
// without them.
func (p *migrateProject) versioned() ([]migration.File, error) {
	s, err := p.find()
	if err != nil {
		return nil, nil // a database has its version without a project
	}
	if kind, _ := s.Kind(); kind.Format == nil || !kind.Foreign() {
		return nil, nil
	}
	return s.Files()
}
