package generate

import (
	"slices"
	"testing"

	"github.com/dreysql/drey/internal/sqlc"
)

// What has another type than where sqlc alone had generated it is told, and nothing else.
func TestRetyped(t *testing.T) {
	fields := func(list ...string) (fields []sqlc.Field) {
		for i := 0; i < len(list); i += 2 {
			fields = append(fields, sqlc.Field{Name: list[i], Type: list[i+1]})
		}
		return fields
	}
	old := &sqlc.Package{
		Models: []*sqlc.Struct{{Name: "User", Fields: fields("ID", "int64", "Meta", "interface{}")}, {Name: "Gone", Fields: fields("ID", "int64")}},
		Queries: []*sqlc.Method{
			{Name: "Totals", Row: "TotalsRow", RowType: &sqlc.Struct{Name: "TotalsRow", Fields: fields("Day", "interface{}", "Sum", "sql.NullFloat64", "N", "int64")}},
			{Name: "Find", Signature: fields("name", "string"), Row: "User"},
			{Name: "Set", Signature: fields("arg", "SetParams"), ArgsType: &sqlc.Struct{Name: "SetParams", Fields: fields("A", "string", "B", "string")}},
			{Name: "Dropped", Row: "int64"},
		},
	}
	now := &sqlc.Package{
		Models: []*sqlc.Struct{{Name: "User", Fields: fields("Meta", "any", "ID", "int64", "New", "string")}},
		Queries: []*sqlc.Method{
			{Name: "Totals", Row: "TotalsRow", RowType: &sqlc.Struct{Name: "TotalsRow", Fields: fields("Day", "sql.NullString", "Sum", "int64", "N", "int64")}},
			{Name: "Find", Signature: fields("name", "*string"), Row: "User"},
			{Name: "Set", Signature: fields("arg", "SetParams"), ArgsType: &sqlc.Struct{Name: "SetParams", Fields: fields("A", "string")}},
		},
	}
	want := []string{
		"in SetParams B is not there any more: change what uses it",
		"in TotalsRow Day is sql.NullString, not interface{}, and Sum is int64, not sql.NullFloat64: change what uses it; the compiler does not find uses of what was interface{}, as in a type switch or fmt's %v: look for Day",
		"in the arguments of Find name is *string, not string: change what uses it",
	}
	if got := retyped(old, now); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := retyped(old, old); len(got) > 0 {
		t.Errorf("of the same package: %q", got)
	}
}
