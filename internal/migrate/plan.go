package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/project/migration"
)

// Step is a migration that goes up or down.
type Step struct {
	File *migration.File
	Up   bool
}

// Statements are those of the step.
func (s Step) Statements() []migration.Statement {
	if s.Up {
		return s.File.Up()
	}
	return s.File.Down()
}

// Applied is a migration that a database has.
type Applied struct {
	Version  int64     // 0 where another tool has applied one of which there is no file
	At       time.Time // UTC; zero where a tool does not say it
	Recorded string    // what another tool calls it, see [migration.File]
}

// ReadApplied returns the migrations that a database has, in the order in which
// they were applied. The list is nil if the version table is not there: the database was
// never migrated.
func ReadApplied(ctx context.Context, db *sql.DB) ([]Applied, error) {
	there, err := hasTable(ctx, db, migration.VersionTable)
	if err != nil || !there {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT version_id, is_applied, unixepoch(tstamp) FROM "+migration.VersionTable+" WHERE version_id > 0 ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Applied{}
	for rows.Next() {
		var a Applied
		var is bool
		var at sql.NullInt64
		if err := rows.Scan(&a.Version, &is, &at); err != nil {
			return nil, err
		}
		a.At = time.Unix(at.Int64, 0).UTC()
		list = recorded(list, a, is)
	}
	return list, rows.Err()
}

// recorded is the list after a row of goose's table, by which a version is applied or is
// not any more.
func recorded(list []Applied, a Applied, is bool) []Applied {
	known := slices.IndexFunc(list, func(b Applied) bool { return b.Version == a.Version })
	switch {
	case is && known < 0:
		list = append(list, a)
	case !is && known >= 0:
		list = slices.Delete(list, known, known+1)
	}
	return list
}

// Current returns the highest version of those applied, as goose version
// prints it, or 0.
func Current(applied []Applied) (version int64) {
	for _, a := range applied {
		version = max(version, a.Version)
	}
	return version
}

// ErrMissing: a later migration was applied to the database without an earlier
// one.
var ErrMissing = errors.New("there are migrations that were not applied, older than the database's version")

// ErrNothing: the database has no migration to take back, or lacks none.
var ErrNothing = errors.New("nothing to do")

// Plan says which steps a database needs.
type Plan func(files []migration.File, applied []Applied) ([]Step, error)

// Up applies what a database lacks. allowMissing says that it also applies
// what is older than the database's version.
func Up(allowMissing bool) Plan { return UpTo(math.MaxInt64, allowMissing) }

// UpTo is Up for the migrations up to and including that version, of which there
// need not be a file. A version before the first file is an error.
func UpTo(version int64, allowMissing bool) Plan {
	return func(files []migration.File, applied []Applied) ([]Step, error) {
		if first := &files[0]; version < first.Version() {
			return nil, fmt.Errorf("there is no migration up to version %d: the first one is %s", version, first.Path)
		}
		return pending(files, applied, version, allowMissing)
	}
}

// UpByOne applies the first migration that a database lacks, and fails if there is
// none, so that a script which repeats it comes to an end.
func UpByOne(allowMissing bool) Plan {
	return func(files []migration.File, applied []Applied) ([]Step, error) {
		steps, err := pending(files, applied, math.MaxInt64, allowMissing)
		if err == nil && len(steps) == 0 {
			err = fmt.Errorf("%w: every migration is applied", ErrNothing)
		}
		return steps[:min(1, len(steps))], err
	}
}

func pending(files []migration.File, applied []Applied, last int64, allowMissing bool) ([]Step, error) {
	have := map[int64]bool{}
	for _, a := range applied {
		have[a.Version] = true
	}
	current := Current(applied)
	var steps []Step
	var missing []string
	for i := range files {
		f := &files[i]
		if have[f.Version()] || f.Version() > last {
			continue
		}
		if f.Version() < current {
			missing = append(missing, f.Path)
		}
		steps = append(steps, Step{f, true})
	}
	if len(missing) > 0 && !allowMissing {
		return nil, fmt.Errorf("%w, %d: %s\n\tfix: give them a version above it, or apply them with drey migrate up --allow-missing",
			ErrMissing, current, strings.Join(missing, ", "))
	}
	return steps, nil
}

// Down takes back the migration that was applied last, and fails if there is none.
func Down(files []migration.File, applied []Applied) ([]Step, error) {
	if len(applied) == 0 {
		return nil, fmt.Errorf("%w: no migration is applied", ErrNothing)
	}
	return back(files, applied, func(undone int, _ int64) bool { return undone < 1 })
}

// DownTo takes back the migrations above a version, of which there need not be a
// file. 0 takes everything back.
func DownTo(version int64) Plan {
	return func(files []migration.File, applied []Applied) ([]Step, error) {
		return back(files, applied, func(_ int, v int64) bool { return v > version })
	}
}

// Reset takes all migrations back. It returns [ErrNothing] for a database that was never
// migrated.
func Reset(files []migration.File, applied []Applied) ([]Step, error) {
	if applied == nil {
		return nil, fmt.Errorf("%w: the database was never migrated", ErrNothing)
	}
	return DownTo(0)(files, applied)
}

// Redo is Down for the migration that was applied last, and applies it again.
func Redo(files []migration.File, applied []Applied) ([]Step, error) {
	steps, err := Down(files, applied)
	for _, s := range steps {
		steps = append(steps, Step{s.File, true})
	}
	return steps, err
}

// To goes up or down to a version. 0 takes everything back.
func To(version int64) Plan {
	return func(files []migration.File, applied []Applied) ([]Step, error) {
		known := version == 0 || slices.ContainsFunc(files, func(f migration.File) bool { return f.Version() == version })
		switch {
		case !known:
			return nil, fmt.Errorf("there is no migration of version %d: the last one is %s", version, files[len(files)-1].Path)
		case version >= Current(applied):
			return pending(files, applied, version, false)
		}
		return DownTo(version)(files, applied)
	}
}

// back takes migrations back, the one applied last first, for as long as more
// says so.
func back(files []migration.File, applied []Applied, more func(undone int, version int64) bool) ([]Step, error) {
	var steps []Step
	for _, a := range slices.Backward(applied) {
		if !more(len(steps), a.Version) {
			break
		}
		i := slices.IndexFunc(files, func(f migration.File) bool { return f.Version() == a.Version })
		if i < 0 {
			return nil, fmt.Errorf("the database has version %d, of which there is no file: get the file that it was applied from", a.Version)
		}
		steps = append(steps, Step{&files[i], false})
	}
	return steps, nil
}
