package adopt

import (
	"context"
	"errors"
	"fmt"
	"go/version"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/dreysql/drey/internal/output"
)

// workspace plans that the go.work around a module, if there is one, has the module and is
// as new as its go.mod becomes: otherwise the go command builds nothing there.
func (p *Plan) workspace(ctx context.Context, m goModule, mod []byte) error {
	at := m.dir
	for ; at != filepath.Dir(at); at = filepath.Dir(at) { // a new module's folder may not be there yet
		if _, err := os.Stat(at); err == nil {
			break
		}
	}
	cmd := exec.CommandContext(ctx, "go", "env", "GOWORK")
	cmd.Dir = at
	out, err := cmd.Output()
	file := strings.TrimSpace(string(out))
	if err != nil || file == "" || file == "off" {
		return ctx.Err()
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("read go.work: %w", err)
	}
	folder := filepath.Dir(file)
	name := path.Join(relative(absolute(p.root), folder), "go.work")
	change := slices.IndexFunc(p.Changes, func(c output.Change) bool { return c.Path == name })
	content := text
	if change >= 0 { // for another module
		content = p.Changes[change].New
	}
	w, err := modfile.ParseWork("go.work", content, nil)
	if err != nil {
		p.Notes = append(p.Notes, "go.work cannot be read, so it stays as it is: "+err.Error())
		return nil
	}
	f, err := modfile.ParseLax("go.mod", mod, nil)
	if err != nil {
		return err
	}
	changed := false
	if f.Go != nil && (w.Go == nil || version.Compare("go"+w.Go.Version, "go"+f.Go.Version) < 0) {
		if err := w.AddGoStmt(f.Go.Version); err != nil {
			return err
		}
		changed = true
	}
	dir := absolute(m.dir)
	if !slices.ContainsFunc(w.Use, func(u *modfile.Use) bool {
		used := filepath.FromSlash(u.Path)
		if !filepath.IsAbs(used) {
			used = filepath.Join(folder, used)
		}
		return absolute(used) == dir
	}) {
		if err := w.AddUse("./"+relative(folder, dir), ""); err != nil {
			return err
		}
		changed = true
	}
	p.vendored(folder, "go work vendor")
	switch next := (output.Change{Path: name, Old: text, New: modfile.Format(w.Syntax)}); {
	case !changed:
	case change >= 0:
		p.Changes[change] = next
	default:
		p.Changes = append(p.Changes, next)
	}
	return nil
}
