package lint

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/lint/policy"
)

// ruled is what the policy says of each analyzer's and each check's subject.
var ruled = map[string]string{
	"drivertimes":    "sqlc's `db.New(handle)` and `Queries.WithTx`",
	"everytenant":    "the rows of every tenant (`db.Links.OfEveryTenant()`)",
	"handedit":       "**Generated files are not edited**",
	"nativesql":      "**Raw SQL has a reason.**",
	"otherorm":       "**No other ORM, query builder or mapper of rows.**",
	"schema":         "`drey migrate check` judges it.",
	"schemachange":   "**The schema changes in migrations/ only.**",
	"sqlrowserr":     "After a loop over `*sql.Rows`, ask `rows.Err()`",
	"squirrelcols":   "it is still checked on the migrated schema",
	"squirreltraps":  "squirrel is there, under the generated columns.",
	"stalemigration": "A migration that is in\n   `drey.sum` is not edited",
	"typedcolumns":   "`db.Links.Where(drey.Opt(host, db.Links.Host.Eq))",
}

// TestPolicy: whatever can be reported has its rule in the policy.
func TestPolicy(t *testing.T) {
	if diff := cmp.Diff(slices.Sorted(slices.Values(Names())), slices.Sorted(maps.Keys(ruled))); diff != "" {
		t.Errorf("reported (-), with a rule here (+):\n%s", diff)
	}
	for name, rule := range ruled {
		if strings.Count(policy.Text, rule) != 1 {
			t.Errorf("%s: the policy does not say %q once", name, rule)
		}
	}
}
