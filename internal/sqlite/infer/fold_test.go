package infer_test

import (
	"testing"

	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// TestFold: SQLite folds the letters of ASCII alone.
func TestFold(t *testing.T) {
	table := &schema.Table{Name: "t", Kind: schema.KindTable, Columns: []schema.Column{
		{Name: "Ä", Type: "INTEGER"}, {Name: "ä", Type: "INTEGER"}, {Name: "k", Type: "ıNT", NotNull: true}, {Name: "\u212a", Type: "TEXT"},
	}}
	a := infer.New(&schema.Schema{Tables: []*schema.Table{table}})
	for query, want := range map[string]string{
		"SELECT Ä FROM t WHERE ä IS NOT NULL":                              "integer null",
		"SELECT Ä FROM t WHERE Ä IS NOT NULL":                              "integer",
		"SELECT K FROM t":                                                  "unknown",   // k: SQLite does not have a type for a dotless i
		"SELECT \u212a FROM t":                                             "text null", // the sign for kelvin
		"SELECT x.Ä FROM t AS Ä, (SELECT 1 AS Ä) AS x":                     "integer",
		"WITH Ö AS (SELECT 1 AS a), ö AS (SELECT '' AS a) SELECT a FROM Ö": "integer",
	} {
		stmt, err := syntax.Parse(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := show(a.Analyze(stmt).Columns[0].Type); got != want {
			t.Errorf("%s is %s, want %s", query, got, want)
		}
	}
}
