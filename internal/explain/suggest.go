package explain

import (
	"maps"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Index is an index that has been tried: with it, the plan does not have the steps that it
// is suggested for.
type Index struct {
	SQL string `json:"sql"`
	// Redundant are indexes of the table that it would do the work of.
	Redundant []string `json:"redundant,omitempty"`
}

// faults are steps that may be at fault, with how often they are in a plan.
type faults map[key]int

// sorts returns how many temporary B-trees there are.
func (f faults) sorts() (n int) {
	for k, c := range f {
		if k.kind == TempTree {
			n += c
		}
	}
	return n
}

func counts(plan []*Step) faults {
	n := faults{}
	walk(plan, func(s *Step) {
		if s.Kind != "" {
			n[s.key()]++
		}
	})
	return n
}

// weights order the kinds: an index that saves reading rows is worth more than one that
// saves sorting them.
var weights = map[Kind]int{Scan: 2, AutoIndex: 2, TempTree: 1}

// gain is how much better a plan is: more than 0 if it has fewer faults, and none that the
// other one does not have.
func gain(before, after faults) (sum int) {
	for k, n := range before {
		if after[k] > n {
			return 0
		}
		sum += (n - after[k]) * weights[k.kind]
	}
	for k := range after {
		if before[k] == 0 {
			return 0
		}
	}
	return sum
}

// trial is a copy of a migrated database, on which indexes are tried.
type trial struct {
	conn   *sqlite.Conn
	schema *schema.Schema
	stats  *Stats // nil if there are none
}

// suggestion is an index and the faults that it removes.
type suggestion struct {
	Index
	candidate *candidate
	removed   faults
	// fewer: less is read with it. If it is false, the same rows are read in another order.
	fewer bool
}

// suggest returns indexes that make the plan of a statement better, with the faults that
// each of them removes. Each is found with those before it in place. first is for a
// statement of which only the first row is read.
func (t *trial) suggest(sql string, plan []*Step, first bool) (list []*suggestion, err error) {
	statements := texts(t.schema, sql, plan)
	now := counts(plan)
	for len(now) > 0 {
		var best *suggestion
		most := 0
		var bestPlan []*Step
		for _, c := range t.candidates(statements, plan) {
			after, used, err := t.with(c, sql)
			if err != nil {
				return nil, err
			}
			g := gain(now, counts(after))
			if !used || g == 0 || g < most || g == most && !c.before(best.candidate) {
				continue
			}
			best, bestPlan, most = &suggestion{Index: Index{c.sql(), c.redundant()}, candidate: c}, after, g
		}
		if best == nil {
			break
		}
		after := counts(bestPlan)
		best.removed = removed(now, after)
		best.fewer = best.reads(bestPlan) || after.sorts() == 0 && endsEarly(statements, plan, best.removed, first)
		list = append(list, best)
		if err := t.create(best.candidate); err != nil {
			return nil, err
		}
		plan, now = bestPlan, after
	}
	for _, s := range list {
		if err := t.drop(s.candidate); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// removed returns the faults of a plan that another one does not have.
func removed(before, after faults) faults {
	less := faults{}
	for k, n := range before {
		if n > after[k] {
			less[k] = n - after[k]
		}
	}
	return less
}

// reads reports whether less is read with the index: rows that are searched for, or the index
// in place of the table.
func (s *suggestion) reads(plan []*Step) (less bool) {
	for k := range s.removed {
		less = less || k.kind != TempTree
	}
	walk(plan, func(step *Step) {
		if _, ok := step.uses(s.candidate.name); ok {
			less = less || strings.Contains(step.Detail, " COVERING INDEX ")
		}
	})
	return less
}

// endsEarly reports whether only the first of the rows are read that a plan would put in
// order. If all of them are, reading the table through an index takes about as long as
// sorting it.
func endsEarly(statements []text, plan []*Step, removed faults, first bool) (early bool) {
	walk(plan, func(s *Step) {
		early = early || s.value && removed[s.key()] > 0
	})
	for i, of := range statements {
		top, _ := of.stmt.(*ast.SelectStmt)
		ast.Walk(of.stmt, func(n ast.Node) bool {
			q, ok := n.(*ast.SelectQuery)
			if !ok || q.Limit == nil && !(first && i == 0 && top != nil && syntax.Query(top) == q) {
				return true
			}
			early = early || removed[key{TempTree, "ORDER BY"}] > 0 && len(q.OrderBy) > 0 ||
				q.Limit != nil && (removed[key{TempTree, "GROUP BY"}] > 0 && len(q.GroupBy) > 0 || removed[key{TempTree, "DISTINCT"}] > 0 && q.Distinct == ast.DistinctDistinct)
			return true
		})
	}
	return early
}

// candidates returns the indexes to try for the faults of a plan, on every table that the
// plan reads.
func (t *trial) candidates(statements []text, plan []*Step) (list []*candidate) {
	read := map[string]bool{}
	walk(plan, func(s *Step) {
		if s.Table != "" {
			read[s.Table] = true
		}
	})
	for _, name := range slices.Sorted(maps.Keys(read)) {
		table := t.schema.Table(name)
		if table == nil || table.Kind != schema.KindTable {
			continue
		}
		list = append(list, candidates(table, termsOf(t.schema, table, statements), t.stats != nil, t.taken)...)
	}
	return list
}

// taken reports whether a table, view or index has the name.
func (t *trial) taken(name string) bool {
	for _, table := range t.schema.Tables {
		if sqltext.EqualFold(table.Name, name) || slices.ContainsFunc(table.Indexes, func(ix schema.Index) bool { return sqltext.EqualFold(ix.Name, name) }) {
			return true
		}
	}
	return false
}

// with returns the plan of a statement with an index, and whether it uses that well.
func (t *trial) with(c *candidate, sql string) (plan []*Step, used bool, err error) {
	if t.create(c) != nil {
		return nil, false, nil // an expression that an index cannot have
	}
	plan, err = read(t.conn, sql)
	walk(plan, func(s *Step) {
		if keys, ok := s.uses(c.name); ok {
			used = used || !s.search || t.stats.selective(c, strings.Count(keys, "=?"))
		}
	})
	if dropped := t.drop(c); err == nil {
		err = dropped
	}
	return plan, used, err
}

func (t *trial) create(c *candidate) error {
	// @schema-change the candidate is tried on a copy of the schema in memory
	if err := t.conn.Exec(c.sql()); err != nil {
		return err
	}
	return t.stats.index(t.conn, c)
}

func (t *trial) drop(c *candidate) error {
	// @schema-change the candidate was tried on a copy of the schema in memory
	return t.conn.Exec("DROP INDEX " + sqltext.Quote(c.name))
}
