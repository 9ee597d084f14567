package generate

import (
	"fmt"
	"slices"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/tenant"
)

// findTenants finds the columns that say whose a row is. What is configured for several
// blocks is to be in one of them.
func (r *run) findTenants() {
	sharing := map[*config.Tenant][]*block{}
	for _, b := range r.blocks {
		sharing[b.Tenant] = append(sharing[b.Tenant], b)
	}
	for option, blocks := range sharing {
		var schemas []*schema.Schema
		for _, b := range blocks {
			schemas = append(schemas, b.Database.Schema)
		}
		columns, problems := tenant.Columns(r.cfg.File, option, schemas)
		for i, b := range blocks {
			b.tenants = columns[i]
		}
		r.problems = append(r.problems, problems...)
	}
}

// checkTenants finds the queries that leave the tenant open, and comments that allow that
// of others.
func (r *run) checkTenants(b *block) {
	if len(b.tenants) == 0 {
		return
	}
	c := tenant.New(b.Database.Schema, b.tenants)
	for _, q := range b.queries.all {
		if q.Generated {
			continue
		}
		r.problems = append(r.problems, r.refused(q, c.Check(q), tenant.Rule, "the query does not leave the tenant open, so nothing has to be allowed")...)
	}
	for _, t := range c.Replacing() {
		file, line := migration.Created(b.Migrations, "TABLE", t.Name)
		r.problems = append(r.problems, &diag.Problem{File: file, Line: line,
			Msg: fmt.Sprintf("an INSERT into %s deletes the row that has the key already, whose %s it may be, by ON CONFLICT REPLACE", t.Name, b.tenants[t.Name]),
			Fix: fmt.Sprintf("put %s into the key, or leave ON CONFLICT REPLACE out", b.tenants[t.Name])})
	}
	b.tenants, b.saysTenant = c.Sources(), c.Params
}

// refused are the problems of a query, none if a comment above it allows them. It warns of
// a comment that is idle.
func (r *run) refused(q *query.Query, problems diag.Problems, rule, idle string) diag.Problems {
	i := slices.IndexFunc(q.Allowed, func(a query.Allowed) bool { return a.Rule == rule })
	if i < 0 {
		return problems
	}
	if len(problems) == 0 {
		r.result.Warnings = append(r.result.Warnings, &diag.Problem{File: q.File, Line: q.Allowed[i].Line, Query: q.Name, Msg: idle, Fix: "delete the comment"})
	}
	return nil
}
