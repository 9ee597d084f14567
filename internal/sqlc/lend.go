package sqlc

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/dreysql/drey/internal/project/query"
	v131 "github.com/dreysql/drey/internal/sqlc/v131"
)

// Blocks that have one schema have the same generated queries of its tables, and sqlc's
// Go of them differs in the name of the package alone. sqlc takes a millisecond for each.

// place is a file of queries of a block.
type place struct{ block, file int }

// lend finds the generated files that an earlier block has as well, in a schema that is
// the same. Each block keeps one: without any sqlc generates nothing.
func (s *staging) lend() {
	s.lent = map[place]int{}
	first := map[string]int{}
	schemas := map[string]int{}
	for i := range s.blocks {
		b := &s.blocks[i]
		if b.Alike == "" {
			continue
		}
		text := textOf(v131.Objects(b.Schema, b.Overridden, b.Staged))
		schema, ok := schemas[text]
		if !ok {
			schema = len(schemas)
			schemas[text] = schema
		}
		names := map[string]int{} // by the name of the Go that sqlc makes of them
		for j := range b.Queries {
			names[strings.ToLower(path.Base(b.Queries[j].Path))]++
		}
		kept := 0
		for j := range b.Queries {
			f := &b.Queries[j]
			name := path.Base(f.Path)
			if !query.IsGenerated(f.Content) || names[strings.ToLower(name)] > 1 {
				kept++
				continue
			}
			key := fmt.Sprintf("%q %d %q %q", b.Alike, schema, name, f.Content)
			if owner, ok := first[key]; ok && (kept > 0 || j < len(b.Queries)-1) {
				s.lent[place{i, j}] = owner
				continue
			}
			kept++
			if _, ok := first[key]; !ok {
				first[key] = i
			}
		}
	}
}

var packageClause = regexp.MustCompile(`(?m)^package \w+$`)

// borrow adds the Go of the files that sqlc was given for another block.
func (s *staging) borrow(block int, files map[string][]byte, outputs []map[string][]byte) error {
	var clause []byte
	for _, src := range files {
		clause = packageClause.Find(src)
		break
	}
	for j := range s.blocks[block].Queries {
		owner, ok := s.lent[place{block, j}]
		if !ok {
			continue
		}
		base := path.Base(s.blocks[block].Queries[j].Path)
		found := false
		for name, src := range outputs[owner] {
			at := packageClause.FindIndex(src)
			if at == nil || clause == nil || !bytes.Contains(src[:at[0]], []byte("// source: "+base+"\n")) {
				continue
			}
			files[name] = append(append(bytes.Clone(src[:at[0]]), clause...), src[at[1]:]...)
			found = true
		}
		if !found {
			return fmt.Errorf("sqlc has made no Go of %s", base)
		}
	}
	return nil
}
