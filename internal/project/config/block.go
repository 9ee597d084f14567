package config

import (
	"cmp"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/sqlpath"
)

// goOptions are the options of gen.go that drey itself needs.
type goOptions struct {
	Package               string            `yaml:"package"`
	Out                   string            `yaml:"out"`
	SQLPackage            string            `yaml:"sql_package"`
	BuildTags             string            `yaml:"build_tags"`
	PreparedQueries       bool              `yaml:"emit_prepared_queries"`
	MethodsWithDBArgument bool              `yaml:"emit_methods_with_db_argument"`
	JSONTagsCaseStyle     string            `yaml:"json_tags_case_style"`
	OmitUnusedStructs     bool              `yaml:"omit_unused_structs"`
	PointersForNullTypes  bool              `yaml:"emit_pointers_for_null_types"`
	JSONTagsIDUppercase   bool              `yaml:"json_tags_id_uppercase"`
	ExactTableNames       bool              `yaml:"emit_exact_table_names"`
	Rename                map[string]string `yaml:"rename"`
	Overrides             []override        `yaml:"overrides"`
	Initialisms           *[]string         `yaml:"initialisms"`
	InflectionExclude     []string          `yaml:"inflection_exclude_table_names"`
	Positional            *int              `yaml:"query_parameter_limit"`
}

func (r *reader) block(n *yaml.Node, global *goOptions) *Block {
	b := &Block{Name: text(n, "name"), Line: n.Line, node: n}
	before := len(r.problems)
	b.Schema = r.paths(n, "schema")
	b.Queries = r.paths(n, "queries")
	r.broken[b] = len(r.problems) > before
	gen := child(n, "gen", "go")
	if gen == nil {
		r.broken[b] = true
		r.problem(n, "add\ngen:\n  go:\n    package: db\n    out: internal/db", "the block has no gen.go: there is nothing to generate")
		return b
	}
	var o goOptions
	r.decode(gen, &o)
	before = len(r.problems)
	r.place(b, gen)
	r.broken[b] = r.broken[b] || len(r.problems) > before
	if o.SQLPackage != "" && o.SQLPackage != "database/sql" {
		r.problem(child(gen, "sql_package"), "remove it", "sql_package: %s is for PostgreSQL", o.SQLPackage)
	}
	if o.PreparedQueries && o.MethodsWithDBArgument {
		r.problem(child(gen, "emit_prepared_queries"), "remove one of them",
			"sqlc takes emit_prepared_queries and emit_methods_with_db_argument for contradictory")
	}
	if o.JSONTagsCaseStyle != "" && !slices.Contains(jsonCaseStyles, o.JSONTagsCaseStyle) {
		r.problem(child(gen, "json_tags_case_style"), "use one of "+strings.Join(jsonCaseStyles, ", "),
			"json_tags_case_style: sqlc knows no %q", o.JSONTagsCaseStyle)
	}
	r.outputNames(gen)
	b.BuildTags, b.MethodsWithDBArgument, b.OmitUnusedStructs = o.BuildTags, o.MethodsWithDBArgument, o.OmitUnusedStructs
	b.Positional = o.Positional
	b.PointersForNull = o.PointersForNullTypes
	b.JSONTags = names.JSONTags{CaseStyle: o.JSONTagsCaseStyle, IDUppercase: o.JSONTagsIDUppercase}
	b.Names.Rename = map[string]string{}
	maps.Copy(b.Names.Rename, o.Rename)
	maps.Copy(b.Names.Rename, global.Rename) // as sqlc has it: the global ones win
	if list := child(gen, "overrides"); list != nil {
		for i := range min(len(o.Overrides), len(list.Content)) {
			o.Overrides[i].line, o.Overrides[i].own = list.Content[i].Line, true
		}
	}
	b.overrides = slices.Concat(global.Overrides, o.Overrides)
	b.Names.ExactTableNames = o.ExactTableNames
	b.Names.InflectionExclude = o.InflectionExclude
	if o.Initialisms != nil {
		b.Names.Initialisms = *o.Initialisms
		if b.Names.Initialisms == nil {
			b.Names.Initialisms = []string{}
		}
	}
	return b
}

