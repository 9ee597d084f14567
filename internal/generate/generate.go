// Package generate is the pipeline of "drey generate": migrations, schema,
// CRUD, sqlc, verification, sources, type check. It writes nothing before all
// of it has succeeded.
package generate

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"maps"
	"path"
	"slices"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/emit"
	"github.com/dreysql/drey/internal/enum"
	"github.com/dreysql/drey/internal/output"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/typecheck"
	"github.com/dreysql/drey/internal/upkeep"
	"github.com/dreysql/drey/internal/verify"
)

// Options are the options of a run.
type Options struct {
	Dir string // the folder with sqlc.yaml
	// Project is the project in Dir, if it is open already. Its databases are
	// closed during the run.
	Project *project.Project
	// Check: what sqlc.yaml asks for with --check is looked for as well.
	Check bool
	// Planned, if set, are changes that are not made yet: what would be generated after them.
	Planned *Planned
	// Progress, if set, is called before each step with its name, how many steps
	// are done and how many there are.
	Progress func(step string, done, total int)
}

// Planned are changes of what a run reads.
type Planned struct {
	Config   string            // the name of the file of the configuration, sqlc.yaml for one
	Text     []byte            // what it will have
	Modfiles map[string]string // files that stand in for the go.mod of modules, by the absolute folders of these
}

// Result is what a run has generated, and how it differs from what is on disk.
type Result struct {
	Changes  []output.Change // sorted by path; empty where nothing is stale
	Warnings diag.Problems
	Notes    []string // what a reader of the result should know

	tree *output.Tree
}

// Write puts the changes on disk, all of them or none.
func (r *Result) Write(ctx context.Context) error { return r.tree.Write(ctx, r.Changes) }

// Fresh lists the folders into which nothing of the tree has been generated yet,
// sorted.
func (r *Result) Fresh() []string {
	left := map[string]int{}
	for name := range r.tree.Files {
		left[path.Dir(name)]++
	}
	for _, c := range r.Changes {
		if c.Old == nil {
			left[path.Dir(c.Path)]--
		}
	}
	var fresh []string
	for folder, n := range left {
		if n == 0 {
			fresh = append(fresh, folder)
		}
	}
	slices.Sort(fresh)
	return fresh
}

// Summary says how many files changed.
func (r *Result) Summary() string {
	written, removed := 0, 0
	for _, c := range r.Changes {
		if c.New == nil {
			removed++
		} else {
			written++
		}
	}
	s := fmt.Sprintf("%d of %d generated files written", written, len(r.tree.Files))
	if removed > 0 {
		s += fmt.Sprintf(", %d removed", removed)
	}
	return s
}

// Run generates what the configuration in opts.Dir describes. It writes
// nothing: see [Result.Write]. If something is wrong with the project, the
// error is a [diag.Problems] or a [*diag.Problem]. It has everything that can
// be found in one run, each fault once, because a step goes on with what the
// steps before it let pass.
func Run(ctx context.Context, opts Options) (*Result, error) {
	r, err := open(opts)
	if err != nil {
		return nil, err
	}
	defer r.close()
	return r.all(ctx, opts.Progress)
}

// open begins a run, which is to be closed.
func open(opts Options) (*run, error) {
	p, err := opts.Project, error(nil)
	planned := Planned{}
	switch {
	case opts.Planned != nil:
		planned = *opts.Planned
		p, err = project.OpenAs(opts.Dir, planned.Config, planned.Text)
	case p == nil:
		p, err = project.Open(opts.Dir)
	}
	if err != nil && (p == nil || len(p.Config.Blocks) == 0) {
		return nil, err
	}
	cfg := p.Config
	r := &run{
		project:  p,
		modfiles: planned.Modfiles,
		cfg:      cfg,
		explain:  opts.Check && cfg.Explained,
		result:   &Result{Notes: cfg.Skipped, tree: &output.Tree{Root: p.Dir, Files: map[string][]byte{}}},
	}
	if err != nil && !r.refuse(err) {
		r.close()
		return nil, err
	}
	return r, nil
}

// close ends what the run has begun.
func (r *run) close() {
	_ = r.project.Close() // databases in memory
	for _, m := range r.modules {
		m.Close()
	}
}

