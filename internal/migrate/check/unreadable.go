package check

import (
	"cmp"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/stored"
)

// unreadable finds what the schema and the migrations' own rows hold that Go
// could not read or find, or SQLite reads as what it is not meant for, after all
// migrations: w has them.
func (c *checker) unreadable(w *world, files []migration.File) error {
	applied := make([]migration.Migration, len(files))
	byPath := map[string]*migration.File{}
	for i := range files {
		applied[i] = migration.Migration{Path: files[i].Path, Up: files[i].Up()}
		byPath[files[i].Path] = &files[i]
	}
	place := func(path string) *migration.File {
		return cmp.Or(byPath[path], &files[len(files)-1]) // if nobody knows where
	}
	misread, err := w.memory.Misread()
	if err != nil {
		return err
	}
	for _, m := range misread {
		path, line := migration.Created(applied, m.Kind, m.Name)
		c.add("quoted-string", place(path), line, m.Fix(), "%s", m)
	}
	problems, warnings, err := stored.Check(c.ctx, w.memory, c.last.Schema, stored.TypesOf(c.opts.Overrides), migration.FindPlaces(applied))
	if err != nil {
		return err
	}
	for rule, list := range map[string]diag.Problems{"unreadable": problems, "may-be-unreadable": warnings} {
		for _, p := range list {
			c.add(rule, place(p.File), p.Line, p.Fix, "%s", p.Msg)
		}
	}
	return nil
}
