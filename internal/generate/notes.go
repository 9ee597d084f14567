package generate

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/dreysql/drey/internal/sqlcgen"
)

// noteRowTypes explains queries whose row type changes from a table's to one of
// their own, or back. sqlc gives a query the table's type if it selects all of
// its columns in their order, so a migration can change the type of a query
// that nobody has touched.
func (r *run) noteRowTypes(b *block) {
	old := previous(filepath.Join(r.opts.Dir, filepath.FromSlash(b.Out)), b.generate.Files)
	if old == nil {
		return
	}
	before := map[string]*sqlcgen.Method{}
	for _, m := range old.Queries {
		before[m.Name] = m
	}
	for _, m := range b.generate.Queries {
		was := before[m.Name]
		if was == nil || was.Row == m.Row || was.Row == "" || m.Row == "" {
			continue
		}
		note := fmt.Sprintf("%s returned %s and now returns %s", m.Name, was.Row, m.Row)
		if table := model(b.generate, was.Row); table != nil {
			note += fmt.Sprintf(": it selects (%s), and %s is now (%s), so sqlc no longer takes its rows for those of the table; select * or list the columns in this order to have them back",
				fieldNames(m.Scan), table.Name, fieldNames(table.Fields))
		} else if model(b.generate, m.Row) != nil {
			note += ", the row type of the table whose columns it selects"
		}
		r.result.Notes = append(r.result.Notes, note)
	}
}

// previous reads what sqlc generated last time, nil where there is nothing, or
// nothing that can be read.
func previous(dir string, files map[string][]byte) *sqlcgen.Package {
	old := map[string][]byte{}
	for name := range files {
		if content, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			old[name] = content
		}
	}
	p, err := sqlcgen.Parse(old)
	if err != nil || len(p.Queries) == 0 {
		return nil
	}
	return p
}

func model(p *sqlcgen.Package, name string) *sqlcgen.Struct {
	for _, s := range p.Models {
		if s.Name == name {
			return s
		}
	}
	return nil
}

func fieldNames(fields []sqlcgen.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}
