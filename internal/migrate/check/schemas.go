package check

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// databases are those that go up with the migrations.
type databases struct {
	own    *world  // with the migrations' own rows
	filled *filled // with made-up rows as well
}

func (d *databases) close() {
	d.own.close()
	d.filled.close()
}

// run goes through the migrations once. If the schema cannot be read after one, it
// ends before that one.
func (c *checker) run(files []migration.File) error {
	own, err := newWorld(files)
	if err != nil {
		return err
	}
	if _, err := own.Provider.GetDBVersion(c.ctx); err != nil { // which makes goose's table
		own.close()
		return err
	}
	d := &databases{own: own}
	if d.filled, err = fillable(own.memory); err != nil {
		own.close()
		return err
	}
	defer d.close()
	c.last = &alter.Snapshot{Schema: &schema.Schema{}}
	c.index = newIndex(&c.reader)
	for i := range files {
		up := &step{checker: c, file: &files[i], up: true, list: parts(files[i].Up()), before: c.last}
		up.reach = c.index.reaches(up.list)
		after, err := c.schemas(d, &files[i])
		if after == nil || err != nil {
			return err
		}
		up.after, c.last, c.done = after, after, i+1
		c.index.change(c.reader.Gone, c.reader.Come)
		if err := c.rows(d, up); err != nil {
			return err
		}
		c.progress(i + 1)
	}
	if slices.Contains(c.opts.Enable, RqliteRule) {
		c.rqliteSchema(files)
	}
	if err := c.unreadable(d.own, files); err != nil {
		return err
	}
	for _, q := range c.opts.Queries {
		if err := c.used(d.own, files, q); err != nil {
			return err
		}
	}
	return nil
}

// schemas applies a migration, and tries on a copy whether its Down leads back and
// its Up up again. It returns the schema after it, nil if that cannot be read.
func (c *checker) schemas(d *databases, f *migration.File) (*alter.Snapshot, error) {
	copied, before, after, err := c.trial(d.own, f)
	if err != nil {
		return nil, err
	}
	defer func() {
		if copied != nil {
			copied.close()
		}
	}()
	if err := d.own.apply(c.ctx, f, true); err != nil {
		return nil, err
	}
	s, err := c.reader.After(c.ctx, d.own.DB, c.last, migration.VersionTable)
	if err != nil {
		if c.broken(f, err) {
			return nil, nil
		}
		return nil, err
	}
	if copied == nil || len(f.Down()) == 0 {
		return s, nil
	}
	return s, c.downAndUp(copied, f, before, after)
}

// trial copies what a migration reaches, and applies the migration to the copy. The
// copy is nil if the migration fails, or leaves what cannot be read, on a copy of the
// whole database as well.
func (c *checker) trial(own *world, f *migration.File) (w *world, before, after *alter.Snapshot, err error) {
	r := c.index.reaches(parts(slices.Concat(f.Up(), f.Down())))
	for {
		if w, err = c.copied(own, f, r); err != nil {
			return nil, nil, nil, err
		}
		if before, err = alter.Read(c.ctx, w.DB, migration.VersionTable); err == nil {
			if err = w.apply(c.ctx, f, true); err == nil {
				if after, err = alter.Read(c.ctx, w.DB, migration.VersionTable); err == nil {
					return w, before, after, nil
				}
			}
		}
		w.close()
		if c.ctx.Err() != nil {
			return nil, nil, nil, c.ctx.Err()
		}
		if r.all {
			return nil, nil, nil, nil
		}
		r.all = true
	}
}

// copied is goose with one migration on a copy of what it reaches.
func (c *checker) copied(own *world, f *migration.File, r *reach) (*world, error) {
	m, err := c.excerpt(own.memory, own.DB, c.last, r)
	if err != nil {
		return nil, err
	}
	return worldOn(m, []migration.File{*f})
}

// downAndUp takes a migration back on a copy and applies it again.
func (c *checker) downAndUp(w *world, f *migration.File, before, after *alter.Snapshot) error {
	if err := w.apply(c.ctx, f, false); err != nil {
		return c.failed("down-fails", f, err)
	}
	down, err := alter.ReadKnown(c.ctx, w.DB, []*alter.Snapshot{before}, migration.VersionTable)
	if err != nil {
		if c.broken(f, err) {
			return nil
		}
		return err
	}
	if c.compare(f, down, before) {
		return nil
	}
	if err := w.apply(c.ctx, f, true); err != nil {
		return c.failed("up-again", f, err)
	}
	again, err := alter.ReadKnown(c.ctx, w.DB, []*alter.Snapshot{after}, migration.VersionTable)
	if err != nil || again == after {
		return err
	}
	for _, d := range alter.Compare(again, after) {
		if !d.Order {
			c.add("up-again", f, 0, "let Down take back all of what Up does", "after Down, Up leaves another schema: %s", d.Msg)
			return nil
		}
	}
	return nil
}

// compare files what Down did not restore.
func (c *checker) compare(f *migration.File, have, want *alter.Snapshot) (differs bool) {
	if have == want {
		return false
	}
	var list []string
	for _, d := range alter.Compare(have, want) {
		if d.Order {
			c.addDown("column-order", f, f.DownLine(), "rebuild the table in Down, or allow it: -- drey:allow column-order: reason",
				"Down leaves another schema than there was before Up: %s", d.Msg)
			continue
		}
		list = append(list, d.Msg)
	}
	if more := len(list) - maxDifferences; more > 0 {
		list = append(list[:maxDifferences], fmt.Sprintf("and %d more", more))
	}
	if len(list) > 0 {
		c.addDown("down-differs", f, f.DownLine(), "let Down take back all of what Up does, and nothing else",
			"Down leaves another schema than there was before Up: %s", strings.Join(list, "; "))
	}
	return len(list) > 0
}

// maxDifferences is how many differences of one schema are reported.
const maxDifferences = 5

// failed files a migration that fails, at the place of its problem.
func (c *checker) failed(rule string, f *migration.File, err error) error {
	var p *diag.Problem
	if !errors.As(err, &p) {
		return err
	}
	which := map[string]string{"down-fails": "Down fails", "up-again": "after Down, Up fails"}[rule]
	fix := cmp.Or(p.Fix, "let Down undo what Up does, in the opposite order")
	c.addAt(rule, cmp.Or(p.File, f.Path), p.Line, fix, "%s: %s", which, strings.TrimPrefix(p.Msg, "the migration fails: "))
	return nil
}

// broken files a view that has lost what it needs.
func (c *checker) broken(f *migration.File, err error) bool {
	var view *schema.ViewError
	if !errors.As(err, &view) {
		return false
	}
	c.add("broken-view", f, 0, "drop the view before what it needs is dropped or renamed, and create it again after",
		"view %s cannot be read any more: %s", view.View, sqlite.Message(view.Err))
	return true
}
