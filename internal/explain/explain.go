package explain

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Rule is what a comment above a query allows, and Allow is how the comment begins.
const (
	Rule  = "scan"
	Allow = "-- drey:allow " + Rule + ": "
)

// State says what becomes of a finding.
type State string

// The states.
const (
	Reported    State = "reported"    // an index helps
	Allowed     State = "allowed"     // by a comment above the query
	Unavoidable State = "unavoidable" // no index helps
	Sorted      State = "sorted"      // an index would put the rows in order, and read the same rows
	Small       State = "small"       // few rows
	Generated   State = "generated"   // an index helps, but the query is not written by hand
)

// Finding is a step of a plan that may be at fault.
type Finding struct {
	Kind  Kind   `json:"kind"`
	Table string `json:"table,omitempty"`
	State State  `json:"state"`
	Msg   string `json:"message"`
	Index *Index `json:"index,omitempty"` // that helps

	Line   int `json:"line"`   // of the file, from 1
	Column int `json:"column"` // from 1, in bytes
}

// Query is what there is to say about a query.
type Query struct {
	Name      string    `json:"name"`
	Command   string    `json:"command"`
	File      string    `json:"file"`
	Line      int       `json:"line"`
	Generated bool      `json:"generated,omitempty"`
	Plan      []*Step   `json:"plan"`
	Findings  []Finding `json:"findings,omitempty"`

	// Reports are the findings that are reported, those with one index as one.
	Reports diag.Problems `json:"-"`
	// Idle is a comment that allows what the query does not do, nil for none.
	Idle *diag.Problem `json:"-"`
}

// Explainer explains queries over one schema. It is not safe for concurrent use.
type Explainer struct {
	trial
	memory *sqlite.Memory
}

// New returns an explainer for a migrated database, which it leaves as it is. stats may be
// nil. The caller closes it.
func New(migrated *sqlite.Memory, s *schema.Schema, stats *Stats) (*Explainer, error) {
	memory, err := migrated.Clone()
	if err != nil {
		return nil, err
	}
	conn, err := memory.Conn()
	if err != nil {
		return nil, errors.Join(err, memory.Close())
	}
	e := &Explainer{trial{conn, s, stats}, memory}
	if stats != nil {
		if err := stats.copyTo(conn, s); err != nil {
			return nil, errors.Join(err, e.Close())
		}
	}
	return e, nil
}

// Close drops the explainer's copy of the database.
func (e *Explainer) Close() error { return errors.Join(e.conn.Close(), e.memory.Close()) }

// Query explains a query. Its error is a [*diag.Problem] if SQLite refuses the query.
func (e *Explainer) Query(q *query.Query) (*Query, error) {
	sql := statement(q)
	plan, err := read(e.conn, sql)
	if err != nil {
		p := q.At(0)
		p.Msg, p.Err, p.Fix = "SQLite refuses it: "+err.Error(), err, "drey generate says more"
		return nil, p
	}
	found := &Query{Name: q.Name, Command: q.Cmd, File: q.File, Line: q.Line, Generated: q.Generated, Plan: plan}
	suggestions, err := e.suggest(sql, plan, q.Cmd == ":one")
	if err != nil {
		return nil, err
	}
	allowed := slices.IndexFunc(q.Allowed, func(a query.Allowed) bool { return a.Rule == Rule })
	reports := map[*suggestion]*diag.Problem{}
	seen := map[key]State{}
	for _, group := range loops(plan) {
		for i, s := range group {
			small := e.small(s, group[:i])
			if before := seen[s.key()]; s.Kind == "" || before != "" && (before != Small || small) {
				continue
			}
			at := q.At(position(q.Text, s))
			f := Finding{Kind: s.Kind, Table: s.Table, State: Unavoidable, Msg: e.message(s), Line: at.Line, Column: at.Col}
			var by *suggestion
			if i := slices.IndexFunc(suggestions, func(by *suggestion) bool { return by.removed[s.key()] > 0 }); i >= 0 {
				by = suggestions[i]
				f.Index, f.State = &by.Index, Reported
			}
			switch {
			case small:
				f.State = Small
			case by == nil:
			case !by.fewer:
				f.State = Sorted
			case q.Generated:
				f.State = Generated
			case allowed >= 0:
				f.State = Allowed
			default:
				if p := reports[by]; p != nil {
					p.Msg += ", and " + f.Msg
					break
				}
				at.Msg, at.Fix = f.Msg, by.fix()
				reports[by] = at
				found.Reports = append(found.Reports, at)
			}
			seen[s.key()] = f.State
			found.Findings = append(found.Findings, f)
		}
	}
	if allowed >= 0 && len(found.Findings) == 0 {
		found.Idle = &diag.Problem{File: q.File, Line: q.Allowed[allowed].Line, Query: q.Name,
			Msg: "the query does not scan, sort or build an index, so nothing has to be allowed", Fix: "delete the comment"}
	}
	return found, nil
}

