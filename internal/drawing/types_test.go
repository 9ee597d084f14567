package drawing

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// TestGoTypes: the types are those of the generated rows, where there are some on disk.
func TestGoTypes(t *testing.T) {
	compared := 0
	for _, dir := range []string{"../.."} {
		p, err := project.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		for _, of := range p.Schemas() {
			s, notes, err := Read(t.Context(), p, of)
			if err != nil || len(notes) > 0 {
				t.Fatal(err, notes)
			}
			d, err := of.Database(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range p.Blocks(of) {
				compared += compareTypes(t, s, d.Schema, b, filepath.Join(dir, filepath.FromSlash(b.Out), "models.go"))
			}
		}
	}
	if compared < 30 {
		t.Errorf("only %d columns were compared", compared)
	}
}

func compareTypes(t *testing.T, s *Schema, from *schema.Schema, b *config.Block, models string) (compared int) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), models, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	structs := map[string][]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if st, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range st.Fields.List {
				structs[spec.Name.Name] = append(structs[spec.Name.Name], types.ExprString(f.Type))
			}
		}
		return false
	})
	spelling := sqlc.NewSpelling(from)
	for _, table := range s.Tables {
		fields := structs[b.Names.Struct(spelling.Of(table.Name))]
		if len(fields) != len(table.Columns) {
			continue
		}
		for i, c := range table.Columns {
			if len(c.Go) == 0 {
				continue
			}
			compared++
			if got := strings.Join(c.Go, " or "); got != fields[i] {
				t.Errorf("%s: %s.%s is %s, and not %s", models, table.Name, c.Name, fields[i], got)
			}
		}
	}
	return compared
}
