package studio

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Project is what is known besides a database.
type Project struct {
	Dir     string // the folder with sqlc.yaml
	Queries bool   // there are named queries
	// Migrations compares the database with the migrations. It is nil if that cannot be
	// done: sqlc.yaml has several schemas, say.
	Migrations func(context.Context) (*Migrations, error)
}

// Migrations is what is migrated.
type Migrations struct {
	List    []Migration
	Version string   // what the schema has been compared with
	Drift   []string // how it differs, nil if it does not
	Mend    string   // the statements that mend that, SQL
	Wrong   string   // why it has not been compared
}

// Migration is one of them.
type Migration struct {
	Name    string
	Applied string // when, "" if it is pending
	Unknown bool   // there is no file
}

// queries reads the named queries of the project, as they are now: those that people wrote
// first. One of several with a name is the first.
func (p *Project) queries() ([]*prepared, error) {
	if p == nil || !p.Queries {
		return nil, nil
	}
	found, err := project.Open(p.Dir)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var list []*prepared
	for _, b := range found.Config.Blocks {
		all, err := found.AllQueries(b)
		if err != nil {
			return nil, err
		}
		for _, q := range all {
			if !slices.ContainsFunc(list, func(p *prepared) bool { return p.Name == q.Name }) {
				list = append(list, newPrepared(q))
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *prepared) int {
		switch {
		case a.Generated == b.Generated:
			return strings.Compare(a.File, b.File)
		case a.Generated:
			return 1
		}
		return -1
	})
	return list, nil
}

// query is the query of a name.
func (p *Project) query(name string) (*prepared, error) {
	list, err := p.queries()
	if err != nil {
		return nil, err
	}
	for _, q := range list {
		if q.Name == name {
			return q, nil
		}
	}
	return nil, &problem{Status: 404, Title: fmt.Sprintf("There is no query %q", name), Detail: "It may have been renamed or removed meanwhile."}
}

// queriesPage lists the named queries.
func queriesPage(r *request) (*answer, error) {
	list, err := r.options.Project.queries()
	if err != nil {
		return nil, &problem{Status: 422, Title: "The queries cannot be read", Detail: err.Error()}
	}
	type file struct {
		Name      string
		Generated bool
		Queries   []*prepared
	}
	var filesOf []*file
	for _, q := range list {
		if len(filesOf) == 0 || filesOf[len(filesOf)-1].Name != q.File {
			filesOf = append(filesOf, &file{Name: q.File, Generated: q.Generated})
		}
		f := filesOf[len(filesOf)-1]
		f.Queries = append(f.Queries, q)
	}
	return &answer{page: "queries", title: "Queries", data: filesOf}, nil
}

// uses are the queries that people wrote and that name a table.
func (r *request) uses(t *table) (list []use) {
	queries, err := r.options.Project.queries()
	if err != nil {
		return nil // the page of the queries says why
	}
	for _, q := range queries {
		if q.Generated {
			continue
		}
		if slices.ContainsFunc(sqltext.Significant(q.Text), func(token sqltext.Token) bool {
			return token.Ident() && sqltext.EqualFold(token.Name(), t.Name)
		}) {
			list = append(list, use{q.Name, place("query", q.Name), fmt.Sprintf("%s:%d", q.File, q.Line)})
		}
	}
	return list
}

// newPrepared reads the parameters of a query.
func newPrepared(q *query.Query) *prepared {
	w := query.Read(q.Text)
	w.NameNumbers()
	p := &prepared{Query: q, written: w, plain: w.Plain().SQL}
	numbers := map[string]int{}
	for _, of := range w.Params {
		key := of.Key()
		i, seen := numbers[key]
		if key == "" || !seen {
			i = len(p.Params)
			one := parameter{Name: of.Name, Slice: of.Kind == query.Slice, Null: of.Nullable}
			if one.Name == "" {
				one.Name = fmt.Sprint(i + 1)
			}
			p.Params = append(p.Params, one)
			numbers[key] = i
		}
		p.Params[i].Null = p.Params[i].Null || of.Nullable
		p.of = append(p.of, i)
	}
	stmt, err := syntax.Parse(p.plain)
	if err == nil {
		p.Selects = isSelect(stmt)
	}
	return p
}
