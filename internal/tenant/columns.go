package tenant

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

const fix = "write it as in tenant: account_id, or tenant: [links.user_id], with the names of the schema"

// Columns returns, for each schema, the columns that say whose a row is, by table. A
// column has to be in one of the schemas; file is where it is configured.
func Columns(file string, o *config.Tenant, schemas []*schema.Schema) ([]map[string]string, diag.Problems) {
	found := make([]map[string]string, len(schemas))
	if o == nil {
		return found, nil
	}
	var problems diag.Problems
	problem := func(line int, fix, format string, args ...any) {
		problems = append(problems, &diag.Problem{File: file, Line: line, Msg: "options.drey.tenant: " + fmt.Sprintf(format, args...), Fix: fix})
	}
	wanted := o.Columns
	if wanted == nil {
		wanted = map[string]int{"." + o.Column: o.Line}
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		line := wanted[name]
		table, column, dotted := strings.Cut(name, ".")
		if !dotted {
			problem(line, "write it as table.column, or tenant: "+name+" for every table that has it", "%q is not a column of one table", name)
			continue
		}
		seen := false
		for i, s := range schemas {
			if found[i] == nil {
				found[i] = map[string]string{}
			}
			for _, t := range s.Tables {
				if t.Kind == schema.KindView || table != "" && t != s.Table(table) {
					continue
				}
				c := t.Column(column)
				if c == nil {
					continue
				}
				seen = true
				switch first := found[i][t.Name]; {
				case c.Generated != schema.NotGenerated:
					problem(line, "name a column that is stored", "%s.%s is a generated column, which an INSERT cannot set", t.Name, c.Name)
				case first != "" && first != c.Name:
					problem(line, "name one of them: a row has one tenant", "%s has two columns, %s and %s", t.Name, first, c.Name)
				default:
					found[i][t.Name] = c.Name
				}
			}
		}
		switch {
		case seen:
		case table == "":
			problem(line, fix, "no table has a column %s", column)
		default:
			problem(line, fix, "there is no column %s", name)
		}
	}
	return found, problems
}
