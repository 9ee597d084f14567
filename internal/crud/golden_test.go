package crud_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/crud"
	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/stored"
	"github.com/dreysql/drey/internal/tenant"
	"github.com/dreysql/drey/internal/upkeep"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "rewrite the expected files in testdata")

// TestGolden reads schemas from testdata, with the options that sqlc is to have
// below gen.go, and the columns of tenants and those that are to be kept up. It compares the queries with the expected ones; sqlc has to
// read them and make the expected methods; SQLite has to prepare what sqlc made
// of them.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			input, want := map[string]string{}, map[string]string{}
			for _, f := range archive.Files {
				if strings.HasSuffix(f.Name, ".yaml") || f.Name == "schema.sql" {
					input[f.Name] = string(f.Data)
				} else {
					want[f.Name] = string(f.Data)
				}
			}
			got := generate(t, input)
			if *update {
				archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return input[f.Name] == "" })
				for _, name := range slices.Sorted(maps.Keys(got)) {
					archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(got[name])})
				}
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("expected (-) and generated (+); go test -update rewrites %s\n%s", path, diff)
			}
		})
	}
}

// generate returns the files of queries and, as methods.txt, the methods.
func generate(t *testing.T, input map[string]string) map[string]string {
	db, s := open(t, input["schema.sql"])
	gen := input["gen.yaml"]
	o := options(t, gen)
	if err := yaml.Unmarshal([]byte(input["tenants.yaml"]), &o.Tenants); err != nil {
		t.Fatal(err)
	}
	o.Upkeep = keptUp(t, s, input["upkeep.yaml"])
	files, warnings, err := crud.Generate(s, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) > 0 {
		t.Fatal(warnings)
	}
	methods := sqlcMethods(t, s, files, gen)
	for _, m := range methods {
		stmt, err := db.Prepare(m.SQL)
		if err != nil {
			t.Errorf("%s: %v\n%s", m.Name, err, m.SQL)
			continue
		}
		stmt.Close()
	}
	saysTenants(t, tenant.New(s, o.Tenants), files)
	got := maps.Clone(files)
	got["methods.txt"] = signatures(methods)
	return got
}

// saysTenants: a generated query says of which tenant it is. One that creates a tenant has
// none yet.
func saysTenants(t *testing.T, c *tenant.Checker, files map[string]string) {
	t.Helper()
	for name, content := range files {
		queries, err := query.Parse(name, []byte(content))
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range queries {
			if problems := c.Check(q); len(problems) > 0 && q.Name != "CreateAccount" {
				t.Error(problems)
			}
		}
	}
}

// keptUp are the columns that options.drey would name.
func keptUp(t *testing.T, s *schema.Schema, kept string) *upkeep.Plan {
	var named map[string]string
	if err := yaml.Unmarshal([]byte(kept), &named); err != nil {
		t.Fatal(err)
	}
	columns := func(option string) *config.Columns {
		if named[option] == "" {
			return nil
		}
		return &config.Columns{Option: option, Names: []config.Name{{Text: named[option]}}}
	}
	p := upkeep.Make(s, "sqlc.yaml", config.Upkeep{SoftDelete: columns("soft_delete"), UpdatedAt: columns("updated_at"), Version: columns("version")},
		upkeep.Types(stored.TypesOf(nil)))
	if p != nil && len(p.Problems)+len(p.Missing) > 0 {
		t.Fatal(p.Problems, p.Missing)
	}
	return p
}

// options are the options that fit sqlc's configuration.
func options(t *testing.T, gen string) crud.Options {
	var config struct {
		Rename     map[string]string
		Exact      bool `yaml:"emit_exact_table_names"`
		Positional *int `yaml:"query_parameter_limit"`
	}
	if err := yaml.Unmarshal([]byte(gen), &config); err != nil {
		t.Fatal(err)
	}
	return crud.Options{
		Names:      names.Options{Rename: config.Rename, ExactTableNames: config.Exact},
		Positional: config.Positional,
	}
}
