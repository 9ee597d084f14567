package explain

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/sqlite"
)

// Kind is what a step of a plan costs, "" for one that costs little.
type Kind string

// The kinds of step that a finding is about.
const (
	Scan      Kind = "scan"            // every row of a table is read
	AutoIndex Kind = "automatic index" // SQLite builds an index for the statement alone
	TempTree  Kind = "temporary b-tree"
)

// Step is a node of a plan, as EXPLAIN QUERY PLAN has it (https://www.sqlite.org/eqp.html).
type Step struct {
	Detail string  `json:"detail"`
	Kind   Kind    `json:"kind,omitempty"`
	Table  string  `json:"table,omitempty"` // whose rows it reads, "" for a subquery or what is materialized
	Below  []*Step `json:"below,omitempty"`

	label  string // what the statement calls the table; the clause of a B-tree
	inner  bool   // it runs again for every row of another loop
	value  bool   // of a subquery whose first row is its value, or that tells whether there is one
	search bool   // it reads rows by a key
	cost   int    // estimate of SQLite's: 10 times the logarithm to base 2; 0 if there is none
}

// uses reports whether a step reads an index, and returns what follows its name: the columns
// that it searches by.
func (s *Step) uses(index string) (keys string, ok bool) {
	_, keys, ok = strings.Cut(s.Detail+" ", " INDEX "+index+" ")
	return keys, ok
}

// key is equal for steps that are at fault in the same way.
type key struct {
	kind  Kind
	about string
}

func (s *Step) key() key {
	if s.Kind == TempTree {
		return key{s.Kind, s.label}
	}
	return key{s.Kind, s.Table}
}

// walk calls f for every step, those above before those below.
func walk(steps []*Step, f func(*Step)) {
	for _, s := range steps {
		f(s)
		walk(s.Below, f)
	}
}

var (
	loop     = regexp.MustCompile(`^(SCAN|SEARCH) (.+?)(?: EXISTS)?(?: USING (.+?))?(?: VIRTUAL TABLE INDEX .*)?(?: LEFT-JOIN| RIGHT-JOIN)*$`)
	tempTree = regexp.MustCompile(`^(?:USE TEMP B-TREE FOR (?:LAST (?:TERM|\d+ TERMS) OF )?(.+)|(\w+) USING TEMP B-TREE)$`)
)

// instruction is a line of EXPLAIN: of the program that a statement is to SQLite, or of a
// program below it, of a trigger or a foreign key.
type instruction struct {
	opcode     string
	p1, p2, p3 int
	p4         string
}

// read returns the plan of a statement.
//
// EXPLAIN QUERY PLAN names a table as the statement does, by an alias that another table
// may have as well. So the table of a loop is read from the program: the cursor that is
// moved after the step was opened on the first page of a table or an index. The program of
// EXPLAIN is that of EXPLAIN QUERY PLAN without the steps, each of which stands at the
// address that is its id.
func read(c *sqlite.Conn, sql string) ([]*Step, error) {
	rows, err := c.Rows("EXPLAIN QUERY PLAN " + sql)
	if err != nil {
		return nil, err
	}
	programs, err := programs(c, sql)
	if err != nil {
		return nil, err
	}
	objects, err := pages(c)
	if err != nil || len(programs) == 0 {
		return nil, err
	}
	byID := map[int]*Step{}
	top := &Step{}
	byID[0] = top
	for n, row := range rows {
		id, _ := strconv.Atoi(row[0])
		parent, _ := strconv.Atoi(row[1])
		cost, _ := strconv.Atoi(row[2])
		s := &Step{Detail: row[3], cost: cost}
		end := len(programs[0])
		if n+1 < len(rows) {
			next, _ := strconv.Atoi(rows[n+1][0])
			end = next - n - 1
		}
		above := byID[parent]
		if above == nil {
			above = top
		}
		s.classify(above, programs[0], id-n, end, objects)
		s.value = above.value || strings.Contains(above.Detail, "SCALAR SUBQUERY")
		s.inner = above.inner || strings.HasPrefix(above.Detail, "CORRELATED")
		for _, before := range above.Below {
			s.inner = s.inner || loop.MatchString(s.Detail) && loop.MatchString(before.Detail)
		}
		above.Below = append(above.Below, s)
		byID[id] = s
	}
	for _, program := range programs[1:] {
		top.Below = append(top.Below, below(program, objects)...)
	}
	return top.Below, nil
}

