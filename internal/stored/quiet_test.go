package stored_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/proof/chinook"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/stored"
)

// TestQuiet: nothing is said of schemas that are right, those of this project and
// those of others.
func TestQuiet(t *testing.T) {
	folders := map[string]string{"this project": "../../migrations"}
	archives, err := filepath.Glob("../verify/testdata/quiet/*.txtar")
	must(t, err)
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		must(t, err)
		dir := t.TempDir()
		for _, f := range archive.Files {
			if filepath.Dir(f.Name) == "migrations" {
				must(t, os.WriteFile(filepath.Join(dir, filepath.Base(f.Name)), f.Data, 0o644))
			}
		}
		folders[filepath.Base(name)] = dir
	}
	for name, dir := range folders {
		t.Run(name, func(t *testing.T) {
			files, err := migration.Load(dir, []string{"."})
			must(t, err)
			m, err := sqlite.NewMemory()
			must(t, err)
			defer m.Close()
			applied, err := migration.Apply(context.Background(), m, files, nil)
			must(t, err)
			quiet(t, m, migration.FindPlaces(applied))
		})
	}
	t.Run("chinook", func(t *testing.T) {
		m, err := sqlite.LoadMemory(chinook.File(t))
		must(t, err)
		defer m.Close()
		quiet(t, m, migration.FindPlaces(nil))
	})
}

func quiet(t *testing.T, m *sqlite.Memory, places *migration.Places) {
	t.Helper()
	db, err := m.Open(nil)
	must(t, err)
	s, err := schema.Read(context.Background(), db, migration.VersionTable)
	must(t, err)
	must(t, db.Close())
	problems, warnings, err := stored.Check(context.Background(), m, s, stored.TypesOf(nil), places)
	must(t, err)
	for _, p := range append(problems, warnings...) {
		t.Error(p)
	}
}
