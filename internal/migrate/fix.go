package migrate

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Renumbered is a migration whose version is a time, and the name that it gets.
type Renumbered struct {
	File *migration.File
	Name string // base name

	version int64
}

// Renumber finds the migrations whose version is a time and gives them the numbers
// after the last one that is not, in their order, as goose fix does.
func Renumber(files []migration.File) []Renumbered {
	var list []Renumbered
	next, width := int64(1), minWidth
	for i := range files {
		f := &files[i]
		if f.Version() >= timestamps {
			list = append(list, Renumbered{File: f})
			continue
		}
		next, width = f.Version()+1, max(width, digits(f))
	}
	slices.SortStableFunc(list, func(a, b Renumbered) int { return cmp.Compare(a.File.Version(), b.File.Version()) })
	for i := range list {
		r := &list[i]
		_, rest, _ := strings.Cut(r.File.Name(), "_")
		r.version, r.Name = next, fmt.Sprintf("%0*d_%s", width, next, rest)
		next++
	}
	return list
}

// Rename gives the file below root its name, and the version where the migration
// records it by itself. A failure leaves the old file.
func (r Renumbered) Rename(root string) error {
	from := filepath.Join(root, filepath.FromSlash(r.File.Path))
	to := filepath.Join(filepath.Dir(from), r.Name)
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("%s is there already", to)
	}
	content := r.recording()
	if content == string(r.File.Content) {
		return os.Rename(from, to)
	}
	if _, err := Create(filepath.Dir(to), r.Name, content); err != nil {
		return err
	}
	if err := os.Remove(from); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

// recording returns the text of the migration with its new version in the
// statements that record one.
func (r Renumbered) recording() string {
	content := string(r.File.Content)
	was, is := fmt.Sprint(r.File.Version()), fmt.Sprint(r.version)
	for _, s := range slices.Concat(r.File.Up(), r.File.Down()) {
		tokens := sqltext.Significant(s.SQL)
		if !slices.ContainsFunc(tokens, func(t sqltext.Token) bool { return t.Ident() && sqltext.EqualFold(t.Name(), migration.VersionTable) }) {
			continue
		}
		text := s.SQL
		for _, t := range slices.Backward(tokens) {
			if t.Kind == sqltext.Integer && t.Text == was {
				text = text[:t.Start] + is + text[t.Start+len(t.Text):]
			}
		}
		content = strings.Replace(content, s.SQL, text, 1)
	}
	return content
}
