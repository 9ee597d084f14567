package drawing

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/generate"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

func TestMain(m *testing.M) {
	sqlc.RunChild()
	os.Exit(m.Run())
}

// TestGoTypes: the types are those of the rows that are generated, in this project and in
// those of cmd/drey.
func TestGoTypes(t *testing.T) {
	if compared := compareProject(t, "../.."); compared < 30 {
		t.Errorf("only %d columns were compared", compared)
	}
	for _, name := range []string{"completed", "enums", "fixtures", "types"} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() {
				t.Skip("it generates projects")
			}
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS("../../cmd/drey/testdata/"+name)); err != nil {
				t.Fatal(err)
			}
			yaml, err := os.ReadFile(filepath.Join(dir, "sqlc.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			// They name a module of cmd/drey's tests as their runtime. Here each has its own.
			yaml = bytes.ReplaceAll(yaml, []byte("runtime: example.com/runtime"), nil)
			if err := os.WriteFile(filepath.Join(dir, "sqlc.yaml"), yaml, 0o600); err != nil {
				t.Fatal(err)
			}
			mod, err := os.ReadFile("../../go.mod")
			if err != nil {
				t.Fatal(err)
			}
			sum, err := os.ReadFile("../../go.sum")
			if err != nil {
				t.Fatal(err)
			}
			_, mod, _ = bytes.Cut(mod, []byte("\n"))
			if err := errors.Join(os.WriteFile(filepath.Join(dir, "go.mod"), append([]byte("module example.com/"+name+"\n"), mod...), 0o600),
				os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o600)); err != nil {
				t.Fatal(err)
			}
			result, err := generate.Run(t.Context(), generate.Options{Dir: dir})
			if err == nil {
				err = result.Write(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d columns", compareProject(t, dir))
		})
	}
}

func compareProject(t *testing.T, dir string) (compared int) {
	t.Helper()
	p, err := project.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, of := range p.Schemas() {
		d, err := of.Database(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range p.Blocks(of) { // one by one: several may have several types
			m, err := p.Module(b)
			if err != nil {
				t.Fatal(err)
			}
			s := newSchema(d.Schema, d.Places)
			_, queries, err := p.Queries(b)
			if err != nil {
				t.Fatal(err)
			}
			s.addTypes(d.Schema, b, m, queries)
			compared += compareTypes(t, s, d.Schema, b, filepath.Join(dir, filepath.FromSlash(b.Out)))
		}
	}
	return compared
}

func compareTypes(t *testing.T, s *Schema, from *schema.Schema, b *config.Block, dir string) (compared int) {
	t.Helper()
	structs := map[string][]string{}
	read := func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if st, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range st.Fields.List {
				structs[spec.Name.Name] = append(structs[spec.Name.Name], strings.ReplaceAll(types.ExprString(f.Type), "interface{}", "any"))
			}
		}
		return false
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatal(dir, err)
	}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, read)
	}
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
				t.Errorf("%s: %s.%s is %s, and not %s", dir, table.Name, c.Name, fields[i], got)
			}
		}
	}
	return compared
}
