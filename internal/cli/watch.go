package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/dreysql/drey/internal/project"
	"github.com/fsnotify/fsnotify"
)

// quiet is how long the sources have to rest before they are read: an editor
// or a git checkout writes several files in a row.
const quiet = 100 * time.Millisecond

// watch generates now and after each change of a source, until it is interrupted.
// It shows what is wrong with the sources and goes on. It shows a note when it is
// new.
func (g *generation) watch(ctx context.Context) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	defer watcher.Close()
	for {
		if err := g.run(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			fmt.Fprintf(g.stderr, "%v\n", err)
		}
		if err := rewatch(watcher, g.opts.Dir); err != nil {
			return err
		}
		fmt.Fprintln(g.stderr, "watching; interrupt to end")
		if err := settled(ctx, watcher); err != nil {
			if errors.Is(err, context.Canceled) {
				return nil
			}
			return err
		}
	}
}

// rewatch watches the folders that the configuration names now.
func rewatch(watcher *fsnotify.Watcher, dir string) error {
	folders := []string{dir} // where there is the configuration to wait for
	if p, err := project.Open(dir); err == nil {
		folders = p.Folders()
	}
	for _, old := range watcher.WatchList() {
		if !slices.Contains(folders, old) {
			_ = watcher.Remove(old) // it may be gone with its folder
		}
	}
	for _, folder := range folders {
		if err := watcher.Add(folder); err != nil {
			return fmt.Errorf("watch %s: %w", folder, err)
		}
	}
	return nil
}

// settled waits for a change of a source and then for quiet.
func settled(ctx context.Context, watcher *fsnotify.Watcher) error {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-watcher.Errors:
			return fmt.Errorf("watch: %w", err)
		case event := <-watcher.Events:
			ext := filepath.Ext(event.Name)
			if !event.Has(fsnotify.Chmod) && slices.Contains([]string{".sql", ".yaml", ".yml", ".json"}, ext) {
				timer.Reset(quiet)
			}
		case <-timer.C:
			return nil
		}
	}
}
