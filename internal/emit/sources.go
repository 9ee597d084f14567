package emit

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
	"github.com/dreysql/drey/internal/upkeep"
)

// key is a unique key of a table that an upsert can name.
type key struct {
	Field   string // PrimaryKey, KeySlug, KeyUserIDName
	Columns []int
	Where   string // of a partial index
}

// relation is one source before it is written as Go.
type relation struct {
	Doc     string // "table links"
	Var     string // Links
	Marker  string // LinksSource
	Type    string // LinksTable
	Row     string // Link
	SQLName string // quoted
	Handles []handle
	Table   *schema.Table // nil for a query
	Unique  [][]int       // the columns of each key that at most one row has
	Keys    []key         // those that an upsert can name
	Key     []int         // the columns of a key that is different in every row, or nil
	Tenant  []int         // the column that says whose a row is, -1 for a view that mixes them; nil if all rows are everybody's
	Scan    []string      // destinations below the row r, "r" itself for a scalar
	With    *sqlc.Method
	SQL     string       // of With, without its name line, with a bare ? for each parameter; or the SELECT from a view
	Apart   bool         // SQL gives other rows if it is flattened
	Args    []arg        // what the parameters and places bind
	Inner   []inner      // the tables that callers may narrow below the query
	Upkeep  upkeep.Table // of a table: the columns that the runtime keeps up
}

// sources returns the file with a source for every relation.
func (p *plan) sources() ([]byte, error) {
	imports, err := p.imports()
	if err != nil {
		return nil, err
	}
	var text, body bytes.Buffer
	part := func(write func(b *bytes.Buffer)) { // each of whole declarations
		var b bytes.Buffer
		if write(&b); b.Len() == 0 || err != nil {
			return
		}
		var formatted []byte
		formatted, err = p.in.Shared.format(b.String())
		text.Write(b.Bytes())
		body.Write(formatted)
	}
	for i := range p.relations {
		part(func(b *bytes.Buffer) { p.relation(b, &p.relations[i]) })
	}
	if len(p.relations) > 0 {
		part(func(b *bytes.Buffer) {
			b.WriteString("\nfunc init() {\n")
			for i := range p.relations {
				fmt.Fprintf(b, "\t%s(&%s)\n", p.runtime("Number"), p.private(&p.relations[i]))
			}
			b.WriteString("}\n")
		})
	}
	for i := range p.loaded {
		part(func(b *bytes.Buffer) { p.loader(b, &p.loaded[i]) })
	}
	if p.unrelated != nil {
		part(func(b *bytes.Buffer) {
			fmt.Fprintf(b, "\n// Foreign keys without a relation:\n//   - %s\n", strings.Join(p.unrelated, "\n//   - "))
		})
	}
	part(p.writeReturning)
	if err != nil {
		return nil, err
	}
	var head bytes.Buffer
	fmt.Fprintf(&head, "%s%s%spackage %s\n\n", header, buildConstraint(p.in.BuildTags, ""), p.packageDoc(), p.in.Package.Name)
	p.writeImports(&head, imports, packagesIn(text.String()))
	formatted, err := source(head.Bytes())
	return append(formatted, body.Bytes()...), err
}

// packageDoc returns the comment of the package, a manual of the project's tables.
func (p *plan) packageDoc() string {
	var b strings.Builder
	fmt.Fprintf(&b, "// Package %s is the data layer of the project's tables, views and queries. Each has a source,\n"+
		"// a variable with a handle for each column, and its queries are methods of [%s] and [%s].\n"+
		"// What is done with sources and handles is in [%s].\n//\n", p.in.Package.Name, p.name("Client"), p.name("Tx"), p.in.Runtime)
	for _, kind := range []schema.Kind{schema.KindTable, schema.KindVirtual, schema.KindView, ""} {
		for i := range p.relations {
			r := &p.relations[i]
			if r.Table == nil && kind != "" || r.Table != nil && r.Table.Kind != kind {
				continue
			}
			fmt.Fprintf(&b, "//   - [%s] is %s\n", r.Var, r.Doc)
		}
	}
	return b.String()
}

