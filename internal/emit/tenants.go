package emit

import (
	"bytes"
	"fmt"
	"strings"
)

// scoped reports whether the rows belong to tenants, so that a query begins with whose
// rows it is about.
func (r *relation) scoped() bool { return r.Tenant != nil }

// scoped writes a source whose rows belong to tenants: its columns, and the methods that
// give the rows of one tenant, and of all.
func (p *plan) scoped(b *bytes.Buffer, r *relation) {
	n, tenant := p.runtime, (*handle)(nil)
	begins := "OfEveryTenant has its rows, which are mixed"
	if col := r.Tenant[0]; col >= 0 {
		tenant = &r.Handles[col]
		begins = fmt.Sprintf("Of has the rows of one tenant, by %s", tenant.Field)
	}
	fmt.Fprintf(b, "// %s has the columns of %s. %s.\ntype %s struct {\n", r.Type, r.Doc, begins, r.Type)
	if r.writable() {
		p.keys(b, r)
	}
	p.fields(b, r)
	fmt.Fprintf(b, "}\n\n// %s is %s. %s.\nvar %s = %s{\n", r.Var, r.Doc, begins, r.Var, r.Type)
	if r.writable() {
		p.keyValues(b, r)
	}
	p.values(b, r)
	b.WriteString("}\n")
	result, create := n("Query"), n("NewQuery")
	if r.writable() {
		result, create = n("Scoped"), n("NewScoped")
		if r.Upkeep.Deleted != nil {
			result, create = n("ScopedLive"), n("NewScopedLive")
		}
	}
	of := fmt.Sprintf("%s[%s](&%s, fields%s", create, r.Marker, p.private(r), r.Var)
	method := func(name, params, body string) {
		fmt.Fprintf(b, "func (t *%s) %s(%s) *%s[%s, %s] { return %s }\n", r.Type, name, params, result, r.Marker, r.Row, body)
	}
	if tenant != nil {
		fmt.Fprintf(b, "\n// Of is the rows of one tenant, whose %s that is.", tenant.Field)
		predicate := fmt.Sprintf("t.%s.Eq(tenant)", tenant.Field)
		if r.writable() {
			fmt.Fprintf(b, " What begins with it reads and writes no others, see [%s].\n", result)
			method("Of", "tenant "+tenant.Type, of+", "+predicate+")")
		} else {
			b.WriteString("\n")
			method("Of", "tenant "+tenant.Type, "&"+strings.Replace(of, create, n("NewScoped"), 1)+", "+predicate+").Query")
		}
	}
	b.WriteString("\n// OfEveryTenant is the rows of all tenants. drey lint wants a reason for it: // @every-tenant why\n")
	method("OfEveryTenant", "", of+")")
}
