package check

import (
	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/stored"
)

// unreadable finds what the schema and the migrations' own rows hold that Go
// could not read or find, after all migrations: w has them.
func (c *checker) unreadable(w *world, files []migration.File) error {
	applied := make([]migration.Migration, len(files))
	byPath := map[string]*migration.File{}
	for i := range files {
		applied[i] = migration.Migration{Path: files[i].Path, Up: files[i].Up()}
		byPath[files[i].Path] = &files[i]
	}
	problems, warnings, err := stored.Check(c.ctx, w.memory, c.last.Schema, stored.TypesOf(c.opts.Overrides), migration.FindPlaces(applied))
	if err != nil {
		return err
	}
	for rule, list := range map[string]diag.Problems{"unreadable": problems, "may-be-unreadable": warnings} {
		for _, p := range list {
			f := byPath[p.File]
			if f == nil { // nobody knows where
				f = &files[len(files)-1]
			}
			c.add(rule, f, p.Line, p.Fix, "%s", p.Msg)
		}
	}
	return nil
}
