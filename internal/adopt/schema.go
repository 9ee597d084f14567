package adopt

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/dreysql/drey/internal/project"
)

// usual are where people put their migrations, and their schemas.
var usual = []string{
	"migrations", "db/migrations", "database/migrations", "internal/db/migrations", "internal/database/migrations", "sql/migrations", "sql/schema",
	"schema.sql", "db/schema.sql", "sql/schema.sql", "database/schema.sql", "internal/db/schema.sql",
}

// schemaOf is where a project without sqlc keeps its schema, nil where it has none.
func (p *Plan) schemaOf() *project.Schema {
	for _, name := range usual {
		at := filepath.Join(p.root, filepath.FromSlash(name))
		if path.Ext(name) == "" {
			at = filepath.Join(at, "*.sql")
		}
		if found, err := filepath.Glob(at); err != nil || len(found) == 0 {
			continue
		}
		if _, err := os.Stat(filepath.Join(p.root, filepath.FromSlash(name))); err == nil {
			return project.NewSchema(p.root, name)
		}
	}
	return nil
}

// describeSchema tells where a schema comes from, and who runs its migrations. What is
// wrong with them is what generation refuses.
func (p *Plan) describeSchema(s *project.Schema) {
	kind, _ := s.Kind()
	files, _ := s.Files()
	n := "1 file"
	if len(files) != 1 {
		n = fmt.Sprintf("%d files", len(files))
	}
	p.Found = append(p.Found, fmt.Sprintf("\tschema   %s: %s of %s", strings.Join(s.Paths, ", "), n, kind.Format))
	if kind.Format.Foreign() && kind.Format.Name != "plain SQL" {
		p.Notes = append(p.Notes, fmt.Sprintf("%s: drey reads them as they are, and drey migrate leaves them to it; drey migrate convert makes goose migrations of them", kind.Format.Runs()))
	}
}
