package stored

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// driverTimes are the declared types of whose text modernc.org/sqlite makes a
// time, whatever it is scanned into.
var driverTimes = map[string]bool{"DATE": true, "DATETIME": true, "TIMESTAMP": true}

// mistyped warns of columns whose text Go reads in another form than it is
// stored in, because the driver makes a time of it.
func mistyped(s *schema.Schema, types Types, places *migration.Places) (warnings diag.Problems) {
	for _, t := range s.Tables {
		if t.Kind != schema.KindTable {
			continue
		}
		for i := range t.Columns {
			c := &t.Columns[i]
			typ := types(t, c)
			base := typ.Base
			if !driverTimes[strings.ToUpper(c.Type)] || base != "string" && base != "[]byte" && base != "JSON" {
				continue
			}
			p := &diag.Problem{
				Msg: fmt.Sprintf("column %s.%s is declared %s and is of type %s in Go: the driver makes a time of its text, so '2026-01-31 20:15:00' is\n"+
					"read as 2026-01-31T20:15:00Z, and that finds no row by =", t.Name, c.Name, c.Type, cmp.Or(typ.Named, base)),
				Fix: "take the override out, or declare the column TEXT",
			}
			p.File, p.Line = places.Column(t.Name, c.Name)
			warnings = append(warnings, p)
		}
	}
	return warnings
}