// all takes the steps, one after the other.
func (r *run) all(ctx context.Context, progress func(step string, done, total int)) (*Result, error) {
	for i, step := range steps {
		if progress != nil {
			progress(step.name, i, len(steps))
		}
		if err := step.do(r, ctx); err != nil && !r.refuse(err) {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	if len(r.problems) > 0 {
		r.problems.Sort()
		return nil, r.problems.Once()
	}
	r.result.Warnings.Sort()
	r.result.Warnings = r.result.Warnings.Once()
	return r.result, nil
}

// steps are the pipeline.
var steps = []struct {
	name string
	do   func(*run, context.Context) error
}{
	{"applying migrations", (*run).begin},
	{"reading queries", (*run).readQueries},
	{"running sqlc", (*run).runSQLC},
	{"verifying queries", (*run).verify},
	{"explaining queries", (*run).explainPlans},
	{"generating sources", (*run).emit},
	{"comparing files", (*run).compare},
	{"checking types", (*run).check},
}

// run is one run of the pipeline.
type run struct {
	project  *project.Project
	modfiles map[string]string
	cfg      *config.Config // the project's
	blocks   []*block
	modules  map[string]*typecheck.Project // by their folder
	runtimes map[string]*runtime           // by the module's folder
	common   *common
	explain  bool // the plans of queries are looked at
	result   *Result
	problems diag.Problems
	lost     []lost
}

// block is one sql block of the configuration on its way.
type block struct {
	*config.Block
	*project.Database
	queries  queries
	generate *sqlc.Package // nil where sqlc could not generate it
	unnamed  bool          // tables or queries do not have Go names of their own
	verified verified
	module   *project.Module
	byHand   map[string]place
	places   map[string][]sqlc.Place // of the queries, for predicates of callers
	files    map[string][]byte       // the Go, by path relative to Out; nil where there is none
	enums    *enum.Plan
	tenants  map[string]string // the column that says whose a row is, by table and view
	// saysTenant returns the parameters of a statement that say whose its rows are, nil if
	// no table has tenants.
	saysTenant func(sql string) map[int]bool
	format     *migration.Format // of the migrations
	upkeep     *upkeep.Plan
}

// columns are the columns of the block's tables and views.
func (b *block) columns(yield func(table, column string) bool) {
	for _, t := range b.Database.Schema.Tables {
		for i := range t.Columns {
			if !yield(t.Name, t.Columns[i].Name) {
				return
			}
		}
	}
}

// declaredTypes are those of the columns of the block's schema.
func (b *block) declaredTypes() (list []string) {
	for _, t := range b.Database.Schema.Tables {
		for i := range t.Columns {
			list = append(list, t.Columns[i].Type)
		}
	}
	return list
}

// begin finds what everything else needs to know: the module and the migrated
// database of each block.
func (r *run) begin(ctx context.Context) error {
	r.common = newCommon()
	var blocks []*block
	for _, b := range r.cfg.Blocks {
		m, err := r.project.Module(b)
		if err != nil {
			return err
		}
		blocks = append(blocks, &block{Block: b, module: m})
	}
	if err := r.findModules(ctx, blocks); err != nil {
		return err
	}
	told := map[*project.Database]bool{} // that several blocks may have
	for _, b := range blocks {
		d, err := r.project.Schema(b.Block).Database(ctx)
		if err != nil {
			return err
		}
		if !told[d] {
			told[d] = true
			r.problems = append(r.problems, d.Problems...)
		}
		spelling := sqlc.NewSpelling(d.Schema)
		var tables []string
		for _, t := range d.Schema.Tables {
			tables = append(tables, spelling.Of(t.Name))
		}
		b.Names = b.Names.Excluding(tables)
		kind, _ := r.project.Schema(b.Block).Kind() // what is wrong with it is in the database's problems
		b.Database, b.byHand, b.format = d, r.byHand(b.Block), kind.Format
	}
	r.blocks = blocks
	r.findTenants()
	r.planUpkeep()
	return nil
}

// runSQLC has sqlc generate the static half of every block. What it refuses is
// left out, and it is run again: it may have more to say.
func (r *run) runSQLC(ctx context.Context) error {
	r.planEnums()
	for {
		cfg := *r.cfg
		cfg.Blocks = nil
		var blocks []*block
		var inputs []sqlc.Block
		for _, b := range r.blocks {
			if b.queries.partial && len(b.queries.all) == 0 {
				continue
			}
			blocks, cfg.Blocks = append(blocks, b), append(cfg.Blocks, b.Block)
			inputs = append(inputs, sqlc.Block{Schema: b.Database.Schema, Queries: b.queries.staged(), Out: b.Out, Overridden: b.Overridden, Staged: b.stagedType, Alike: b.Alike()})
		}
		if len(blocks) == 0 {
			return nil
		}
		packages, err := sqlc.Run(ctx, inputs, cfg.Staged)
		if err == nil {
			for i, b := range blocks {
				b.generate = packages[i]
				if err := b.retype(); err != nil {
					return err
				}
			}
			return nil
		}
		refused, fewer, err := r.explainRefused(&cfg, err)
		if err != nil {
			return err
		}
		again := cfg.Without(refused) || fewer
		for _, b := range blocks {
			again = b.queries.leaveOut(refused) || again
		}
		if !again {
			return nil
		}
	}
}

// explainRefused says more than sqlc does of what it refuses: which option sqlc could
// not read, or why it cannot read a query that SQLite does, and the way round.
//
// Generated queries are dropped; fewer reports whether there were any.
func (r *run) explainRefused(cfg *config.Config, err error) (refused diag.Problems, fewer bool, _ error) {
	err = cfg.Explain(err)
	var clash *sqlc.ImportError
	if errors.As(err, &clash) {
		return nil, false, r.ofOverride(clash)
	}
	if !errors.As(err, &refused) {
		return nil, false, err
	}
	if refused, fewer, err = r.drop(refused); err != nil {
		return nil, false, err
	}
	r.oddNames(refused)
	unnamed := false
	for _, b := range r.blocks {
		unnamed = unnamed || b.unnamed
		refused = verify.Explain(refused, verify.Input{
			Conn: b.Conn, Schema: b.Database.Schema, Queries: b.queries.all, Names: b.Names,
		})
	}
	for _, p := range r.placed(refused) {
		if !unnamed || !errors.Is(p, sqlc.ErrNotGo) { // it is not Go for want of a name
			r.problems = append(r.problems, p)
		}
	}
	return refused, fewer, nil
}

// emit adds drey's files to sqlc's, and releases what they were made from.
func (r *run) emit(ctx context.Context) error {
	blocks := slices.DeleteFunc(slices.Clone(r.blocks), func(b *block) bool { return b.generate == nil || b.unnamed || b.Doubtful })
	type emitted struct {
		*emit.Output
		err error
	}
	of := make(map[*block]*emitted, len(blocks))
	for _, b := range blocks {
		of[b] = &emitted{}
	}
	bySchema(blocks, func(b *block) { of[b].Output, of[b].err = r.emitBlock(b) })
	for _, b := range blocks {
		err := of[b].err
		if err == nil {
			err = r.keep(b, of[b].Output)
		}
		if err != nil && !r.refuse(err) && len(r.problems) == 0 {
			return err
		}
	}
	r.common = nil
	if err := r.project.Close(); err != nil {
		return err
	}
	return r.writeRuntimes()
}

func (r *run) emitBlock(b *block) (*emit.Output, error) {
	if err := b.writeEnums(); err != nil {
		return nil, err
	}
	return emit.Generate(emit.Input{
		Config: r.cfg.File, Line: b.Line,
		Schema: b.Database.Schema, Migrations: b.Migrations, Format: b.format, Package: b.generate, Queries: b.queries.all, Places: b.places,
		Names: b.Names, BuildTags: b.BuildTags, MethodsWithDBArgument: b.MethodsWithDBArgument, OmitUnusedStructs: b.OmitUnusedStructs,
		Release: release(), Runtime: r.runtimes[b.module.Dir].path, Engines: r.engines(), Describe: b.Describe, Comparable: b.module.Comparable, Basic: b.basic, Written: b.yieldTo(),
		Tenants: b.tenants, Upkeep: b.upkeep, Shared: r.common.emitted,
	})
}

// keep keeps what is emitted of a block, and releases what it was made from.
func (r *run) keep(b *block, out *emit.Output) error {
	for _, renamed := range out.Renamed {
		if !token.IsExported(renamed.From) {
			continue
		}
		by := "taken by sqlc's code"
		if at, ok := b.byHand[renamed.From]; ok {
			by = fmt.Sprintf("declared in %s:%d", at.file, at.line)
		}
		r.result.Notes = append(r.result.Notes, fmt.Sprintf("package %s: %s is %s, so drey's own is called %s",
			b.generate.Name, renamed.From, by, renamed.To))
	}
	for _, note := range out.Notes {
		r.result.Notes = append(r.result.Notes, fmt.Sprintf("package %s: %s", b.generate.Name, note))
	}
	b.files = maps.Clone(b.generate.Files)
	maps.Copy(b.files, out.Files)
	files := r.result.tree.Files
	for name, content := range b.files {
		files[path.Join(b.Out, name)] = content
	}
	for name, content := range b.queries.crud {
		name = path.Join(b.queries.folder, name)
		if other, ok := files[name]; ok && string(other) != content {
			return &diag.Problem{File: r.cfg.File, Line: b.Line,
				Msg: fmt.Sprintf("another block, with another schema or other options, generates another %s", name),
				Fix: "give each block a folder of queries of its own"}
		}
		files[name] = []byte(content)
	}
	r.result.tree.Folders = append(r.result.tree.Folders, b.Out, b.queries.folder)
	b.Database, b.queries = nil, queries{partial: b.queries.partial}
	b.generate = &sqlc.Package{Name: b.generate.Name}
	return nil
}

// compare finds what is stale.
func (r *run) compare(context.Context) error {
	if len(r.problems) > 0 {
		return nil
	}
	slices.Sort(r.result.tree.Folders)
	r.result.tree.Folders = slices.Compact(r.result.tree.Folders)
	changes, err := r.result.tree.Changes()
	r.result.Changes = changes
	return r.offer(err)
}
