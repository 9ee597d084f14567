package driver

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/dreysql/drey/internal/lint/cache"
	"github.com/dreysql/drey/internal/lint/report"
	"github.com/dreysql/drey/internal/lint/whole"
)

// depends is what one of the reports on a package depends on.
type depends struct {
	Report    int // its index, or -1
	On        []whole.Need
	Otherwise []report.Report // instead of it
	Only      *report.Report  // see [whole.Condition]
}

// decide drops the reports on text that only constants get into, as far as that is known
// when the whole of a module is looked at.
func (r *run) decide() error {
	var owners []*unit
	var reports [][]whole.Need
	for _, p := range r.program.Named {
		u := r.units[p]
		for _, d := range u.Depends {
			owners, reports = append(owners, u), append(reports, d.On)
		}
	}
	if len(reports) == 0 {
		return nil
	}
	o := others{run: r, packages: map[string]*unit{}, answering: map[*unit]whole.Package{}}
	if o.closed = r.program.Closed(); len(o.closed) == 0 {
		return nil
	}
	for _, p := range r.program.Source {
		if p.ForTest == "" || p.ForTest == p.PkgPath && o.packages[p.PkgPath] == nil {
			o.packages[p.PkgPath] = r.units[p]
		}
	}
	dropped, err := whole.Solve(reports, o.ask)
	if err != nil {
		return err
	}
	next := 0
	for i, u := range owners {
		if i == 0 || owners[i-1] != u {
			next = 0
		}
		d := u.Depends[next]
		next++
		switch {
		case dropped[i]:
			u.dropped = append(u.dropped, d)
		case d.Only != nil:
			u.added = append(u.added, *d.Only)
		}
	}
	return nil
}

// left are the reports on a package without those that are dropped, and with those that
// are found out.
func (u *unit) left() []report.Report {
	list := slices.Clone(u.Reports)
	var instead []report.Report
	gone := map[int]bool{}
	for _, d := range u.dropped {
		gone[d.Report] = true
		instead = append(instead, d.Otherwise...)
	}
	i := -1
	list = slices.DeleteFunc(list, func(report.Report) bool { i++; return gone[i] })
	return slices.Concat(list, instead, u.added)
}

// others asks the packages of the program.
type others struct {
	*run
	packages map[string]*unit // by their import paths, each once
	closed   map[string]bool  // import paths of packages that nothing else can call

	mu        sync.Mutex
	answering map[*unit]whole.Package
}

// ask returns the answers of all packages.
func (o *others) ask(questions []whole.Question) ([]whole.Answer, error) {
	asked := map[*unit][]int{}
	answers := make([]whole.Answer, len(questions))
	for i, q := range questions {
		if answers[i].Bad = !o.closed[q.Package] && q.Kind != whole.Invoked && q.Kind != whole.Called; answers[i].Bad {
			continue
		}
		for path, u := range o.packages {
			if path == q.Package || q.Kind != whole.Result && u.Mentions.Has(q) {
				asked[u] = append(asked[u], i)
			}
		}
	}
	if err := o.prepare(asked, questions); err != nil {
		return nil, err
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for u, list := range asked {
		wg.Go(func() {
			o.free <- struct{}{}
			defer func() { <-o.free }()
			for _, i := range list {
				a, err := o.answer(u, questions[i])
				mu.Lock()
				answers[i].Found += a.Found
				answers[i].Bad = answers[i].Bad || a.Bad
				answers[i].Asks = append(answers[i].Asks, a.Asks...)
				if failed == nil {
					failed = err
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return answers, failed
}

// prepare lets packages be read that have to be.
func (o *others) prepare(asked map[*unit][]int, questions []whole.Question) error {
	var list []*packages.Package
	for u, of := range asked {
		if slices.ContainsFunc(of, func(i int) bool { _, ok := o.kept(u, questions[i]); return !ok }) {
			list = append(list, u.Package)
		}
	}
	slices.SortFunc(list, func(a, b *packages.Package) int { return strings.Compare(a.ID, b.ID) })
	return o.program.Prepare(list)
}

func (u *unit) answerKey(q whole.Question) cache.Key {
	h := sha256.New()
	h.Write(u.plain[:])
	fmt.Fprintf(h, "answer %#v", q)
	return cache.Key(h.Sum(nil))
}

// kept is the answer of a package that is kept.
func (o *others) kept(u *unit, q whole.Question) (a whole.Answer, ok bool) {
	content, ok := o.Cache.Get(u.answerKey(q))
	return a, ok && gob.NewDecoder(bytes.NewReader(content)).Decode(&a) == nil
}

func (o *others) answer(u *unit, q whole.Question) (whole.Answer, error) {
	if a, ok := o.kept(u, q); ok {
		return a, nil
	}
	of, err := o.analyzed(u)
	if of == nil || err != nil {
		return whole.Answer{Bad: true}, err
	}
	a := of.Answer(q)
	var b bytes.Buffer
	if !u.unkept && gob.NewEncoder(&b).Encode(a) == nil {
		o.Cache.Put(u.answerKey(q), b.Bytes())
	}
	return a, nil
}

// analyzed returns a package that can answer, or nil if it cannot be read.
func (o *others) analyzed(u *unit) (whole.Package, error) {
	o.mu.Lock()
	of, known := o.answering[u]
	o.mu.Unlock()
	if known {
		return of, nil
	}
	again, ok := o.program.Again(u.Package)
	if !ok {
		return nil, o.program.Problems()
	}
	results := map[*analysis.Analyzer]any{}
	copied := &unit{Package: again}
	err := o.do(copied, o.Whole, facts{}, results, func(analysis.Diagnostic) {})
	of, _ = results[o.Whole].(whole.Package)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.answering[u] = of
	return of, err
}
