package adopt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/generate"
	"github.com/dreysql/drey/internal/output"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
)

// start is the option that a project begins with, so that only its own queries can be refused.
var start = config.Option{Key: "crud", Value: "false", Comment: "delete this line, and drey writes queries for every table"}

// adopt plans for a project that has a configuration of sqlc.
func (p *Plan) adopt(ctx context.Context, o Options) error {
	name, old, err := config.Find(o.Dir)
	if err != nil {
		return err
	}
	text := old
	if !config.Version1(old) { // a text that cannot be read is told by its reader
		if found, err := project.OpenAs(o.Dir, name, old); found == nil || len(found.Config.Blocks) == 0 {
			return err
		}
	} else {
		if text, err = config.Upgrade(name, old); err != nil {
			return err
		}
		p.Notes = append(p.Notes, name+" is version 1 of sqlc's configuration, which does not have options: it becomes version 2, which sqlc reads as well")
	}
	switch changed, err := config.Adopt(name, text, start); {
	case errors.Is(err, config.ErrAdopted): // there is nothing to do
	case err != nil:
		return err
	default:
		text = changed
	}
	if string(text) != string(old) {
		p.Changes = append(p.Changes, output.Change{Path: name, Old: old, New: text})
	} else {
		p.Kept = append(p.Kept, name)
	}
	found, err := project.OpenAs(o.Dir, name, text)
	if err != nil && !errors.As(err, new(diag.Problems)) && !errors.As(err, new(*diag.Problem)) {
		return err
	}
	if found == nil || len(found.Config.Blocks) == 0 { // what is wrong with it, or that no block is for SQLite
		return err
	}
	if err := p.look(ctx, found); err != nil {
		return err
	}
	if len(p.Found) > 0 {
		first := found.Config.Blocks[0]
		if err := p.policy(localPolicy(o.Policy, strings.TrimPrefix(first.Schema[0], "./"), first.Out)); err != nil {
			return err
		}
	}
	if err := p.callers(len(found.Config.Skipped) > 0); err != nil {
		return err
	}
	p.generateNext()
	return p.generate(ctx, o, name, text)
}

// look finds what the blocks for SQLite are made of, and what their modules lack.
func (p *Plan) look(ctx context.Context, found *project.Project) error {
	modules := map[string]bool{}
	for _, b := range found.Config.Blocks {
		p.Found = append(p.Found, fmt.Sprintf("%s:%d: package %s in %s", found.Config.File, b.Line, b.Package, b.Out))
		p.describeSchema(found.Schema(b))
		p.Found = append(p.Found, "\tqueries  "+strings.Join(b.Queries, ", "))
		p.byHand(b)
		m, err := found.Module(b)
		if err != nil {
			return err
		}
		if m.Dir == "" {
			p.Next = append(p.Next, "go mod init "+ModuleOf(p.root))
			p.Notes = append(p.Notes, "there is no go.mod above "+b.Out)
			continue
		}
		if modules[m.Dir] {
			continue
		}
		modules[m.Dir] = true
		in := goModule{dir: m.Dir, path: m.Path}
		if err := p.requireModules(ctx, in); err != nil {
			return err
		}
		p.drivers(in)
	}
	p.Found = append(p.Found, found.Config.Skipped...)
	return nil
}

// byHand tells of the files that people wrote into the folder of a generated package.
func (p *Plan) byHand(b *config.Block) {
	entries, err := os.ReadDir(filepath.Join(p.root, filepath.FromSlash(b.Out)))
	if err != nil {
		return
	}
	var names []string
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(p.root, filepath.FromSlash(b.Out), e.Name()))
		if err == nil && strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go") && !output.Generated(content) && declares(content) {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return
	}
	p.Found = append(p.Found, "\tby hand  "+strings.Join(names, ", "))
	p.Notes = append(p.Notes, fmt.Sprintf("the files of yours in %s stay, and are compiled with what is generated: a name that both declare is refused below. "+
		"To keep them apart, write out: %s and import that package", b.Out, path.Join(b.Out, "gen")))
}

// declares reports whether a Go file has more than its package clause and comments.
func declares(content []byte) bool {
	f, err := parser.ParseFile(token.NewFileSet(), "", content, parser.SkipObjectResolution)
	return err != nil || len(f.Decls) > 0
}

