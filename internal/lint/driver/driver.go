// Package driver runs analyzers over the packages of a program, and keeps what they
// report and the facts that they find.
//
// What is kept of a package has the hash of all that it depends on for its key: the
// program that analyzes, the go command's settings, the files of the package, the
// settings of its project, and what it can see of its imports, which is their types
// and their facts. A change in the body of a function is not seen from outside, unless
// it changes a fact. Where the analyzers have asked for the schema,
// the key has that as well. So nothing is ever out of date, and only what is affected
// by a change is analyzed again.
//
// A run with what is kept gives the same as one without, because both take facts in
// the form in which they are kept. A fact of an object that other packages cannot
// reach is only there in its own package, as it is under go vet.
package driver

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/dreysql/drey/internal/lint/cache"
	"github.com/dreysql/drey/internal/lint/load"
	"github.com/dreysql/drey/internal/lint/report"
	"github.com/dreysql/drey/internal/lint/whole"
)

// Suite is what a run is about. Its functions are called from several goroutines.
type Suite struct {
	// Analyzers makes the analyzers for one package. They call read when they ask for
	// the schema of its project, with the error if it is not known.
	Analyzers func(read func(error)) []*analysis.Analyzer
	// HashSettings adds what the analyzers know of the project around a folder, without
	// its schema, to a hash, and HashSchema its schema.
	HashSettings, HashSchema func(w io.Writer, dir string) error

	// Whole is the one among them whose result is a [whole.Package].
	Whole *analysis.Analyzer

	Cache *cache.Cache
	Base  cache.Key // of everything else that is the same for all packages
}

