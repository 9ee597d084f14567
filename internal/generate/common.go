package generate

import (
	goruntime "runtime"
	"sync"

	"github.com/dreysql/drey/internal/emit"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/verify"
)

// common is what blocks have in common that are generated alike: most of what belongs to
// the tables of one schema is then found out for the first of them.
type common struct {
	held    map[heldKey]*verify.Held
	parsed  map[string][]*query.Query // generated files, by content
	emitted *emit.Shared
}

// bySchema calls f with each block: those of one schema in their order, since they share its
// database, and those of others side by side.
func bySchema(blocks []*block, f func(*block)) {
	of := map[*project.Database][]*block{}
	var order []*project.Database
	for _, b := range blocks {
		if of[b.Database] == nil {
			order = append(order, b.Database)
		}
		of[b.Database] = append(of[b.Database], b)
	}
	turns := make(chan struct{}, goruntime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for _, d := range order {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			for _, b := range of[d] {
				f(b)
			}
		})
	}
	all.Wait()
}

type heldKey struct {
	*project.Database
	options string
}

func newCommon() *common {
	return &common{held: map[heldKey]*verify.Held{}, parsed: map[string][]*query.Query{}, emitted: emit.NewShared()}
}

// held are the generated queries that hold in a block's schema, with its options.
func (r *run) held(b *block) *verify.Held {
	key := heldKey{b.Database, b.Options()}
	if key.options == "" {
		return nil
	}
	if r.common.held[key] == nil {
		r.common.held[key] = verify.NewHeld()
	}
	return r.common.held[key]
}

// parse parses a generated file of queries.
func (c *common) parse(f query.File) (queries []*query.Query, err error) {
	content := string(f.Content)
	if c.parsed[content] == nil {
		if c.parsed[content], err = query.Parse(f.Path, f.Content); err != nil {
			return nil, err
		}
	}
	for _, q := range c.parsed[content] {
		here := *q
		here.File = f.Path
		queries = append(queries, &here)
	}
	return queries, nil
}
