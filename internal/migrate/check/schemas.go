package check

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// schemas goes up, down and up again from every version.
func (c *checker) schemas(files []migration.File) error {
	w, err := newWorld(files)
	if err != nil {
		return err
	}
	defer func() { w.close() }()
	c.snapshots = []*alter.Snapshot{{Schema: &schema.Schema{}}}
	for i := range files {
		f := &files[i]
		if err := w.apply(c.ctx, f, true); err != nil {
			return err
		}
		after, err := alter.Read(c.ctx, w.DB, migration.VersionTable)
		if err != nil {
			if c.broken(f, err) {
				return nil
			}
			return err
		}
		c.snapshots = append(c.snapshots, after)
		c.progress(i + 1)
		if len(f.Down()) == 0 {
			continue
		}
		restored, err := c.downAndUp(w, f, i)
		if err != nil {
			return err
		}
		if !restored { // nobody knows where the database is
			w.close()
			if w, err = c.upTo(files, i+1); err != nil {
				return err
			}
		}
	}
	return c.unreadable(w, files)
}

// downAndUp takes a migration back and applies it again. It reports whether the
// database is as it was.
func (c *checker) downAndUp(w *world, f *migration.File, i int) (restored bool, err error) {
	before, after := c.snapshots[i], c.snapshots[i+1]
	if err := w.apply(c.ctx, f, false); err != nil {
		return false, c.failed("down-fails", f, err)
	}
	down, err := alter.ReadKnown(c.ctx, w.DB, []*alter.Snapshot{before}, migration.VersionTable)
	if err != nil {
		if c.broken(f, err) {
			return false, nil
		}
		return false, err
	}
	if c.compare(f, down, before) {
		return false, nil
	}
	if err := w.apply(c.ctx, f, true); err != nil {
		return false, c.failed("up-again", f, err)
	}
	again, err := alter.ReadKnown(c.ctx, w.DB, []*alter.Snapshot{after}, migration.VersionTable)
	if err != nil {
		return false, err
	}
	if again == after {
		return true, nil
	}
	for _, d := range alter.Compare(again, after) {
		if !d.Order {
			c.add("up-again", f, 0, "let Down take back all of what Up does", "behind Down, Up leaves another schema: %s", d.Msg)
			return false, nil
		}
	}
	return true, nil
}

// compare files what Down did not restore.
func (c *checker) compare(f *migration.File, have, want *alter.Snapshot) (differs bool) {
	if have == want {
		return false
	}
	var list []string
	for _, d := range alter.Compare(have, want) {
		if d.Order {
			c.add("column-order", f, f.DownLine(), "rebuild the table in Down, or allow it: -- drey:allow column-order: reason",
				"Down leaves another schema than there was before Up: %s", d.Msg)
			continue
		}
		list = append(list, d.Msg)
	}
	if more := len(list) - maxDifferences; more > 0 {
		list = append(list[:maxDifferences], fmt.Sprintf("and %d more", more))
	}
	if len(list) > 0 {
		c.add("down-differs", f, f.DownLine(), "let Down take back all of what Up does, and nothing else",
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
	which := map[string]string{"down-fails": "Down fails", "up-again": "behind Down, Up fails"}[rule]
	fix := cmp.Or(p.Fix, "let Down undo what Up does, in the opposite order")
	c.add(rule, f, p.Line, fix, "%s: %s", which, strings.TrimPrefix(p.Msg, "the migration fails: "))
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