// Run returns the reports on the packages that the patterns of a program name, in
// the order of the packages. Its error is that of [load.Program.Prepare] and
// [load.Program.Problems], or of an analyzer.
func Run(ctx context.Context, program *load.Program, suite Suite) ([]report.Report, error) {
	if err := register(suite.Analyzers(func(error) {})); err != nil {
		return nil, err
	}
	r := &run{
		Suite: suite, program: program, units: map[*packages.Package]*unit{},
		seen: &seen{program: program, base: suite.Base, keys: map[*packages.Package]cache.Key{}},
		free: make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
	for _, p := range program.Source {
		r.units[p] = &unit{Package: p, done: make(chan struct{})}
	}
	unknown, err := r.known()
	if err != nil {
		return nil, err
	}
	if err := program.Prepare(unknown); err != nil {
		return nil, err
	}
	for _, p := range unknown {
		go func() {
			u := r.units[p]
			defer close(u.done)
			u.err = r.analyze(ctx, u)
		}()
	}
	for _, p := range unknown {
		<-r.units[p].done
	}
	if err := cmp.Or(context.Cause(ctx), program.Problems()); err != nil {
		return nil, err
	}
	for _, p := range unknown {
		if err := r.units[p].err; err != nil {
			return nil, err
		}
	}
	r.keep()
	if err := r.decide(); err != nil {
		return nil, err
	}
	var reports []report.Report
	for _, p := range program.Named {
		reports = append(reports, r.units[p].left()...)
	}
	return reports, nil
}

type run struct {
	Suite
	program *load.Program
	units   map[*packages.Package]*unit // those that are read from source
	seen    *seen
	free    chan struct{} // limits what goes on at the same time
}

// unit is a package with what is known of it.
type unit struct {
	*packages.Package
	result
	found bool          // the result is there
	done  chan struct{} // closed when the result is there, or cannot be
	err   error

	own    cache.Key // of the package itself, without what it imports
	plain  cache.Key // of the package without the schema
	key    cache.Key // that the result is kept by
	fresh  bool      // it has been computed in this run
	unkept bool      // something may be different the next time

	dropped []depends // what turns out to be no report
	added   []report.Report
	decoded sync.Once
	facts   facts // the ones in the result
}

// result is what is kept of a package.
type result struct {
	Declared cache.Key // see [load.Declared]
	Exposes  []string
	Facts    []byte // see [facts]
	Reports  []report.Report
	Depends  []depends
	Mentions whole.Mentions
}

// errImport says that a package cannot be analyzed because of one that it imports.
var errImport = errors.New("an import has problems")

// known finds the results that are kept, and returns the packages that have none, or
// that import one that has none, imports first.
func (r *run) known() (unknown []*packages.Package, err error) {
	if err := r.hashOwn(); err != nil {
		return nil, err
	}
	for _, p := range r.program.Source {
		u := r.units[p]
		ready := true
		for _, i := range p.Imports {
			ready = ready && (r.units[i] == nil || r.units[i].found)
		}
		if ready {
			if err := r.look(u); err != nil {
				return nil, err
			}
		}
		if u.found {
			close(u.done)
		} else {
			unknown = append(unknown, p)
		}
	}
	return unknown, nil
}

// hashOwn computes what each package's key begins with.
func (r *run) hashOwn() error {
	var wg sync.WaitGroup
	errs := make([]error, len(r.program.Source))
	for i, p := range r.program.Source {
		wg.Go(func() {
			r.free <- struct{}{}
			defer func() { <-r.free }()
			u := r.units[p]
			u.own, errs[i] = r.seen.own(u.Package)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// look finds what is kept of a package whose imports are known.
func (r *run) look(u *unit) error {
	h := sha256.New()
	h.Write(u.own[:])
	if err := r.HashSettings(h, u.Dir); err != nil {
		return err
	}
	for _, path := range slices.Sorted(maps.Keys(u.Imports)) {
		i, err := r.visible(u.Imports[path])
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%q %x\n", path, i)
	}
	u.plain = cache.Key(h.Sum(nil))
	u.key = u.plain
	if r.load(u, u.key) {
		return nil
	}
	with, err := r.withSchema(u)
	if err == nil {
		r.load(u, with)
	}
	return err
}

// withSchema is the key of a package whose result depends on the schema.
func (r *run) withSchema(u *unit) (cache.Key, error) {
	h := sha256.New()
	h.Write(u.key[:])
	err := r.HashSchema(h, u.Dir)
	return cache.Key(h.Sum(nil)), err
}

// visible is the hash of what others see of a package.
func (r *run) visible(p *packages.Package) (cache.Key, error) {
	if u := r.units[p]; u != nil {
		return r.seen.source(p, u.result, r.visible)
	}
	return r.seen.compiled(p)
}

// load gets what is kept by a key.
func (r *run) load(u *unit, key cache.Key) bool {
	content, ok := r.Cache.Get(key)
	if !ok {
		return false
	}
	var kept result
	if err := gob.NewDecoder(bytes.NewReader(content)).Decode(&kept); err != nil {
		return false
	}
	u.result, u.found = kept, true
	return true
}

// analyze waits for the imports of a package and gets its result, by running the
// analyzers if it is not kept.
func (r *run) analyze(ctx context.Context, u *unit) error {
	for _, i := range u.Imports {
		if imported := r.units[i]; imported != nil {
			<-imported.done
			if imported.err != nil {
				return errImport
			}
		}
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if err := r.look(u); u.found || err != nil {
		return err
	}
	if !r.program.Check(u.Package) {
		return errImport // or a problem of its own, which the program has
	}
	r.free <- struct{}{}
	defer func() { <-r.free }()
	var read bool
	var mu sync.Mutex
	analyzers := r.Analyzers(func(err error) {
		mu.Lock()
		defer mu.Unlock()
		read = true
		u.unkept = u.unkept || err != nil
	})
	if err := r.pass(u, analyzers); err != nil {
		return err
	}
	u.Declared, u.Exposes = load.Declared(u.Types)
	module := ""
	if u.Module != nil {
		module = u.Module.Path
	}
	u.Mentions = whole.MentionsOf(u.TypesInfo, module)
	u.found, u.fresh = true, true
	u.Syntax, u.TypesInfo = nil, nil // most of the memory
	if read {
		var err error
		u.key, err = r.withSchema(u)
		return err
	}
	return nil
}

// keep keeps the results of this run, unless a file has changed while it went on: it
// might have been read before and after that.
func (r *run) keep() {
	var fresh []*unit
	for _, p := range r.program.Source {
		if u := r.units[p]; u.fresh && !u.unkept {
			fresh = append(fresh, u)
		}
	}
	if len(fresh) == 0 || r.Cache.Dir == "" || !r.program.Unchanged() {
		return
	}
	for _, u := range fresh {
		var b bytes.Buffer
		if err := gob.NewEncoder(&b).Encode(u.result); err == nil {
			r.Cache.Put(u.key, b.Bytes())
		}
	}
}
