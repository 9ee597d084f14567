package sqlcgen_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqlcgen"
)

func TestMain(m *testing.M) {
	sqlcgen.RunChild()
	os.Exit(m.Run())
}

func TestSmoke(t *testing.T) {
	s := &schema.Schema{Tables: []*schema.Table{{Name: "größen", Kind: schema.KindTable, Columns: []schema.Column{{Name: "id", Type: "INTEGER", NotNull: true}, {Name: "ärger", Type: "TEXT"}}}}}
	pk, err := sqlcgen.Run(context.Background(), []sqlcgen.Block{{Schema: s, Queries: []sqlcgen.File{{Path: "sql/a.sql", Content: []byte("-- name: Größe :many\n-- über ä\nSELECT id, ärger FROM größen WHERE ärger = @ü AND id IN (sqlc.slice('ids'));\n\n-- name: Two :one\nSELECT ärger FROM größen;\n")}}}},
		func(place func(int) (string, []string, string)) ([]byte, error) {
			s, q, o := place(0)
			return []byte(fmt.Sprintf("version: \"2\"\nsql:\n- engine: sqlite\n  schema: %s\n  queries: %q\n  gen: {go: {package: db, out: %s}}\n", s, q, o)), nil
		})
	if err != nil {
		t.Fatal(err)
	}
	for n, f := range pk[0].Files {
		t.Log(n, string(f))
	}
	for _, q := range pk[0].Queries {
		t.Logf("%+v", *q)
	}
	t.Logf("%+v %+v", pk[0].Models[0], pk[0].Idents)
}
