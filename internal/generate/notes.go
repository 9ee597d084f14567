package generate

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/output"
	"github.com/dreysql/drey/internal/sqlc"
)

// noteRowTypes explains queries whose row type changes from a table's to one of
// their own, or back. sqlc gives a query the table's type if it selects all of
// its columns in their order, so a migration can change the type of a query
// that nobody has touched. Where sqlc still gives the table's type, drey has given
// another: for a column that has another name or type than the table's.
func (r *run) noteRowTypes(b *block, bySQLC *sqlc.Package, c sqlc.Completions) {
	old := previous(filepath.Join(r.project.Dir, filepath.FromSlash(b.Out)), b.generate)
	if old == nil {
		return
	}
	before := map[string]*sqlc.Method{}
	for _, m := range old.Queries {
		before[m.Name] = m
	}
	if _, err := os.Stat(filepath.Join(r.project.Dir, filepath.FromSlash(b.Out), output.SourcesFile)); err != nil {
		for _, note := range retyped(old, b.generate) {
			r.result.Notes = append(r.result.Notes, fmt.Sprintf("package %s: %s", b.Package, note))
		}
	}
	nullable := false
	for _, m := range b.generate.Queries {
		was := before[m.Name]
		if was == nil || was.Row == m.Row || was.Row == "" || m.Row == "" {
			continue
		}
		note := fmt.Sprintf("%s returned %s and now returns %s", m.Name, was.Row, m.Row)
		table, reasons := model(b.generate, was.Row), []string(nil)
		if m := method(bySQLC, m.Name); m != nil && m.Row == was.Row {
			reasons = differences(m, c.Methods[m.Name])
			nullable = nullable || becomesNullable(m, c.Methods[m.Name])
		}
		switch {
		case table != nil && reasons != nil:
			note += fmt.Sprintf(": its row is not that of the table any more, because %s", strings.Join(reasons, ", and "))
		case table != nil:
			note += fmt.Sprintf(": it selects (%s), and %s is now (%s), so sqlc no longer takes its rows for those of the table; select * or list the columns in this order to have them back",
				fieldNames(m.Scan), table.Name, fieldNames(table.Fields))
		case model(b.generate, m.Row) != nil:
			note += ", the row type of the table whose columns it selects"
		}
		r.result.Notes = append(r.result.Notes, note)
	}
	if nullable {
		r.result.Notes = append(r.result.Notes, fmt.Sprintf("package %s: rows stay those of the table where their columns are NOT NULL in the schema, or have a type that reads NULL, as by pointer: true in their go_type", b.Package))
	}
}

// becomesNullable reports whether a result is completed for NULL alone.
func becomesNullable(m *sqlc.Method, c *sqlc.Completion) bool {
	if c == nil {
		return false
	}
	for i, f := range m.Scan {
		if t := c.Results[i].Type; t != "" && (t == gotype.OrNull(f.Type, false) || t == gotype.OrNull(f.Type, true)) {
			return true
		}
	}
	return false
}

// retyped says what has another type in a package than where sqlc alone, or another
// version of it, had generated it, a line for each struct and method.
func retyped(old, now *sqlc.Package) (notes []string) {
	structs := func(p *sqlc.Package) map[string]*sqlc.Struct {
		all := map[string]*sqlc.Struct{}
		for _, s := range p.Models {
			all[s.Name] = s
		}
		for _, m := range p.Queries {
			for _, s := range []*sqlc.Struct{m.RowType, m.ArgsType} {
				if s != nil {
					all[s.Name] = s
				}
			}
		}
		return all
	}
	change := func(of string, was, is []sqlc.Field) {
		var list, quiet []string
		for _, f := range was {
			at := slices.IndexFunc(is, func(g sqlc.Field) bool { return g.Name == f.Name })
			switch {
			case at < 0:
				list = append(list, f.Name+" is not there any more")
			case strings.ReplaceAll(is[at].Type, "any", "interface{}") != strings.ReplaceAll(f.Type, "any", "interface{}"):
				list = append(list, fmt.Sprintf("%s is %s, not %s", f.Name, is[at].Type, f.Type))
				if strings.ReplaceAll(f.Type, "any", "interface{}") == "interface{}" {
					quiet = append(quiet, f.Name)
				}
			}
		}
		if len(list) == 0 {
			return
		}
		note := fmt.Sprintf("in %s %s: change what uses it", of, strings.Join(list, ", and "))
		if len(quiet) > 0 {
			note += fmt.Sprintf("; the compiler does not find uses of what was interface{}, as in a type switch or fmt's %%v: look for %s", strings.Join(quiet, ", "))
		}
		notes = append(notes, note)
	}
	before, after := structs(old), structs(now)
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if s := after[name]; s != nil {
			change(name, before[name].Fields, s.Fields)
		}
	}
	for _, m := range old.Queries {
		is := method(now, m.Name)
		if is == nil {
			continue
		}
		if m.ArgsType == nil && is.ArgsType == nil {
			change("the arguments of "+m.Name, m.Signature, is.Signature)
		}
	}
	return notes
}

// previous reads what sqlc generated last time. It is nil if there is nothing, nothing
// that can be read, or the same.
func previous(dir string, now *sqlc.Package) *sqlc.Package {
	old := map[string][]byte{}
	for name := range now.Files {
		if content, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			old[name] = content
		}
	}
	if maps.EqualFunc(old, now.Files, bytes.Equal) {
		return nil
	}
	p, err := now.Reread(old)
	if err != nil || len(p.Queries) == 0 {
		return nil
	}
	return p
}

func method(p *sqlc.Package, name string) *sqlc.Method {
	for _, m := range p.Queries {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// differences says how the results of a method are different from what sqlc made
// of them.
func differences(m *sqlc.Method, c *sqlc.Completion) (list []string) {
	if c == nil {
		return nil
	}
	for i, f := range m.Scan {
		switch r := c.Results[i]; {
		case r.Name != "" && r.Name != f.Name:
			list = append(list, fmt.Sprintf("it calls %s %s", f.Name, r.Name))
		case r.Type != "" && r.Type != f.Type:
			list = append(list, fmt.Sprintf("%s is %s in it, not %s", f.Name, r.Type, f.Type))
		}
	}
	return list
}

func model(p *sqlc.Package, name string) *sqlc.Struct {
	for _, s := range p.Models {
		if s.Name == name {
			return s
		}
	}
	return nil
}

func fieldNames(fields []sqlc.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}
