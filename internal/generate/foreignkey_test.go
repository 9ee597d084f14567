package generate

import (
	"testing"

	"github.com/dreysql/drey/internal/sqlite/schema"
)

// TestUnfit: a foreign key refers to all columns of a unique key, in any order and in any
// letters, and to no others.
func TestUnfit(t *testing.T) {
	s := &schema.Schema{Tables: []*schema.Table{{Name: "lines", PrimaryKey: []string{"order_id", "position"}}}}
	for _, test := range []struct {
		table string
		to    []string
		fits  bool
	}{
		{"lines", []string{"order_id", "position"}, true},
		{"Lines", []string{"Position", "ORDER_ID"}, true},
		{"lines", []string{"order_id"}, false},
		{"lines", []string{"position"}, false},
		{"lines", []string{"order_id", "position", "sku"}, false},
		{"lines", []string{"order_id", "sku"}, false},
		{"orders", []string{"order_id", "position"}, false},
	} {
		if why := unfit(s, schema.ForeignKey{Table: test.table, To: test.to}); (why == "") != test.fits {
			t.Errorf("%s %q: %q", test.table, test.to, why)
		}
	}
}