// jsonCaseStyles are the values of json_tags_case_style; sqlc panics at others.
var jsonCaseStyles = []string{"camel", "pascal", "snake", "none"}

// outputNames are the options that name sqlc's files, and the names without them.
var outputNames = []struct{ key, name string }{
	{"output_db_file_name", "db.go"}, {"output_models_file_name", "models.go"}, {"output_querier_file_name", "querier.go"},
}

// FileKey is the option of gen.go that gives one of sqlc's files its name, "" if none
// does.
func (b *Block) FileKey(file string) string {
	for _, o := range outputNames {
		if cmp.Or(text(child(b.node, "gen", "go"), o.key), o.name) == file {
			return o.key
		}
	}
	if strings.HasSuffix(file, ".sql.go") {
		return "output_files_suffix"
	}
	return ""
}

// outputNames refuses file names that sqlc puts elsewhere, or that belong to
// drey's own files, which would replace sqlc's.
func (r *reader) outputNames(gen *yaml.Node) {
	for _, o := range outputNames {
		key := o.key
		switch name := text(gen, key); {
		case strings.ContainsAny(name, `/\`):
			r.problem(child(gen, key), "give a name without a folder", "%s: %s is no file of the folder out", key, name)
		case strings.HasPrefix(name, "drey") && strings.HasSuffix(name, ".go") && (name == "drey.go" || strings.HasPrefix(name, "drey_")):
			r.problem(child(gen, key), "give it another name", "%s: drey writes a file %s itself", key, name)
		}
	}
}

// place reads where the Go goes: into which folder and package.
func (r *reader) place(b *Block, gen *yaml.Node) {
	out := child(gen, "out")
	if text(gen, "out") == "" {
		r.problem(gen, "add out: internal/db", "gen.go has no out")
		return
	}
	b.Out = path.Clean(filepath.ToSlash(out.Value))
	b.Package = path.Base(b.Out) // as sqlc has it
	if name := child(gen, "package"); name != nil && name.Kind == yaml.ScalarNode {
		b.Package, out = name.Value, name
	}
	if !token.IsIdentifier(b.Package) || b.Package == "_" {
		r.problem(out, "add a name that can, as in package: db", "no package of Go can be called %q", b.Package)
	}
}

// generatedQueries is the folder of a block without queries of its own, into which those
// that are generated are written.
const generatedQueries = "sql/crud"

// paths reads a path or a list of them, each of which has to be there. The
// folder of the generated queries may be listed before it exists.
func (r *reader) paths(n *yaml.Node, key string) []string {
	value := child(n, key)
	if value == nil {
		r.problem(n, "add "+key+": with a folder, as in "+key+": "+map[string]string{"schema": "migrations", "queries": "sql"}[key],
			"the block has no %s", key)
		return nil
	}
	items := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		items = value.Content
	}
	var list []string
	for _, item := range items {
		p := filepath.ToSlash(item.Value)
		if item.Kind != yaml.ScalarNode || item.Tag == "!!null" || p == "" {
			r.problem(item, "give a path or a list of paths", "%s is no path", key)
			continue
		}
		if slices.Contains(list, p) {
			r.problem(item, "remove it here", "%s has %s twice", key, p)
			continue
		}
		list = append(list, p)
		if !r.exists(p) && !(key == "queries" && path.Base(p) == "crud") {
			r.problem(item, "create it, or correct the path; it is relative to "+r.file, "%s: there is no %s", key, p)
		}
	}
	switch {
	case len(items) > 0:
	case key == "schema":
		r.problem(value, "give a path or a list of paths", "%s is empty", key)
	case r.generated != nil:
		r.problem(value, "give each block a folder of its own, as in queries: sql/other/crud",
			"the generated queries of the block on line %d are in %s as well", r.generated.Line, generatedQueries)
	default:
		r.generated = n
		list = []string{generatedQueries}
	}
	return list
}

func (r *reader) exists(p string) bool {
	found, err := sqlpath.Match(r.dir, p)
	if err != nil || len(found) == 0 {
		return false
	}
	_, err = os.Stat(filepath.Join(r.dir, filepath.FromSlash(found[0])))
	return err == nil
}
