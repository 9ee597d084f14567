package verify

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
)

// Held are the generated queries of a schema that SQLite prepares, and that hold in a
// package: blocks with one schema have most of them in common. It is for packages with one
// database and one text of options. It is safe for concurrent use.
type Held struct {
	mu       sync.Mutex
	prepared map[string]bool // by the query's text
	queries  map[string]sqlc.Completion
}

// NewHeld returns one without queries.
func NewHeld() *Held {
	return &Held{prepared: map[string]bool{}, queries: map[string]sqlc.Completion{}}
}

func (h *Held) isPrepared(q *query.Query) bool {
	if h == nil || !q.Generated {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.prepared[q.Text]
}

func (h *Held) addPrepared(q *query.Query) {
	if h == nil || !q.Generated {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.prepared[q.Text] = true
}

// completion is what the query with that key is completed with.
func (h *Held) completion(key string) (c sqlc.Completion, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c, ok = h.queries[key]
	return c, ok
}

func (h *Held) add(key string, c *sqlc.Completion) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c == nil {
		c = &sqlc.Completion{}
	}
	h.queries[key] = copyOf(*c)
}

func copyOf(c sqlc.Completion) sqlc.Completion {
	c.Results, c.Args = maps.Clone(c.Results), maps.Clone(c.Args)
	return c
}

// heldOr runs the checks of a query, unless it is known to hold.
func (c *checker) heldOr(q *query.Query, check func()) {
	m := c.methods[q.Name]
	if c.Held == nil || !q.Generated || m == nil {
		check()
		return
	}
	key := c.key(q, m)
	if known, ok := c.Held.completion(key); ok {
		if known.Results != nil {
			known = copyOf(known)
			*c.completions.Method(m.Name) = known
		}
		return
	}
	problems, warnings, noted := len(c.problems), len(c.warnings), c.noted
	check()
	if len(c.problems) == problems && len(c.warnings) == warnings && c.noted == noted && c.completions.Places[m.Name] == nil {
		c.Held.add(key, c.completions.Methods[m.Name])
	}
}

// key is all that the checks of a generated query depend on, besides database and options.
func (c *checker) key(q *query.Query, m *sqlc.Method) string {
	var b strings.Builder
	b.WriteString(c.common())
	_, free := c.Package.OwnRow(m)
	for _, text := range []string{q.Name, q.Cmd, q.Text, m.Cmd, m.SQL, m.Row} {
		b.WriteString(text)
		b.WriteByte(0)
	}
	fmt.Fprint(&b, free, m.RowPtr, m.ArgsType != nil, m.RowType != nil, c.Package.IsModel(m))
	if c.Tenants != nil {
		fmt.Fprint(&b, c.Tenants(m.SQL))
	}
	for _, list := range [][]sqlc.Field{m.Signature, m.Scan} {
		writeFields(&b, list)
	}
	for _, s := range []*sqlc.Struct{m.ArgsType, m.RowType} {
		if s != nil {
			writeFields(&b, s.Fields)
		}
	}
	for i := range m.Args {
		a := &m.Args[i]
		for _, text := range []string{a.Expr, a.Name, a.Type, a.Marker, a.Via} {
			b.WriteString(text)
			b.WriteByte(0)
		}
		if a.Slice {
			b.WriteByte(1)
		}
	}
	return b.String()
}

// common is what the keys of a package's queries have in common.
func (c *checker) common() string {
	if c.head != "" {
		return c.head
	}
	var b strings.Builder
	fmt.Fprintln(&b, c.PointersForNull, c.JSONTags, c.Untyped, c.runtimeName("bindDate"), c.runtimeName("ofTenant"), c.runtimeName("scanTime"))
	for _, t := range c.Schema.Tables {
		if m := c.models[t]; m != nil {
			b.WriteString(m.Name + "\x00")
			writeFields(&b, m.Fields)
		}
	}
	c.head = fmt.Sprintf("%x ", sha256.Sum256([]byte(b.String())))
	return c.head
}

func writeFields(b *strings.Builder, list []sqlc.Field) {
	for _, f := range list {
		for _, text := range []string{f.Name, f.Type, f.Via} {
			b.WriteString(text)
			b.WriteByte(0)
		}
	}
	b.WriteByte(1)
}
