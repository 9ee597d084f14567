package emit

import (
	"testing"

	"github.com/dreysql/drey/internal/sqlite/schema"
)

// An exact number as text can only be compared for equality, not for order: SQLite
// would put 10 before 9.
func TestExactNumbersAsText(t *testing.T) {
	for _, test := range []struct{ declared, goType, kind string }{
		{"TEXT", "decimal.Decimal", "Column"},
		{"VARCHAR(20)", "*decimal.Decimal", "NullColumn"},
		{"", "big.Rat", "Column"},
		{"NUMERIC", "decimal.Decimal", "OrderedColumn"},
		{"INTEGER", "decimal.Decimal", "OrderedColumn"},
		{"TEXT", "uuid.UUID", "OrderedColumn"},
		{"TEXT", "string", "TextColumn"},
	} {
		h := (&plan{}).columnHandle(&schema.Column{Name: "x", Type: test.declared, NotNull: true}, "X", test.goType)
		if h.Kind != test.kind {
			t.Errorf("%s of %s is a %s, want %s", test.goType, test.declared, h.Kind, test.kind)
		}
	}
}
