// Package adopt begins a project with drey in a folder without one, and takes drey into a
// project that has sqlc.
//
// [Make] only looks, and asks the go command what go.mod becomes: it makes a [Plan], which
// has every file as it will be. [Plan.Write] writes them, all or none. A file that is there
// is added to where it has to say more, and otherwise stays as it is.
package adopt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/output"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
)

// Options are what can be chosen.
type Options struct {
	Dir    string // the folder that sqlc.yaml is in, or will be
	Module string // the path of a module that is not there yet; "" is example.com/ and the folder's name
	Out    string // the folder of the generated package in a new project, slash-separated; "" is internal/db
	Policy string // the text of AGENTS.md; "" writes none
	// Progress, if set, is called before each step of what takes time, as that of package
	// generate is.
	Progress func(step string, done, total int)
}

// Plan is what a run will change, and what it has found.
type Plan struct {
	Changes []output.Change // sorted by path
	Kept    []string        // files that are there already, and stay as they are
	Found   []string        // what the project has, a line each
	Notes   []string        // what its people should know, a paragraph each
	Next    []string        // the commands that are to be run after it

	// Of a project that has sqlc: what drey generate makes of it after the change.
	Generated string        // how many files, "" where it refuses
	Refused   diag.Problems // all of it
	Warnings  diag.Problems

	step     func(step string, done, total int) // nil where nobody looks
	root     string
	sqlc     bool              // the project has sqlc
	temp     string            // a folder for what the go command writes
	modfiles map[string]string // what go.mod becomes, by the module's folder
	vendor   []string          // the commands that fill vendor folders
}

// OnlyAdds reports whether nothing that is there is changed.
func (p *Plan) OnlyAdds() bool {
	return !slices.ContainsFunc(p.Changes, func(c output.Change) bool { return c.Old != nil })
}

// Sqlc reports whether the project has a configuration of sqlc already.
func (p *Plan) Sqlc() bool { return p.sqlc }

// progress tells of a step before those of generation, whose end nobody knows.
func (p *Plan) progress(step string) {
	if p.step != nil {
		p.step(step, 0, 1)
	}
}

// Write makes the changes, all of them or none.
func (p *Plan) Write(ctx context.Context) error {
	return (&output.Tree{Root: p.root}).Write(ctx, p.Changes)
}

// Make plans. Its error is a [diag.Problem] or a [diag.Problems] where something has to be
// mended or said first. What generation would refuse is in the plan.
func Make(ctx context.Context, o Options) (*Plan, error) {
	info, err := os.Stat(o.Dir)
	if err != nil || !info.IsDir() {
		return nil, &diag.Problem{File: o.Dir, Msg: "this is not a folder", Err: err, Fix: "give one that is there with --dir"}
	}
	temp, err := os.MkdirTemp("", "drey-init-*")
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	defer os.RemoveAll(temp)
	p := &Plan{root: o.Dir, temp: temp, step: o.Progress, modfiles: map[string]string{}}
	root, found := project.Find(absolute(o.Dir))
	switch {
	case found && root == absolute(o.Dir):
		p.sqlc = true
		err = p.adopt(ctx, o)
	case found:
		return nil, &diag.Problem{File: o.Dir, Msg: "the configuration of this module is in " + relative(absolute("."), root),
			Fix: "drey init --dir " + relative(absolute("."), root)}
	default:
		if other := below(o.Dir); other != "" {
			dir := filepath.ToSlash(filepath.Join(o.Dir, filepath.Dir(other)))
			return nil, &diag.Problem{File: filepath.ToSlash(filepath.Join(o.Dir, other)), Msg: "there is a configuration of sqlc in a folder below",
				Fix: "drey init --dir " + dir}
		}
		err = p.begin(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(p.Changes, func(a, b output.Change) int { return cmp.Compare(a.Path, b.Path) })
	return p, nil
}

// file plans that a file exists. One that does stays as it is.
func (p *Plan) file(name, content string) error {
	old, err := p.read(name)
	switch {
	case err != nil:
		return err
	case old == nil:
		p.Changes = append(p.Changes, output.Change{Path: name, New: []byte(content)})
	default:
		p.Kept = append(p.Kept, name)
	}
	return nil
}

// lines plans that a file has these lines, in whatever order.
func (p *Plan) lines(name string, lines ...string) error {
	old, err := p.read(name)
	if err != nil {
		return err
	}
	has := strings.Split(strings.ReplaceAll(string(old), "\r\n", "\n"), "\n")
	lines = slices.DeleteFunc(lines, func(line string) bool { return slices.Contains(has, line) })
	if len(lines) == 0 {
		p.Kept = append(p.Kept, name)
		return nil
	}
	return p.append(name, old, strings.Join(lines, "\n")+"\n")
}

// append plans that a file ends with a text.
func (p *Plan) append(name string, old []byte, text string) error {
	content := slices.Clone(old)
	if n := len(content); n > 0 && content[n-1] != '\n' {
		content = append(content, '\n')
	}
	p.Changes = append(p.Changes, output.Change{Path: name, Old: old, New: append(content, text...)})
	return nil
}

// policy plans that AGENTS.md has the policy.
func (p *Plan) policy(text string) error {
	if text == "" {
		return nil
	}
	old, err := p.read("AGENTS.md")
	if err != nil {
		return err
	}
	heading, _, _ := strings.Cut(text, "\n")
	switch {
	case strings.Contains(string(old), heading):
		p.Kept = append(p.Kept, "AGENTS.md")
		return nil
	case old != nil:
		text = "\n" + text
	}
	return p.append("AGENTS.md", old, text)
}

// read reads a file of the project. It is nil, and not empty, if it is not there.
func (p *Plan) read(name string) ([]byte, error) {
	content, err := os.ReadFile(filepath.Join(p.root, filepath.FromSlash(name)))
	switch {
	case err == nil && content == nil:
		return []byte{}, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("look at what is there: %w", err)
	}
	return content, nil
}

// deepest is how far below a folder a configuration is looked for.
const deepest = 4

// below is a configuration of sqlc in a folder below, relative to dir.
func below(dir string) (found string) {
	_ = walk(dir, func(name string, e fs.DirEntry) error {
		switch {
		case e.IsDir() && strings.Count(name, "/") >= deepest:
			return fs.SkipDir
		case slices.Contains(config.Files, e.Name()):
			found = name
			return fs.SkipAll
		}
		return nil
	})
	return found
}

// walk calls f with what is in a folder that belongs to the project itself, by slash-separated
// paths relative to it. What cannot be read is left out.
func walk(dir string, f func(name string, e fs.DirEntry) error) error {
	return fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		switch base := e; {
		case err != nil && base == nil:
			return err
		case err != nil:
			return fs.SkipDir
		case name == ".":
			return nil
		case e.IsDir() && slices.Contains([]string{"vendor", "node_modules", "testdata", ".git"}, e.Name()):
			return fs.SkipDir
		}
		return f(name, e)
	})
}

func absolute(name string) string {
	abs, err := filepath.Abs(name)
	if err != nil {
		return filepath.Clean(name)
	}
	return abs
}

// relative is a path as a person writes it, or the whole of it where it leads elsewhere.
func relative(from, to string) string {
	rel, err := filepath.Rel(from, to)
	if err != nil {
		return filepath.ToSlash(to)
	}
	return filepath.ToSlash(rel)
}

// HasSqlc reports whether a folder has a configuration of sqlc.
func HasSqlc(dir string) bool {
	root, ok := project.Find(absolute(dir))
	return ok && root == absolute(dir)
}
