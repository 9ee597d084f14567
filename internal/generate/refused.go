package generate

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/query"
	"github.com/dreysql/drey/internal/sqlcgen"
	"github.com/dreysql/drey/internal/sqltext"
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

// prepare leaves out the queries that SQLite refuses, and, where migrations
// fail, those that read what is not known. Of the latter a syntax error is told
// all the same.
func (r *run) prepare(b *block) {
	in := verify.Input{Conn: b.conn, Schema: b.schema, Queries: b.queries.all, Names: b.Names}
	refused := verify.Refused(in)
	b.queries.leaveOut(refused)
	unknown := map[string]bool{}
	for _, q := range in.Queries {
		unknown[q.Name] = b.doubt.any() && b.doubt.is(q.Text)
	}
	b.queries.keep(func(q *query.Query) bool { return !unknown[q.Name] })
	refused = slices.DeleteFunc(refused, func(p *diag.Problem) bool {
		return unknown[p.Query] && !slices.ContainsFunc(anySchema, func(part string) bool { return strings.Contains(p.Msg, part) })
	})
	r.problems = append(r.problems, r.placed(refused)...)
}

// anySchema are parts of what SQLite says of a statement that no schema makes
// valid.
var anySchema = []string{"syntax error", "incomplete input", "unrecognized token", "there is no statement", "a second statement"}

// skip is what of the CRUD is not to be written: what the configuration says, and
// the tables that are not known.
func (b *block) skip() map[string][]string {
	if !b.doubt.any() {
		return b.CRUD.Skip
	}
	skip := map[string][]string{}
	maps.Copy(skip, b.CRUD.Skip)
	for _, t := range b.schema.Tables {
		if b.doubt.is(t.Name) {
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
func (q *queries) staged() []sqlcgen.File {
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
	files := make([]sqlcgen.File, len(q.files))
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
		files[i] = sqlcgen.File{Path: f.Path, Content: content}
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

// placed gives problems of generated queries a place that is on disk: where the
// table was created. Those of one table with one remedy are one.
func (r *run) placed(problems diag.Problems) (placed diag.Problems) {
	type cause struct{ file, table, key, fix string }
	first := map[cause]*diag.Problem{}
	others := map[cause]int{}
	for _, p := range problems {
		b, table := r.generated(p.File)
		key := r.misfit(p)
		if b == nil && key != nil {
			p.Fix = fmt.Sprintf("at %s %s:\n%s", key.place(), key, key.fix())
		}
		if b == nil {
			if p.File == "" { // of the whole
				p.File = r.cfg.File
				if len(r.blocks) == 1 {
					p.Line = r.blocks[0].Line
				}
			}
			placed = append(placed, p)
			continue
		}
		there := *p
		there.File, there.Line = b.places.Table(table)
		there.Col = 0
		if there.File == "" {
			there.File, there.Line = r.cfg.File, b.Line
		}
		there.Msg = fmt.Sprintf("table %s: of the generated query %s, %s", table, p.Query, p.Msg)
		there.Query = ""
		c := cause{there.File, table, "", p.Fix}
		if key != nil {
			there.File, there.Line, there.Fix = key.at.File, key.at.Line, key.fix()
			there.Msg = fmt.Sprintf("%s, so that SQLite refuses the generated query %s", key, p.Query)
			c = cause{key: key.String()}
		}
		if first[c] != nil {
			others[c]++
			continue
		}
		first[c] = &there
		placed = append(placed, &there)
	}
	for c, n := range others {
		of := " of the table"
		if c.key != "" {
			of = ""
		}
		first[c].Msg += fmt.Sprintf(" (and %d other generated queries%s)", n, of)
	}
	return placed
}

// generated finds the block and the table of a generated file of queries; the
// block is nil for another file.
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