func (p *plan) relation(b *bytes.Buffer, r *relation) {
	n := p.runtime
	fmt.Fprintf(b, "\n// %s marks what belongs to %s.\ntype %s struct{}\n\n", r.Marker, r.Doc, r.Marker)
	fmt.Fprintf(b, "var %s = %s{\n", p.private(r), n("Relation"))
	fmt.Fprintf(b, "\tName: %s,\n\tColumns: []string{", literal(r.SQLName))
	for i, h := range r.Handles {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(literal(h.Quoted))
	}
	b.WriteString("},\n")
	if len(r.Unique) > 0 {
		b.WriteString("\tUnique: [][]uint16{")
		for i, key := range r.Unique {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(numberList(key))
		}
		b.WriteString("},\n")
	}
	if r.Key != nil {
		fmt.Fprintf(b, "\tKey: []uint16%s,\n", numberList(r.Key))
	}
	r.listed(b, "Nullable", func(h *handle) bool { return h.Nullable })
	r.listed(b, "Numeric", func(h *handle) bool { return h.Numeric })
	r.listed(b, "Dates", func(h *handle) bool { return h.Form == sqltime.Date })
	r.listed(b, "Times", func(h *handle) bool { return h.Form == sqltime.Time })
	if r.writable() {
		p.defaults(b, r.Table)
		if r.scoped() {
			fmt.Fprintf(b, "\tTenant: []uint16%s,\n", numberList(r.Tenant))
		}
		p.upkeep(b, r)
	}
	if r.SQL != "" {
		fmt.Fprintf(b, "\tWith: %s,\n", literal(r.SQL))
	}
	if r.Apart {
		b.WriteString("\tApart: true,\n")
	}
	if r.With != nil {
		p.slices(b, r)
	}
	fmt.Fprintf(b, "}\n\nfunc fields%s(r *%s, to []any) []any {\n\treturn append(to, %s)\n}\n\n", r.Var, r.Row, strings.Join(r.Scan, ", "))
	if r.hasParams() {
		p.parametrised(b, r)
		return
	}
	if r.scoped() {
		p.scoped(b, r)
		return
	}
	// The type has a name, and a short one: it is in those of all that the compiler
	// makes for its methods.
	fmt.Fprintf(b, "// %s has the rows and columns of %s.\ntype %s struct {\n\t%s[%s, %s]\n", r.Type, r.Doc, r.Type, n("Query"), r.Marker, r.Row)
	if r.writable() {
		fmt.Fprintf(b, "\t%s[%s, %s]\n", n("TableWrites"), r.Marker, r.Row)
		if r.Upkeep.Deleted != nil {
			fmt.Fprintf(b, "\t%s[%s, %s]\n", n("SoftDelete"), r.Marker, r.Row)
		}
		p.keys(b, r)
	}
	p.fields(b, r)
	fmt.Fprintf(b, "}\n\n// %s is %s.\nvar %s = %s{\n", r.Var, r.Doc, r.Var, r.Type)
	fmt.Fprintf(b, "\tQuery: *%s[%s](&%s, fields%s%s),\n", n("NewQuery"), r.Marker, p.private(r), r.Var, p.bound(r))
	if r.writable() {
		fmt.Fprintf(b, "\tTableWrites: %s[%s](&%s, fields%s),\n", n("NewTableWrites"), r.Marker, p.private(r), r.Var)
		if r.Upkeep.Deleted != nil {
			fmt.Fprintf(b, "\tSoftDelete: %s[%s](&%s, fields%s),\n", n("NewSoftDelete"), r.Marker, p.private(r), r.Var)
		}
		p.keyValues(b, r)
	}
	p.values(b, r)
	b.WriteString("}\n")
	p.inner(b, r)
}

// listed lists the columns that are so.
func (r *relation) listed(b *bytes.Buffer, field string, is func(*handle) bool) {
	var columns []int
	for i := range r.Handles {
		if is(&r.Handles[i]) {
			columns = append(columns, i)
		}
	}
	if columns != nil {
		fmt.Fprintf(b, "\t%s: []uint16%s,\n", field, numberList(columns))
	}
}

// fields writes the handles of a source's struct.
func (p *plan) fields(b *bytes.Buffer, r *relation) {
	for _, h := range r.Handles {
		fmt.Fprintf(b, "\t%s *%s", h.Field, p.handleType(r, &h))
		if h.Comment != "" {
			fmt.Fprintf(b, " // %s", h.Comment)
		}
		b.WriteByte('\n')
	}
}

