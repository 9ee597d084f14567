package generate

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/crud"
	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/verify"
)

// refuse keeps what is wrong with the project until the end of the run. It is
// false for every other error, which ends the run.
func (r *run) refuse(err error) bool {
	var list diag.Problems
	var one *diag.Problem
	switch {
	case errors.As(err, &list):
		r.problems = append(r.problems, list...)
	case errors.As(err, &one):
		r.problems = append(r.problems, one)
	default:
		return false
	}
	return true
}

// prepare leaves out the queries that SQLite refuses. Where migrations fail, it
// also leaves out those that read what is not known, but reports a syntax error
// in them all the same.
func (r *run) prepare(b *block) error {
	in := verify.Input{Conn: b.Conn, Schema: b.Database.Schema, Queries: b.queries.all, Names: b.Names, Held: r.held(b)}
	refused, _, err := r.drop(verify.Refused(in))
	if err != nil {
		return err
	}
	in.Queries = b.queries.all
	b.queries.leaveOut(refused)
	unknown := map[string]bool{}
	for _, q := range in.Queries {
		unknown[q.Name] = b.Doubt.Any() && b.Doubt.Is(q.Text)
	}
	b.queries.keep(func(q *query.Query) bool { return !unknown[q.Name] })
	refused = slices.DeleteFunc(refused, func(p *diag.Problem) bool {
		return unknown[p.Query] && !slices.ContainsFunc(anySchema, func(part string) bool { return strings.Contains(p.Msg, part) })
	})
	r.problems = append(r.problems, r.placed(refused)...)
	return nil
}

// anySchema are parts of what SQLite says of a statement that no schema makes
// valid.
var anySchema = []string{"syntax error", "incomplete input", "unrecognized token", "there is no statement", "a second statement"}

// skip returns which CRUD is not to be written: what the configuration says, and
// the tables that are not known.
func (b *block) skip() map[string][]string {
	if !b.Doubt.Any() && len(b.queries.dropped) == 0 {
		return b.CRUD.Skip
	}
	skip := map[string][]string{}
	maps.Copy(skip, b.CRUD.Skip)
	skip[every] = slices.Concat(skip[every], sortedKeys(b.queries.dropped))
	if !b.Doubt.Any() {
		return skip
	}
	for _, t := range b.Database.Schema.Tables {
		if b.Doubt.Is(t.Name) {
			skip[t.Name] = []string{"all"}
		}
	}
	return skip
}

// leaveOut leaves out the queries that problems are of, and reports whether
// there are any.
func (q *queries) leaveOut(problems diag.Problems) bool {
	type key struct{ file, query string }
	refused := map[key]bool{}
	for _, p := range problems {
		refused[key{p.File, p.Query}] = true
	}
	return q.keep(func(q *query.Query) bool { return !refused[key{q.File, q.Name}] })
}

// keep leaves out the other queries, and reports whether there are any.
func (q *queries) keep(sound func(*query.Query) bool) bool {
	n := len(q.all)
	q.all = slices.DeleteFunc(slices.Clone(q.all), func(q *query.Query) bool { return !sound(q) })
	q.partial = q.partial || len(q.all) < n
	return len(q.all) < n
}

// staged are the files with blanks for every statement that is left out, so that
// all others stay where they are.
func (q *queries) staged() []query.File {
	if !q.partial {
		return q.files
	}
	type place struct {
		file      string
		line, col int
	}
	sound := map[place]bool{}
	for _, one := range q.all {
		sound[place{one.File, one.SQLLine, one.SQLCol}] = true
	}
	files := make([]query.File, len(q.files))
	for i, f := range q.files {
		content := slices.Clone(f.Content)
		end := 0
		for _, s := range sqltext.Split(string(f.Content)) {
			line, col := sqltext.Position(string(f.Content), s.Start)
			if !sound[place{f.Path, line, col}] {
				blank(content[end:s.End()])
			}
			end = s.End()
		}
		blank(content[end:])
		files[i] = query.File{Path: f.Path, Content: content}
	}
	return files
}

func blank(text []byte) {
	for i, c := range text {
		if c != '\n' && c != ';' {
			text[i] = ' '
		}
	}
}

