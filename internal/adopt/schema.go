package adopt

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlpath"
)

// usual are the folders that people put their migrations into, and their schemas.
var usual = []string{
	"migrations", "db/migrations", "database/migrations", "internal/db/migrations", "internal/database/migrations", "sql/migrations", "sql/schema",
	"schema.sql", "db/schema.sql", "sql/schema.sql", "database/schema.sql", "internal/db/schema.sql",
}

// schemaOf is where a project without sqlc keeps its schema, "" where it has none.
func (p *Plan) schemaOf() string {
	for _, name := range usual {
		if names, _ := schemaFiles(p.root, name); len(names) > 0 {
			return name
		}
	}
	return ""
}

// describeSchema says what there is at a path of a schema.
func (p *Plan) describeSchema(name string) string {
	names, by := schemaFiles(p.root, name)
	if len(names) == 1 && path.Clean(names[0]) == path.Clean(name) {
		return fmt.Sprintf("%s, %s", name, by)
	}
	files := "files"
	if len(names) == 1 {
		files = "file"
	}
	return fmt.Sprintf("%s, %d %s of %s", name, len(names), files, by)
}

// tool is one that runs migrations, with what one of its files is called or says.
type tool struct {
	name          string
	file, content *regexp.Regexp
}

// tools tell by what is written in SQL files who runs them.
var tools = []tool{
	{"goose", nil, regexp.MustCompile(`(?mi)^\s*--\s*\+goose\s+up\b`)},
	{"dbmate", nil, regexp.MustCompile(`(?mi)^--\s*migrate:up\b`)},
	{"golang-migrate", regexp.MustCompile(`\.(up|down)\.sql$`), nil},
	{"Atlas", regexp.MustCompile(`^atlas\.sum$`), nil},
}

// schemaFiles are the SQL files at a path of sqlc.yaml, and the name of what runs them.
func schemaFiles(root, name string) (sql []string, by string) {
	by = "plain SQL"
	matches, err := sqlpath.Match(root, name)
	if err != nil {
		return nil, by
	}
	var names []string
	for _, m := range matches {
		entries, err := fs.ReadDir(os.DirFS(filepath.Join(root, filepath.FromSlash(m))), ".")
		if err != nil {
			names = append(names, m)
			continue
		}
		for _, e := range entries {
			names = append(names, path.Join(m, e.Name()))
		}
	}
	for _, n := range names {
		content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(n)))
		if err != nil {
			continue
		}
		if path.Ext(n) == ".sql" {
			sql = append(sql, n)
		}
		at := slices.IndexFunc(tools, func(t tool) bool {
			return t.file != nil && t.file.MatchString(path.Base(n)) || t.content != nil && strings.HasSuffix(n, ".sql") && t.content.Match(content)
		})
		if at >= 0 && by == "plain SQL" {
			by = tools[at].name
		}
	}
	return sql, by
}