func (p *plan) handleType(r *relation, h *handle) string {
	t := fmt.Sprintf("%s[%s]", p.runtime(h.Kind), h.typeArgs(r))
	switch {
	case h.Computed:
		return fmt.Sprintf("struct{%s; %s}", t, p.runtime("ComputedColumn"))
	case h.Version:
		return fmt.Sprintf("struct{%s; %s[%s]}", t, p.runtime("VersionColumn"), h.typeArgs(r))
	}
	return t
}

// values writes what the handles are set to.
func (p *plan) values(b *bytes.Buffer, r *relation) {
	for i, h := range r.Handles {
		value := fmt.Sprintf("%s[%s](&%s, %d)", p.runtime("New"+h.Kind), h.typeArgs(r), p.private(r), i)
		switch {
		case h.Computed:
			value = fmt.Sprintf("&%s{%s: *%s}", p.handleType(r, &h), h.Kind, value)
		case h.Version:
			value = fmt.Sprintf("&%s{*%s, %s[%s](&%s, %d)}", p.handleType(r, &h), value, p.runtime("NewVersionColumn"), h.typeArgs(r), p.private(r), i)
		}
		fmt.Fprintf(b, "\t%s: %s,\n", h.Field, value)
	}
}

// writable reports whether rows can be inserted, changed and deleted. A view may
// have triggers for that, but it is not known which.
func (r *relation) writable() bool { return r.Table != nil && r.Table.Kind != schema.KindView }

// keys writes the fields for the keys that a conflict can be about.
func (p *plan) keys(b *bytes.Buffer, r *relation) {
	for _, k := range r.Keys {
		where := ""
		if k.Where != "" && !strings.Contains(k.Where, "\n") {
			where = " // WHERE " + k.Where
		}
		fmt.Fprintf(b, "\t%s %s[%s]%s\n", k.Field, p.runtime("UniqueKey"), r.Marker, where)
	}
}

// keyValues writes what those fields are set to.
func (p *plan) keyValues(b *bytes.Buffer, r *relation) {
	for _, k := range r.Keys {
		columns := strings.Trim(numberList(k.Columns), "{}")
		if k.Where == "" {
			fmt.Fprintf(b, "\t%s: %s[%s](%s),\n", k.Field, p.runtime("NewKey"), r.Marker, columns)
		} else {
			fmt.Fprintf(b, "\t%s: %s[%s](%s, %s),\n", k.Field, p.runtime("NewPartialKey"), r.Marker, literal(k.Where), columns)
		}
	}
}

// defaults writes the columns' defaults, because an UPDATE cannot ask for them, and
// the generated columns, which an INSERT must not name.
func (p *plan) defaults(b *bytes.Buffer, t *schema.Table) {
	var defaults, computed []string
	for i, c := range t.Columns {
		if def := schema.DefaultExpr(c.Default); def != "" {
			defaults = append(defaults, fmt.Sprintf("%d: %s", i, literal(def)))
		}
		if c.Generated != schema.NotGenerated {
			computed = append(computed, strconv.Itoa(i))
		}
	}
	if defaults != nil {
		fmt.Fprintf(b, "\tDefaults: map[uint16]string{%s},\n", strings.Join(defaults, ", "))
	}
	if computed != nil {
		fmt.Fprintf(b, "\tComputed: []uint16{%s},\n", strings.Join(computed, ", "))
	}
}

// upkeep writes the columns that the runtime keeps up.
func (p *plan) upkeep(b *bytes.Buffer, r *relation) {
	if r.Upkeep == (upkeep.Table{}) {
		return
	}
	fmt.Fprintf(b, "\tUpkeep: &%s{\n", p.runtime("Upkeep"))
	for _, s := range []struct {
		field string
		*upkeep.Stamp
	}{{"Deleted", r.Upkeep.Deleted}, {"Updated", r.Upkeep.Updated}, {"Version", r.Upkeep.Version}} {
		if s.Stamp == nil {
			continue
		}
		now := ""
		if s.Now != "" {
			now = ", SQL: " + literal(s.Now)
		}
		fmt.Fprintf(b, "\t\t%s: &%s{Column: %d%s},\n", s.field, p.runtime("Stamp"), columnNumbers(r.Table, []string{s.Name})[0], now)
	}
	b.WriteString("\t},\n")
}

