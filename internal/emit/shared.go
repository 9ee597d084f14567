package emit

import (
	"sync"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Shared is what packages have in common, by its text: most of what is written of the
// tables of one schema. It is safe for concurrent use.
type Shared struct {
	mu        sync.Mutex
	formatted map[string][]byte // declarations
	targets   map[string]string // the table that a statement writes to
}

// NewShared returns one that has nothing yet.
func NewShared() *Shared {
	return &Shared{formatted: map[string][]byte{}, targets: map[string]string{}}
}

// once returns what a function makes of a text.
func once[V any](mu *sync.Mutex, known map[string]V, text string, f func(string) (V, error)) (V, error) {
	mu.Lock()
	v, ok := known[text]
	mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := f(text)
	if err == nil {
		mu.Lock()
		known[text] = v
		mu.Unlock()
	}
	return v, err
}

// format formats declarations.
func (s *Shared) format(text string) ([]byte, error) {
	return once(&s.mu, s.formatted, text, func(text string) ([]byte, error) { return source([]byte(text)) })
}

// target returns the name of the table that a statement writes to, "" if it only reads.
func (s *Shared) target(text string) string {
	for t := range sqltext.All(text) {
		if t.Kind == sqltext.Space || t.Kind == sqltext.Comment {
			continue
		}
		if t.Is("SELECT") || t.Is("VALUES") {
			return ""
		}
		break
	}
	name, _ := once(&s.mu, s.targets, text, func(text string) (string, error) {
		stmt, _ := syntax.Parse(text)
		if name := syntax.Target(stmt); name != nil {
			return name.Name.Name, nil
		}
		return "", nil
	})
	return name
}
