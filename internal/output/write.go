package output

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dreysql/drey/internal/diag"
)

// Write makes the changes. First it writes everything beside its place. Only
// when all of that has succeeded does it move everything there. If a move
// fails, it puts back what was moved. If the context ends, it stops before the
// first move, never between two.
func (t *Tree) Write(ctx context.Context, changes []Change) (err error) {
	w := writing{tree: t}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.undo())
		}
	}()
	for i := range changes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.stage(&changes[i]); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for i := range w.staged {
		if err := w.staged[i].move(); err != nil {
			return err
		}
	}
	w.prune()
	return nil
}

// prune removes the folders that are empty now that their last file has gone. One that
// cannot be removed does no harm.
func (w *writing) prune() {
	root := filepath.Clean(w.tree.Root)
	for i := range w.staged {
		if w.staged[i].temp != "" {
			continue
		}
		for dir := filepath.Dir(w.staged[i].path); dir != root && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			if info, err := os.Lstat(dir); err != nil || !info.IsDir() || os.Remove(dir) != nil {
				break // a link, or a folder that holds something
			}
		}
	}
}

// writing is one run of Write.
type writing struct {
	tree    *Tree
	staged  []staged
	folders []string // made by this run, outermost first
}

// staged is a change whose new content is beside its place.
type staged struct {
	change *Change
	path   string // absolute
	temp   string // "" where the file goes
	mode   os.FileMode
	moved  bool
}

func (w *writing) stage(c *Change) error {
	s := staged{change: c, path: w.tree.abs(c.Path), mode: 0o644}
	if c.Old != nil {
		info, err := os.Stat(s.path)
		if err != nil {
			return fmt.Errorf("write %s: %w", c.Path, err)
		}
		s.mode = info.Mode().Perm()
		if s.mode&0o200 == 0 { // a rename would not mind
			return &diag.Problem{
				File: c.Path, Msg: "this file has to change, and is read-only",
				Fix: "chmod u+w " + c.Path, Err: os.ErrPermission,
			}
		}
	}
	if c.New == nil {
		w.staged = append(w.staged, s)
		return nil
	}
	if err := w.mkdir(filepath.Dir(s.path)); err != nil {
		return fmt.Errorf("write %s: %w", c.Path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(s.path), "."+filepath.Base(s.path)+".drey-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", c.Path, err)
	}
	s.temp = f.Name()
	w.staged = append(w.staged, s)
	_, err = f.Write(c.New)
	if err = errors.Join(err, f.Chmod(s.mode), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", c.Path, err)
	}
	return nil
}

// mkdir makes the folder and remembers which of its parents are new.
func (w *writing) mkdir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := w.mkdir(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	w.folders = append(w.folders, dir)
	return nil
}

func (s *staged) move() error {
	var err error
	if s.temp == "" {
		err = os.Remove(s.path)
	} else {
		err = os.Rename(s.temp, s.path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", s.change.Path, err)
	}
	s.moved = true
	return nil
}

// undo puts everything back as it was before the run.
func (w *writing) undo() error {
	var errs []error
	for i := len(w.staged) - 1; i >= 0; i-- {
		s := &w.staged[i]
		switch {
		case !s.moved && s.temp != "":
			errs = append(errs, os.Remove(s.temp))
		case s.moved && s.change.Old != nil:
			errs = append(errs, os.WriteFile(s.path, s.change.Old, s.mode))
		case s.moved:
			errs = append(errs, os.Remove(s.path))
		}
	}
	for i := len(w.folders) - 1; i >= 0; i-- {
		errs = append(errs, os.Remove(w.folders[i]))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("put back what was there before: %w", err)
	}
	return nil
}