// numberList returns the part of a composite literal in braces.
func numberList(numbers []int) string {
	return "{" + strings.Trim(strings.ReplaceAll(fmt.Sprint(numbers), " ", ", "), "[]") + "}"
}

func (r *relation) hasParams() bool { return r.With != nil && len(r.With.Args) > 0 }

// private returns the name of the variable that the source's variable uses.
func (p *plan) private(r *relation) string { return "rows" + r.Var }

func (p *plan) slices(b *bytes.Buffer, r *relation) {
	var markers []string
	for _, a := range r.Args {
		if a.Place == nil && a.Slice {
			markers = append(markers, strconv.Quote(a.Marker))
		}
	}
	if markers != nil {
		fmt.Fprintf(b, "\tSlices: []string{%s},\n", strings.Join(markers, ", "))
	}
}

// parametrised writes a query source with parameters: its columns, and the method
// With, which has the parameters of sqlc's method.
func (p *plan) parametrised(b *bytes.Buffer, r *relation) {
	n := p.runtime
	var params []string
	for _, s := range r.With.Signature {
		params = append(params, s.Name+" "+s.Type)
	}
	fmt.Fprintf(b, "// %s has the columns of %s.\ntype %s struct {\n", r.Type, r.Doc, r.Type)
	p.fields(b, r)
	fmt.Fprintf(b, "}\n\n// %s is %s. With gives it its parameters.\nvar %s = %s{\n", r.Var, r.Doc, r.Var, r.Type)
	p.values(b, r)
	fmt.Fprintf(b, "}\n\n// With is the query with its parameters.\nfunc (*%s) With(%s) *%s[%s, %s] {\n",
		r.Type, strings.Join(params, ", "), n("Query"), r.Marker, r.Row)
	fmt.Fprintf(b, "\treturn %s[%s](&%s, fields%s%s)\n}\n", n("NewQuery"), r.Marker, p.private(r), r.Var, p.bound(r))
	p.inner(b, r)
}

// bound returns what a query source is made with, each with a comma before it.
func (p *plan) bound(r *relation) string {
	n := p.runtime
	var b strings.Builder
	for _, a := range r.Args {
		b.WriteString(", ")
		switch {
		case a.Place != nil:
			fmt.Fprintf(&b, "%s(%d, %s)", n("PlaceAt"), a.At, literal(sqltext.Quote(a.Place.Name)))
		case a.Slice && a.Via != "":
			b.WriteString(n("ListThrough") + "(" + a.Expr + ", " + a.Via + ")")
		case a.Slice:
			b.WriteString(n("ListOf") + "(" + a.Expr + ")")
		case a.Via != "":
			b.WriteString(a.Via + "(" + a.Expr + ")")
		default:
			b.WriteString(a.Expr)
		}
	}
	return b.String()
}

// imports returns the lines for the packages that the types of the file name.
func (p *plan) imports() ([]string, error) {
	used := map[string]bool{}
	note := func(t string) error {
		expr, err := parser.ParseExpr(t)
		if err != nil {
			return fmt.Errorf("type %s in sqlc's output: %w", t, err)
		}
		ast.Inspect(expr, func(node ast.Node) bool {
			if sel, ok := node.(*ast.SelectorExpr); ok {
				if pkg, ok := sel.X.(*ast.Ident); ok {
					used[pkg.Name] = true
				}
			}
			return true
		})
		return nil
	}
	for i := range p.relations {
		r := &p.relations[i]
		for _, h := range r.Handles {
			if err := note(h.Type); err != nil {
				return nil, err
			}
		}
		if err := note(r.Row); err != nil {
			return nil, err
		}
		if r.hasParams() {
			for _, s := range r.With.Signature {
				if err := note(s.Type); err != nil {
					return nil, err
				}
			}
		}
	}
	for _, m := range p.returning() {
		for _, f := range m.Scan {
			if err := note(f.Type); err != nil {
				return nil, err
			}
		}
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(used)) {
		path, ok := p.in.Package.Imports[name]
		if !ok && name == "time" { // sqlc has sql.NullTime, and does not need it
			path, ok = name, true
		}
		if !ok {
			return nil, fmt.Errorf("sqlc's output uses package %s without an import of that name", name)
		}
		if strings.HasSuffix("/"+path, "/"+name) {
			name = ""
		}
		lines = append(lines, strings.TrimSpace(name+" "+strconv.Quote(path)))
	}
	return lines, nil
}
