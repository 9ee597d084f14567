package sqlc

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/project/query"
)

// Blocks that have one schema have the same generated queries of its tables, and sqlc's
// Go of them differs in the name of the package alone. sqlc takes a millisecond for each.

// place is a file of queries of a block.
type place struct{ block, file int }

// lend finds the generated files that several blocks have, in a schema that is the same.
// One block is given each, so that all have about as much to do: sqlc goes through blocks
// side by side. Each block keeps one file: without any sqlc generates nothing.
func (s *staging) lend() {
	s.lent = map[place]int{}
	same := map[string][]place{}
	var order []string
	work := make([]int, len(s.blocks)) // bytes of queries
	kept := make([]int, len(s.blocks))
	for i := range s.blocks {
		b := &s.blocks[i]
		names := map[string]int{} // by the name of the Go that sqlc makes of them
		for j := range b.Queries {
			names[strings.ToLower(path.Base(b.Queries[j].Path))]++
		}
		for j := range b.Queries {
			f := &b.Queries[j]
			name := path.Base(f.Path)
			if b.Alike == "" || !query.IsGenerated(f.Content) || names[strings.ToLower(name)] > 1 {
				work[i] += len(f.Content)
				kept[i]++
				continue
			}
			key := fmt.Sprintf("%q %q %q %q", b.Alike, s.schemas[i], name, f.Content)
			if same[key] == nil {
				order = append(order, key)
			}
			same[key] = append(same[key], place{i, j})
		}
	}
	for _, key := range order {
		owner := slices.MinFunc(same[key], func(a, b place) int { return cmp.Compare(work[a.block], work[b.block]) }).block
		for _, p := range same[key] {
			if p.block != owner {
				s.lent[p] = owner
			}
		}
		work[owner] += len(key)
		kept[owner]++
	}
	for _, key := range order {
		for _, p := range same[key] {
			if kept[p.block] == 0 {
				delete(s.lent, p)
				kept[p.block]++
			}
		}
	}
}

var packageClause = regexp.MustCompile(`(?m)^package (\w+)$`)

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
