package generate

import (
	"github.com/dreysql/drey/internal/project/config"
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