// every stands for every table in what is not to be written.
const every = "*"

// drop takes the generated queries that problems are of out of the project, each
// block's at once, so that what people wrote is generated without them. It returns
// the other problems, and whether there are fewer queries now.
func (r *run) drop(problems diag.Problems) (others diag.Problems, fewer bool, err error) {
	changed := map[*block]bool{}
	for _, p := range problems {
		b, table := r.generated(p.File)
		if b == nil || p.Query == "" {
			others = append(others, p)
			continue
		}
		if b.queries.dropped == nil {
			b.queries.dropped = map[string]bool{}
		}
		if !b.queries.dropped[p.Query] {
			b.queries.dropped[p.Query] = true
			changed[b] = true
			if key := r.misfit(p); key != nil {
				p.Fix = key.remedy()
			}
			r.lost = append(r.lost, lost{b, table, p})
		}
	}
	for b := range changed {
		if _, err := r.writeCRUD(b); err != nil {
			return nil, false, err
		}
	}
	return others, len(changed) > 0, nil
}

// lost is a generated query that cannot be had, and why.
type lost struct {
	block   *block
	table   string
	problem *diag.Problem
}

// warnLost tells of the generated queries that cannot be had, in one warning for
// each table and remedy, where the table was created.
func (r *run) warnLost() {
	type cause struct {
		block      *block
		table, fix string
	}
	var causes []cause
	of := map[cause][]*diag.Problem{}
	for _, l := range r.lost {
		c := cause{l.block, l.table, l.problem.Fix}
		if of[c] == nil {
			causes = append(causes, c)
		}
		of[c] = append(of[c], l.problem)
	}
	for _, c := range causes {
		var names []string
		for _, p := range of[c] {
			names = append(names, p.Query)
		}
		slices.Sort(names)
		w := &diag.Problem{
			Msg: fmt.Sprintf("table %s has no generated %s: %s", c.table, strings.Join(names, ", "), of[c][0].Msg),
			Fix: strings.TrimPrefix(c.fix+fmt.Sprintf("\nor say that they are not needed, in options.drey.crud: skip: {%q: [%s]}", c.table, strings.Join(names, ", ")), "\n"),
		}
		w.File, w.Line = c.block.Places.Table(c.table)
		if w.File == "" {
			w.File, w.Line = r.cfg.File, c.block.Line
		}
		r.result.Warnings = append(r.result.Warnings, w)
	}
}

// clashes are the generated queries whose methods or types people have written in
// Go.
func (b *block) clashes() (problems diag.Problems) {
	for _, q := range b.queries.all {
		if !q.Generated {
			continue
		}
		for _, declared := range []string{"Queries." + q.Name, q.Name + "Params", q.Name + "Row", crud.Constant(q.Name)} {
			if at, ok := b.byHand[declared]; ok && !at.test {
				problems = append(problems, &diag.Problem{
					File: q.File, Query: q.Name, Msg: fmt.Sprintf("%s is declared in %s:%d", declared, at.file, at.line), Fix: "rename that",
				})
				break
			}
		}
	}
	return problems
}

// placed gives a place to a problem that is about the whole project.
func (r *run) placed(problems diag.Problems) diag.Problems {
	for _, p := range problems {
		if key := r.misfit(p); key != nil {
			p.Fix = key.remedy()
		}
		if p.File == "" {
			p.File = r.cfg.File
			if len(r.blocks) == 1 {
				p.Line = r.blocks[0].Line
			}
		}
	}
	return problems
}

// generated finds the block and the table of a generated file of queries. The
// block is nil for any other file.
func (r *run) generated(file string) (b *block, table string) {
	for _, b := range r.blocks {
		content, ok := b.queries.crud[path.Base(file)]
		if !ok || path.Dir(file) != b.queries.folder {
			continue
		}
		tokens := sqltext.Significant(content)
		for i := range tokens {
			if (tokens[i].Is("FROM") || tokens[i].Is("INTO") || tokens[i].Is("UPDATE")) && i+1 < len(tokens) {
				return b, tokens[i+1].Name()
			}
		}
		return b, ""
	}
	return nil, ""
}
