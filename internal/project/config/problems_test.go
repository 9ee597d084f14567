package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/config"
)

const head = "version: \"2\"\nsql:\n"

// good is a block up to its gen.
const good = "  - {engine: sqlite, schema: migrations, queries: sql"

const example = `
	     version: "2"
	     sql:
	       - engine: sqlite
	         schema: migrations
	         queries: sql
	         gen:
	           go:
	             package: db
	             out: internal/db
	     options:
	       drey: {enums: true}`

func TestProblems(t *testing.T) {
	const see = "\n\tfix: see https://docs.sqlc.dev/en/latest/reference/config.html"
	tests := []struct{ name, content, want string }{
		// Texts that are not YAML, with the line on which they stop being YAML.
		{"indentation", head + "  - engine: sqlite\n    schema: migrations\n   queries: sql\n", "sqlc.yaml:5: this is no YAML: did not find expected '-' indicator"},
		{"a tab", head + "\t- engine: sqlite\n", "sqlc.yaml:3: this is no YAML: found character that cannot start any token"},
		{"a comma", "{\n  \"version\": \"2\",\n  \"sql\": [\n    {\"engine\": \"sqlite\"\n     \"schema\": \"migrations\"}\n  ]\n}\n", "sqlc.yaml:4: this is no YAML: did not find expected ',' or '}'"},
		{"a quote", "version: \"2\nsql:\n", "sqlc.yaml:2: this is no YAML: found unexpected end of stream"},
		{"an anchor", head + "  - *base\n", "sqlc.yaml:3: this is no YAML: unknown anchor 'base' referenced"},
		{"bytes", "version: \"2\"\nsql: \xff\n", "sqlc.yaml:2: this is no YAML: invalid leading UTF-8 octet"},
		{"a cycle", head + "  - &a {gen: *a}\n", "sqlc.yaml: anchor 'a' value contains itself" + see},
		{"doubled keys", head + good + ", queries: sql}\n  - {name: a, name: b}\n",
			"sqlc.yaml:3: mapping key \"queries\" already defined at line 3" + see + "\nsqlc.yaml:4: mapping key \"name\" already defined at line 4" + see},

		// Texts that are not a configuration.
		{"nothing", "# later\n", "sqlc.yaml:1: the configuration is empty\n\tfix: begin with this:" + example},
		{"a list", "- sql\n", "sqlc.yaml:1:1: the configuration is no mapping\n\tfix: begin with this:" + example},
		{"no version", "sql: []\n", "sqlc.yaml:1:1: the version is missing\n\tfix: write version: \"2\" on the first line"},
		{"another version", "version: 3\n", "sqlc.yaml:1:10: there is no version 3 of sqlc's configuration\n\tfix: write version: \"2\""},
		{"version 1", "version: 1\n", "sqlc.yaml:1:10: this is version 1 of sqlc's configuration; drey reads version 2\n\tfix: drey init --write does that; or write this instead:" + example},
		{"no blocks", "version: 2\nsql: []\n", "sqlc.yaml:1:1: there is no sql block\n\tfix: add a block, as in" + example},
		{"blocks that are none", "version: 2\nsql: {engine: sqlite}\n", "sqlc.yaml:1:1: there is no sql block\n\tfix: add a block, as in" + example},

		// Keys that sqlc does not know.
		{"a key", head + good + ", gen: {go: {out: db}}}\noption: {}\n",
			"sqlc.yaml:4:1: the configuration has no key \"option\"\n\tfix: use one of version, cloud, servers, sql, overrides, plugins, rules, options"},
		{"a key of a block", head + good + ", strict: true, gen: {go: {out: db}}}\n",
			"sqlc.yaml:3:56: a block of sql has no key \"strict\"\n\tfix: use one of name, engine, schema, queries, database, strict_function_checks, strict_order_by, gen, codegen, rules, analyzer"},
		{"a key of gen", head + good + ", gen: {go: {out: db}, kotlin: {}}}\n", "sqlc.yaml:3:77: gen has no key \"kotlin\"\n\tfix: use one of go, json"},
		{"a block that is none", head + "  - sqlite\n",
			"sqlc.yaml:3:5: a block of sql is no mapping\n\tfix: its keys are name, engine, schema, queries, database, strict_function_checks, strict_order_by, gen, codegen, rules, analyzer\n" +
				"sqlc.yaml:3:5: the block has no engine\n\tfix: add engine: sqlite"},

		// What a block needs.
		{"no engine", head + "  - {schema: migrations}\n", "sqlc.yaml:3:5: the block has no engine\n\tfix: add engine: sqlite"},
		{"an unknown engine", head + "  - {engine: sqlite3}\n", "sqlc.yaml:3:14: the engine \"sqlite3\" is unknown\n\tfix: write engine: sqlite"},
		{"no block for sqlite", head + "  - {engine: mysql}\n", "sqlc.yaml:3:3: no block generates Go for the engine sqlite, the only one of drey's\n\tfix: add a block with engine: sqlite and gen.go"},
		{"plugins alone", head + good + ", codegen: [{plugin: py, out: py}]}\n", "sqlc.yaml:3:3: no block generates Go for the engine sqlite, the only one of drey's\n\tfix: add a block with engine: sqlite and gen.go"},
		{"missing keys", head + "  - engine: sqlite\n",
			"sqlc.yaml:3:5: the block has no schema\n\tfix: add schema: with a folder, as in schema: migrations\n" +
				"sqlc.yaml:3:5: the block has no queries\n\tfix: add queries: with a folder, as in queries: sql\n" +
				"sqlc.yaml:3:5: the block has no gen.go: there is nothing to generate\n\tfix: add\n\t     gen:\n\t       go:\n\t         package: db\n\t         out: internal/db"},
		{"no queries of two blocks", head + "  - {engine: sqlite, schema: migrations, queries: [], gen: {go: {out: db}}}\n  - {engine: sqlite, schema: migrations, queries: [], gen: {go: {out: other}}}\n",
			"sqlc.yaml:4:51: the generated queries of the block on line 3 are in sql/crud as well\n\tfix: give each block a folder of its own, as in queries: sql/other/crud"},
		{"paths that are none", head + "  - {engine: sqlite, schema: [], queries: [~, {a: b}, \"\"], gen: {go: {out: db}}}\n",
			"sqlc.yaml:3:30: schema is empty\n\tfix: give a path or a list of paths\n" +
				"sqlc.yaml:3:44: queries is no path\n\tfix: give a path or a list of paths\n" +
				"sqlc.yaml:3:47: queries is no path\n\tfix: give a path or a list of paths\n" +
				"sqlc.yaml:3:55: queries is no path\n\tfix: give a path or a list of paths"},
		{"paths that lead nowhere", head + "  - {engine: sqlite, schema: db/migrations, queries: [sql, \"*/*.sql\"], gen: {go: {out: db}}}\n",
			"sqlc.yaml:3:30: schema: there is no db/migrations\n\tfix: create it, or correct the path; it is relative to sqlc.yaml\n" +
				"sqlc.yaml:3:60: queries: there is no */*.sql\n\tfix: create it, or correct the path; it is relative to sqlc.yaml"},
		{"a path twice", head + "  - {engine: sqlite, schema: migrations, queries: [sql, sql], gen: {go: {out: db}}}\n",
			"sqlc.yaml:3:57: queries has sql twice\n\tfix: remove it here"},
		{"no out", head + good + ", gen: {go: {package: db}}}\n", "sqlc.yaml:3:66: gen.go has no out\n\tfix: add out: internal/db"},
		{"one folder for two", head + good + ", gen: {go: {out: db}}}\n" + good + ", gen: {go: {out: ./db/, package: other}}}\n",
			"sqlc.yaml:4:72: the block on line 3 writes into db as well\n\tfix: give each block a folder of its own"},
		{"a package", head + good + ", gen: {go: {out: db, package: my-db}}}\n", "sqlc.yaml:3:85: no package of Go can be called \"my-db\"\n\tfix: add a name that can, as in package: db"},
		{"a folder that is no package", head + good + ", gen: {go: {out: .}}}\n", "sqlc.yaml:3:72: no package of Go can be called \".\"\n\tfix: add a name that can, as in package: db"},
		{"a case style that sqlc panics at", head + good + ", gen: {go: {out: db, json_tags_case_style: kebab}}}\n", "sqlc.yaml:3:98: json_tags_case_style: sqlc knows no \"kebab\"\n\tfix: use one of camel, pascal, snake, none"},
		{"options that exclude each other", head + good + ", gen: {go: {out: db, emit_prepared_queries: true, emit_methods_with_db_argument: true}}}\n", "sqlc.yaml:3:99: sqlc takes emit_prepared_queries and emit_methods_with_db_argument for contradictory\n\tfix: remove one of them"},
		{"a file of drey's", head + good + ", gen: {go: {out: db, output_models_file_name: drey.go}}}\n", "sqlc.yaml:3:101: output_models_file_name: drey writes a file drey.go itself\n\tfix: give it another name"},
		{"a file elsewhere", head + good + ", gen: {go: {out: db, output_db_file_name: ../x.go}}}\n", "sqlc.yaml:3:97: output_db_file_name: ../x.go is no file of the folder out\n\tfix: give a name without a folder"},
		{"a package of PostgreSQL's", head + good + ", gen: {go: {out: db, sql_package: pgx/v5}}}\n", "sqlc.yaml:3:89: sql_package: pgx/v5 is for PostgreSQL\n\tfix: remove it"},
		{"values of another kind", head + good + ", gen: {go: {out: db, package: [db],\n    build_tags: {}}}}\n",
			"sqlc.yaml:3: cannot unmarshal !!seq into string" + see + "\nsqlc.yaml:4: cannot unmarshal !!map into string" + see},

		// drey's own options.
		{"an option", head + good + ", gen: {go: {out: db}}}\noptions:\n  drey: {crut: false}\n", "sqlc.yaml:5:10: options.drey has no key \"crut\"\n\tfix: use one of crud, blocks, d1, enums, explain, lint, rqlite, runtime, tenant, soft_delete, updated_at, version"},
		{"an option of lint", head + good + ", gen: {go: {out: db}}}\noptions:\n  drey:\n    lint: {of: [nativesql]}\n", "sqlc.yaml:6:12: options.drey.lint has no key \"of\"\n\tfix: use one of off, on, tests, orms, baseline"},
		{"a list of lint that is none", head + good + ", gen: {go: {out: db}}}\noptions:\n  drey:\n    lint: {off: nativesql}\n", "sqlc.yaml:6:17: off is no list\n\tfix: write it as in off: [name]"},
		{"tests of lint that are no truth", head + good + ", gen: {go: {out: db}}}\noptions:\n  drey:\n    lint: {tests: some}\n", "sqlc.yaml:6: cannot unmarshal !!str `some` into bool" + see},
		{"a tenant that is none", head + good + ", gen: {go: {out: db}}}\noptions:\n  drey: {tenant: 1}\n",
			"sqlc.yaml:5:18: options.drey.tenant names no column\n\tfix: write it as in tenant: account_id, or tenant: [links.user_id]"},
		{"options that are none", head + good + ", gen: {go: {out: db}}}\noptions:\n  drey: all\n", "sqlc.yaml:5:9: options.drey is no mapping\n\tfix: its keys are crud, blocks, d1, enums, explain, lint, rqlite, runtime, tenant, soft_delete, updated_at, version"},
		{"columns that are none", head + good + ", gen: {go: {out: db}}}\noptions:\n  drey:\n    soft_delete: {links: deleted_at}\n    version: [links.version, 3]\n    updated_at: true\n",
			"sqlc.yaml:6:18: options.drey.soft_delete names columns\n\tfix: write it as in soft_delete: deleted_at, or [links.deleted_at, users.removed_at]\n" +
				"sqlc.yaml:7:30: options.drey.version names columns\n\tfix: write it as in version: version, or [links.version, users.revision]\n" +
				"sqlc.yaml:8:17: options.drey.updated_at names columns\n\tfix: write it as in updated_at: updated_at, or [links.updated_at, users.changed_at]"},
		{"an option of CRUD", head + good + ", gen: {go: {out: db}}}\noptions:\n  drey:\n    crud: {only: links}\n", "sqlc.yaml:6:12: options.drey.crud has no key \"only\"\n\tfix: use one of skip"},
		{"CRUD that is neither", head + good + ", gen: {go: {out: db}}}\noptions:\n  drey:\n    crud: some\n", "sqlc.yaml:6: cannot unmarshal !!str `some` into bool" + see},
		{"skip", head + good + ", gen: {go: {out: db}}}\noptions:\n  drey:\n    crud: {skip: links}\n",
			"sqlc.yaml:6:18: skip has no tables\n\tfix: write it as in skip: {clicks: [update, upsert], audit_log: all}"},
		{"what to skip", head + good + ", gen: {go: {out: db}}}\noptions:\n  drey:\n    crud: {skip: {links: , tags: {}, clicks: [[]]}}\n",
			"sqlc.yaml:6: cannot unmarshal !!seq into string" + see + "\n" +
				"sqlc.yaml:6:19: skip does not say what of links\n\tfix: write it as in skip: {clicks: [update, upsert], audit_log: all}\n" +
				"sqlc.yaml:6:28: skip does not say what of tags\n\tfix: write it as in skip: {clicks: [update, upsert], audit_log: all}"},
		{"a block without a name", head + good + ", gen: {go: {out: db}}}\noptions:\n  drey:\n    blocks: {main: {crud: false}}\n",
			"sqlc.yaml:6:13: no sql block that drey generates for has a name\n\tfix: give the block one, as in name: reporting"},
		{"another block", head + good + ", name: main, gen: {go: {out: db}}}\noptions:\n  drey:\n    blocks: {maim: {crud: false}, main: {crut: false}}\n",
			"sqlc.yaml:6:14: options.drey.blocks has no key \"maim\"\n\tfix: use one of main\n" +
				"sqlc.yaml:6:42: options.drey.blocks.main has no key \"crut\"\n\tfix: use one of crud, enums, tenant, soft_delete, updated_at, version"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.Load(project(t, "sqlc.yaml", tt.content))
			if err == nil {
				t.Fatal("there is nothing wrong")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestFolderProblems(t *testing.T) {
	valid := head + good + ", gen: {go: {out: db}}}\n"
	dir := t.TempDir()
	file := filepath.Join(project(t, "f", ""), "f")
	both := project(t, "sqlc.yml", valid, "sqlc.json", valid)
	for _, tt := range []struct{ dir, file, msg string }{
		{dir, filepath.ToSlash(dir) + "/sqlc.yaml", "there is no configuration here"},
		{file, file, "this is no folder"},
		{filepath.Join(dir, "nosuch"), filepath.Join(dir, "nosuch"), "this is no folder"},
		{both, "sqlc.json", "there is a sqlc.yml as well, so sqlc reads neither"},
	} {
		_, err := config.Load(tt.dir)
		var p *diag.Problem
		if !errors.As(err, &p) || p.File != tt.file || p.Msg != tt.msg || p.Fix == "" {
			t.Errorf("Load(%s): %v, want %s: %s, with a fix", tt.dir, err, tt.file, tt.msg)
		}
	}
	unreadable := t.TempDir()
	if err := os.Mkdir(filepath.Join(unreadable, "sqlc.yaml"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(unreadable); err == nil || !strings.Contains(err.Error(), "read the configuration: ") {
		t.Errorf("a folder called sqlc.yaml: %v", err)
	}
}
