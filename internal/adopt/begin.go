package adopt

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project"
)

// The files of a new project, with what differs in {{braces}}.
//
//go:embed all:new
var texts embed.FS

// Where they go, but for the folder of the generated package.
const (
	migrations = "migrations"
	queries    = "sql"
)

// begin plans a project in a folder that has none.
func (p *Plan) begin(ctx context.Context, o Options) error {
	out := "internal/db"
	if o.Out != "" {
		out = path.Clean(filepath.ToSlash(o.Out))
	}
	if !filepath.IsLocal(filepath.FromSlash(out)) || out == "." || !token.IsIdentifier(path.Base(out)) {
		return &diag.Problem{File: "--out", Msg: fmt.Sprintf("%q is not a folder below this one that is called like a package of Go", o.Out), Fix: "give one that is, as in --out internal/db"}
	}
	in, err := p.module(o, out)
	if err != nil {
		return err
	}
	own := path.Join(in.path, in.below, out)
	name := strings.ToLower(invalid.ReplaceAllString(filepath.Base(absolute(o.Dir)), ""))
	if name == "" {
		name = "app"
	}
	text := strings.NewReplacer("{{migrations}}", migrations, "{{queries}}", queries, "{{package}}", path.Base(out), "{{out}}", out,
		"{{import}}", own, "{{name}}", name, "{{up}}", strings.TrimSuffix(strings.Repeat("../", strings.Count(out, "/")+1), "/"))
	read := func(name string) string {
		content, err := texts.ReadFile("new/" + name)
		if err != nil {
			panic(err) // it is embedded
		}
		return text.Replace(string(content))
	}
	lines := func(name string) []string { return strings.Split(strings.TrimSpace(read(name)), "\n") }

	schema, theirs := migrations, p.schemaOf()
	if theirs != nil {
		schema = theirs.Paths[0]
		p.describeSchema(theirs)
	}
	yaml := read("sqlc.yaml")
	if theirs != nil { // whose tables are not known, so that the queries are those that will be generated
		yaml = strings.Replace(yaml, "schema: "+migrations, "schema: "+schema, 1)
		yaml = strings.Replace(yaml, "queries: ["+queries+", "+queries+"/crud]", "queries: []", 1)
	}
	files := []struct{ name, content string }{
		{"sqlc.yaml", yaml},
		{out + "/generate.go", read("generate.go.txt")},
		{".env", read("env")},
	}
	if theirs == nil {
		files = append(files, []struct{ name, content string }{
			{migrations + "/00001_notes.sql", read("notes_migration.sql")},
			{queries + "/notes.sql", read("notes.sql")},
			{out + "/" + path.Base(out) + "_test.go", read("db_test.go.txt")},
		}...)
	}
	for _, f := range files {
		if err := p.file(f.name, f.content); err != nil {
			return err
		}
	}
	if err := errors.Join(p.lines(".gitattributes", lines("gitattributes")...), p.lines(".gitignore", lines("gitignore")...), p.policy(localPolicy(o.Policy, schema, out))); err != nil {
		return err
	}
	if err := p.requireModules(ctx, in); err != nil {
		return err
	}
	p.generateNext()
	p.Next = append(p.Next, "go test ./...")
	return nil
}

// localPolicy is the policy with the folders of a project.
func localPolicy(text, schema, out string) string {
	return strings.NewReplacer("internal/db/", out+"/", "migrations/", strings.TrimSuffix(schema, "/")+"/").Replace(text)
}

var invalid = regexp.MustCompile(`[^A-Za-z0-9._~-]+`)

// goModule is the module that a project is in.
type goModule struct {
	dir   string // absolute
	path  string
	below string // the project's folder in it, slash-separated
	isNew bool
}

// module finds the module around the folder of the generated package, or plans a new one.
func (p *Plan) module(o Options, out string) (goModule, error) {
	dir := absolute(o.Dir)
	for at := filepath.Join(dir, filepath.FromSlash(out)); ; at = filepath.Dir(at) {
		content, err := os.ReadFile(filepath.Join(at, "go.mod"))
		switch {
		case err == nil && modfile.ModulePath(content) == "":
			return goModule{}, project.NoModule(relative(dir, filepath.Join(at, "go.mod")), content)
		case err == nil:
			below, err := filepath.Rel(at, dir)
			return goModule{dir: at, path: modfile.ModulePath(content), below: filepath.ToSlash(below)}, err
		case !errors.Is(err, fs.ErrNotExist) && at == dir:
			return goModule{}, fmt.Errorf("look for go.mod: %w", err)
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	name := o.Module
	if name == "" {
		name = ModuleOf(o.Dir)
	}
	if err := module.CheckImportPath(name); err != nil {
		return goModule{}, &diag.Problem{File: "--module", Msg: err.Error(), Err: err, Fix: "give a path as in --module example.com/notes"}
	}
	return goModule{dir: dir, path: name, isNew: true}, nil
}

// HasModule reports whether a folder is in a Go module.
func HasModule(dir string) bool {
	for at := absolute(dir); ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return true
		}
		if at == filepath.Dir(at) {
			return false
		}
	}
}

// ModuleOf is the path of a module that is named after its folder. It begins with example.com/,
// since the go command keeps paths without a dot for the standard library.
func ModuleOf(dir string) string {
	name := strings.Trim(strings.ToLower(invalid.ReplaceAllString(filepath.Base(absolute(dir)), "-")), "-.~")
	if module.CheckImportPath("example.com/"+name) != nil {
		name = "app"
	}
	return "example.com/" + name
}
