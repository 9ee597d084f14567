package sqldriver

import (
	"strings"
	"sync"
	"sync/atomic"
)

// Returning knows the queries of one generated package that write and return rows.
type Returning struct {
	query func(name string) Returned
}

// Returned describes what such a query returns.
type Returned struct {
	Text   string // as sqlc has it, with its markers in the place of lists
	Fields []any  // where to scan a row, new values each time
	Key    []int  // the numbers of the columns that tell its rows apart
}

// NewReturning describes a package's queries. query finds one by the first line of
// its text; for any other text it returns the zero value.
func NewReturning(query func(name string) Returned) *Returning { return &Returning{query} }

// Registry has the packages whose queries run on a database. It is safe for
// concurrent use.
type Registry struct {
	mu       sync.Mutex
	packages atomic.Pointer[[]*Returning]
}

// Add adds a package, once.
func (r *Registry) Add(p *Returning) {
	if r == nil || p == nil || has(r.packages.Load(), p) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []*Returning
	if known := r.packages.Load(); has(known, p) {
		return
	} else if known != nil {
		list = append(list, *known...)
	}
	list = append(list, p)
	r.packages.Store(&list)
}

func has(list *[]*Returning, p *Returning) bool {
	if list == nil {
		return false
	}
	for _, known := range *list {
		if known == p {
			return true
		}
	}
	return false
}

// Len returns the number of packages, which only grows.
func (r *Registry) Len() int {
	if r == nil || r.packages.Load() == nil {
		return 0
	}
	return len(*r.packages.Load())
}

// Of returns what a text returns, for each of the packages that have such a query.
func (r *Registry) Of(text string) (all []Returned) {
	if r.Len() == 0 {
		return nil
	}
	name, _, _ := strings.Cut(text, "\n")
	for _, p := range *r.packages.Load() {
		if q := p.query(name); q.Fields != nil && isOf(text, q.Text) {
			all = append(all, q)
		}
	}
	return all
}

// isOf reports whether a text is the query's, in which sqlc has put ?,? or NULL in
// the place of each list's marker.
func isOf(text, query string) bool {
	before, after, found := strings.Cut(query, "/*SLICE:")
	text, ok := strings.CutPrefix(text, before)
	if !ok || !found {
		return ok && text == ""
	}
	_, query, _ = strings.Cut(after, "*/?")
	if rest, ok := strings.CutPrefix(text, "NULL"); ok {
		return isOf(rest, query)
	}
	for list := "?"; strings.HasPrefix(text, list); list = ",?" {
		text = text[len(list):]
		if isOf(text, query) {
			return true
		}
	}
	return false
}
