package migrate

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/project/migration"
)

// timestamps are versions from this one on: a year, a month and so on.
const (
	timestamps      = 1970_01_01_00_00_00
	timestampFormat = "20060102150405"
)

// minWidth is how many digits a number has at least.
const minWidth = 5

// digits is how many a migration's name begins with.
func digits(f *migration.File) int {
	number, _, _ := strings.Cut(f.Name(), "_")
	return len(number)
}

// Empty is a migration that does nothing yet.
const Empty = "-- +goose Up\n\n-- +goose Down\n"

var notInName = regexp.MustCompile(`[^\pL\pN]+`)

// NextName is the name of the next migration: a timestamp if the newest one has
// one or timestamp says so, and the next number with as many digits otherwise,
// at least five.
func NextName(files []migration.File, name string, timestamp bool, now time.Time) (string, error) {
	slug := strings.Trim(strings.ToLower(notInName.ReplaceAllString(name, "_")), "_")
	if slug == "" {
		return "", fmt.Errorf("%q is no name for a migration: write what it does, as in add_orders", name)
	}
	var last int64
	width := minWidth
	for i := range files {
		f := &files[i]
		if last = f.Version(); last < timestamps {
			width = max(width, digits(f))
		}
	}
	if timestamp || last >= timestamps {
		at := now.UTC()
		for {
			version := at.Format(timestampFormat)
			if version > fmt.Sprint(last) || last < timestamps {
				return version + "_" + slug + ".sql", nil
			}
			at = at.Add(time.Second)
		}
	}
	return fmt.Sprintf("%0*d_%s.sql", width, last+1, slug), nil
}

// Create writes a new migration into a folder, which it makes if need be. It
// returns the path.
func Create(folder, name, content string) (string, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(folder, name)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(content)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(path)
		return "", err
	}
	return path, nil
}