// fix says which index helps.
func (s *suggestion) fix() string {
	fix := "in a migration: " + s.SQL + "; with it, " + s.what()
	if len(s.Redundant) > 0 {
		fix += "\nit begins with the columns of " + strings.Join(s.Redundant, " and ") + ", which can be dropped then"
	}
	return fix + "\nor say above the query why not: " + Allow + "reason"
}

// what says what becomes of the plan.
func (s *suggestion) what() string {
	for k := range s.removed {
		if k.kind != TempTree {
			return "the plan searches " + s.candidate.table.Name
		}
	}
	return "the rows come in order"
}

// message says what a step does.
func (e *Explainer) message(s *Step) string {
	rows := ""
	if n, ok := e.stats.Rows(s.Table); ok {
		rows = fmt.Sprintf(" (%d rows)", n)
	}
	switch {
	case s.Kind == TempTree:
		return "the rows go into a temporary B-tree for " + s.label
	case s.Kind == AutoIndex:
		return fmt.Sprintf("each run builds an index of %s%s", s.Table, rows)
	case s.inner:
		return fmt.Sprintf("%s%s is scanned, again for each row of what is around it", s.Table, rows)
	}
	return fmt.Sprintf("%s%s is scanned", s.Table, rows)
}

// loops returns the steps of a plan in groups of those that are side by side.
func loops(plan []*Step) [][]*Step {
	groups := [][]*Step{plan}
	walk(plan, func(s *Step) {
		if len(s.Below) > 0 {
			groups = append(groups, s.Below)
		}
	})
	return groups
}

// lookup is SQLite's estimate of finding one row by a key.
const lookup = 45

// small reports whether it is known that a step has to do with few rows. before are the
// steps whose rows it gets.
func (e *Explainer) small(s *Step, before []*Step) bool {
	if e.stats == nil {
		return false
	}
	if s.Kind != TempTree {
		n, ok := e.stats.Rows(s.Table)
		if s.inner && s.Kind == Scan {
			n *= 10
		}
		return ok && n < SmallRows
	}
	cost, loops := 0, 0
	for _, b := range before {
		switch {
		case b.cost == 0:
			return false // it is not known how many rows a subquery has
		case loops == 0 && b.Kind == Scan:
			n, _ := e.stats.Rows(b.Table)
			cost = int(10 * math.Log2(float64(max(n, 1))))
		case loops == 0:
			cost = b.cost
		default:
			cost += max(0, b.cost-lookup)
		}
		loops++
	}
	return loops > 0 && math.Exp2(float64(cost)/10) < SmallRows
}

// sliceMacro is the beginning of a sqlc.slice.
var sliceMacro = regexp.MustCompile(`(?i)^sqlc(\s*)\.(\s*)slice`)

// statement writes a query in plain SQL. A list has two elements: one would be like =.
func statement(q *query.Query) string {
	var b strings.Builder
	at := 0
	for _, p := range query.Read(q.Text).Params {
		if p.Kind != query.Slice {
			continue
		}
		one := sliceMacro.ReplaceAllString(p.Text, "sqlc.arg")
		b.WriteString(q.Text[at:p.Start] + one + ", " + one)
		at = p.End
	}
	b.WriteString(q.Text[at:])
	return query.Read(b.String()).Plain().SQL
}

// position returns where a query says what a step does.
func position(text string, s *Step) int {
	at, named := -1, -1
	if stmt, err := syntax.Parse(text); err == nil && s.Kind != TempTree {
		ast.Walk(stmt, func(n ast.Node) bool {
			ref, ok := n.(*ast.TableRef)
			if !ok || ref.Name == nil {
				return true
			}
			as := ref.Name.Name
			if ref.Alias != nil {
				as = ref.Alias
			}
			switch {
			case !sqltext.EqualFold(as.Name, s.label):
			case named < 0 && sqltext.EqualFold(ref.Name.Name.Name, s.Table):
				named = ref.Name.Pos()
			case at < 0:
				at = ref.Name.Pos()
			}
			return true
		})
	}
	if named >= 0 {
		return named
	}
	if word, _, _ := strings.Cut(s.label, " "); s.Kind == TempTree {
		for _, t := range sqltext.Significant(text) {
			if t.Is(word) {
				at = t.Start // the last: that of the statement itself, where there are several
			}
		}
	}
	return max(at, 0)
}