// classify finds out what a step does, which is below another one. from and end are where its part of the program
// begins and ends.
func (s *Step) classify(above *Step, program []instruction, from, end int, objects map[int]object) {
	if m := tempTree.FindStringSubmatch(s.Detail); m != nil {
		s.Kind, s.label = TempTree, m[1]+m[2]
		return
	}
	m := loop.FindStringSubmatch(s.Detail)
	if m == nil || from < 0 || from > len(program) || end > len(program) {
		return
	}
	s.label = m[2]
	s.search = m[1] == "SEARCH"
	part := program[from:max(from, end)]
	auto := strings.HasPrefix(m[3], "AUTOMATIC")
	if auto { // it is filled before the step
		for from--; from > 0 && program[from].opcode != "OpenAutoindex"; from-- {
		}
		part = program[max(from, 0):]
	}
	if strings.HasPrefix(above.Detail, "INDEX ") { // a part of an OR begins before its step
		part = slices.Clone(program[:from])
		slices.Reverse(part)
	}
	if from >= 2 && program[from-2].opcode == "Count" { // of a statement that only counts
		part = program[from-2 : from]
	}
	for _, in := range part {
		if !moves[in.opcode] || auto && in.opcode != "Rewind" {
			continue
		}
		rows := in.opcode == "InitCoroutine" || in.opcode == "Yield" // of a subquery
		if !rows {
			s.Table = objects[opened(program, in.p1)].table
		}
		if rows || s.Table != "" || !s.search || auto {
			break // otherwise it is a list of IN, whose values are searched for
		}
	}
	switch {
	case s.Table == "", skipped(program, from):
	case auto:
		s.Kind = AutoIndex
	case m[3] == "" && s.search: // MIN or MAX without an index
		s.Kind, s.search = Scan, false
	case !s.search && !strings.Contains(s.Detail, "VIRTUAL TABLE INDEX"):
		s.Kind = Scan
	}
}

// skipped reports whether a part of a program runs only if a row refers to one that is not
// there, as long as a transaction may leave that so.
func skipped(program []instruction, at int) bool {
	for i, in := range program[:min(at, len(program))] {
		if in.opcode == "FkIfZero" && i < at && at < in.p2 {
			return true
		}
	}
	return false
}

// moves are the instructions by which a loop begins.
var moves = map[string]bool{
	"Rewind": true, "Last": true, "SeekGE": true, "SeekGT": true, "SeekLE": true, "SeekLT": true, "SeekRowid": true,
	"NotExists": true, "Count": true, "InitCoroutine": true, "Yield": true, "VFilter": true,
}

// opened returns the first page of what a cursor reads, 0 if that is not a table.
func opened(program []instruction, cursor int) int {
	for _, in := range program {
		if in.p1 == cursor && (in.opcode == "OpenRead" || in.opcode == "OpenWrite" || in.opcode == "ReopenIdx") && in.p3 == 0 {
			return in.p2
		}
	}
	return 0
}

// below returns the loops of a trigger's program, or of that of a foreign key, of which
// EXPLAIN QUERY PLAN does not say anything: scans, and searches of indexes.
func below(program []instruction, objects map[int]object) []*Step {
	name := "FOREIGN KEY ACTION"
	if trigger, ok := strings.CutPrefix(program[0].p4, "-- "); ok {
		name = trigger
	}
	step := &Step{Detail: name}
	next := map[int]bool{} // cursors that go on
	for _, in := range program {
		if in.opcode == "Next" || in.opcode == "Prev" {
			next[in.p1] = true
		}
	}
	for i, in := range program {
		if !moves[in.opcode] || skipped(program, i) {
			continue
		}
		of := objects[opened(program, in.p1)]
		switch {
		case of.table == "":
		case (in.opcode == "Rewind" || in.opcode == "Last") && next[in.p1]:
			step.Below = append(step.Below, &Step{Detail: "SCAN " + of.table, Kind: Scan, Table: of.table, label: of.table, inner: true})
		case of.index != "" && strings.HasPrefix(in.opcode, "Seek"):
			step.Below = append(step.Below, &Step{Detail: "SEARCH " + of.table + " USING INDEX " + of.index, Table: of.table, label: of.table, inner: true, search: true})
		}
	}
	if len(step.Below) == 0 {
		return nil
	}
	return []*Step{step}
}

// programs returns what EXPLAIN says of a statement, and of each program below it.
func programs(c *sqlite.Conn, sql string) (list [][]instruction, err error) {
	rows, err := c.Rows("EXPLAIN " + sql)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		in := instruction{opcode: row[1], p4: row[5]}
		in.p1, _ = strconv.Atoi(row[2])
		in.p2, _ = strconv.Atoi(row[3])
		in.p3, _ = strconv.Atoi(row[4])
		if row[0] == "0" {
			list = append(list, nil)
		}
		list[len(list)-1] = append(list[len(list)-1], in)
	}
	return list, nil
}

// object is a table, or an index of one.
type object struct{ table, index string }

// pages returns the tables and indexes, by their first pages.
func pages(c *sqlite.Conn) (map[int]object, error) {
	rows, err := c.Rows("SELECT rootpage, tbl_name, iif(type = 'index', name, '') FROM sqlite_schema WHERE rootpage > 0")
	if err != nil {
		return nil, err
	}
	objects := map[int]object{}
	for _, row := range rows {
		page, _ := strconv.Atoi(row[0])
		objects[page] = object{row[1], row[2]}
	}
	return objects, nil
}