// generate runs generation in memory, as if the plan had been written.
func (p *Plan) generate(ctx context.Context, o Options, name string, text []byte) error {
	result, err := generate.Run(ctx, generate.Options{
		Dir: o.Dir, Progress: o.Progress,
		Planned: &generate.Planned{Config: name, Text: text, Modfiles: p.modfiles},
	})
	var problems diag.Problems
	var one *diag.Problem
	switch {
	case err == nil:
		p.Generated, p.Warnings = result.Summary(), result.Warnings
		for _, note := range result.Notes {
			if !slices.Contains(p.Found, note) {
				p.Notes = append(p.Notes, note)
			}
		}
	case errors.As(err, &problems):
		p.Refused = problems
	case errors.As(err, &one):
		p.Refused = diag.Problems{one}
	default:
		return err
	}
	return nil
}

// driver is another driver for SQLite.
type driver struct{ module, says string }

const beside = "both halves run on its *sql.DB: write db.NewClient(handle) in the place of db.New(handle), and open it with "

const linked = " db.Open and db.Migrate use modernc.org/sqlite, which is linked as well"

var drivers = []driver{
	{"github.com/mattn/go-sqlite3", beside + "_foreign_keys=1." + linked + ". It needs cgo, modernc.org/sqlite does not"},
	{"github.com/ncruces/go-sqlite3", beside + "_pragma=foreign_keys(1)." + linked},
	{"github.com/tursodatabase/go-libsql", beside + "foreign keys on, if the database is a file." + linked + ", and do not reach a remote database"},
	{"github.com/tursodatabase/libsql-client-go", "a remote database is only reached through it." + linked + ", for files"},
	{"zombiezen.com/go/sqlite", "it is not a driver of database/sql, on which all of drey's code stands: what uses it cannot share a transaction with db.Open"},
	{"github.com/glebarez/go-sqlite", registered},
	{"github.com/glebarez/sqlite", registered},
}

const registered = "it registers the name sqlite with database/sql, as modernc.org/sqlite does: a program with both panics when it starts. Replace it by modernc.org/sqlite, which it is made from"

// drivers tells of other drivers in a go.mod.
func (p *Plan) drivers(m goModule) {
	mod, _, err := m.read()
	if err != nil {
		return
	}
	for _, d := range drivers {
		if requires(mod, d.module) {
			p.Notes = append(p.Notes, fmt.Sprintf("%s: %s", d.module, d.says))
		}
	}
}

// callers finds where sqlc is run: its own files would take the place of drey's. others
// reports whether it has to be run for other blocks.
func (p *Plan) callers(others bool) error {
	const most = 5 // places
	var places []string
	err := walk(p.root, func(name string, e os.DirEntry) error {
		if e.IsDir() || !runsCommands(name) {
			return nil
		}
		content, err := p.read(name)
		if err != nil {
			return nil
		}
		number := 0
		for line := range strings.Lines(string(content)) {
			number++
			if strings.Contains(line, "sqlc generate") && (path.Ext(name) != ".go" || strings.HasPrefix(line, "//go:generate")) {
				places = append(places, fmt.Sprintf("%s:%d", name, number))
			}
		}
		return nil
	})
	if err != nil || len(places) == 0 {
		return err
	}
	slices.Sort(places)
	more := ""
	if n := len(places) - most; n > 0 {
		places, more = places[:most], fmt.Sprintf(" and %d more", n)
	}
	what := "run drey generate there instead, which runs sqlc itself"
	if others {
		what = "run drey generate there, too, after it"
	}
	p.Notes = append(p.Notes, fmt.Sprintf("sqlc generate is run in %s%s: %s; sqlc alone overwrites what drey has completed", strings.Join(places, ", "), more, what))
	return nil
}

// runsCommands reports whether people write commands into files of that name.
func runsCommands(name string) bool {
	base := strings.ToLower(path.Base(name))
	switch cmp.Or(path.Ext(base), base) {
	case ".go", ".mk", ".sh", ".just":
		return true
	case ".yaml", ".yml":
		return strings.HasPrefix(base, "taskfile") || strings.HasPrefix(name, ".github/") || strings.HasPrefix(base, ".pre-commit") || strings.HasPrefix(base, "lefthook")
	}
	return slices.Contains([]string{"makefile", "gnumakefile", "justfile", "magefile", "package.json", "mise.toml"}, base)
}
