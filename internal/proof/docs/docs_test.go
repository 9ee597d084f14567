package docs

import (
	"encoding/json"
	"log"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/emit"
	"github.com/dreysql/drey/internal/generate"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/sqlc"
)

// TestMain lets the test binary be sqlc, which runs in a process of its own.
func TestMain(m *testing.M) {
	sqlc.RunChild()
	// Nobody debugs the pages' projects; without inlining the compiler has a third less to do.
	if err := os.Setenv("GOFLAGS", "-ldflags=-w -gcflags=example.com/...=-l"); err != nil {
		log.Fatal(err)
	}
	os.Exit(m.Run())
}

// TestPages runs the pages that are about this repository's project.
func TestPages(t *testing.T) {
	t.Parallel()
	const (
		module = "github.com/dreysql/drey/"
		folder = "internal/proof/docs/program/"
	)
	files := map[string]string{}
	var list []page
	var imports []string
	for _, p := range pages(t) {
		if p.files()["sqlc.yaml"] != "" {
			continue
		}
		text, err := p.program(module+folder+"run", module+"internal/db", module+"internal/runtime",
			`"github.com/dreysql/drey/internal/proof/docs"`, "user, err := docs.Fill(ctx, c)\nif err != nil {\nlog.Fatal(err)\n}\n_ = user")
		if err != nil {
			t.Fatal(err)
		}
		if text != "" {
			files[p.name()+"/page.go"] = text
			imports = append(imports, module+folder+p.name())
			list = append(list, p)
		}
	}
	files["run/run.go"], files["main.go"] = programOf(module+folder, imports)

	// The files are where only the compiler sees them: in the module, so that they may
	// import what is internal in it.
	abs, err := filepath.Abs(filepath.Join(root, folder))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		write(t, file, text)
		overlay.Replace[filepath.Join(abs, filepath.FromSlash(name))] = file
	}
	content, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "overlay.json"), string(content))
	compare(t, list, command(t, root, "go", "run", "-overlay", filepath.Join(dir, "overlay.json"), "./"+folder))
}

// TestProjects generates the projects of the pages that have one, and runs those pages.
func TestProjects(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), strings.Replace(string(content), "module github.com/dreysql/drey\n", "module example.com\n", 1))
	}
	runtime, err := emit.Runtime("example.com/drey", "test", emit.Engines{D1: true, Rqlite: true})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range runtime {
		write(t, filepath.Join(dir, "drey", filepath.FromSlash(name)), string(content))
	}
	var list []page
	var imports []string
	tests := false
	for _, p := range pages(t) {
		files := p.files()
		if files["sqlc.yaml"] == "" {
			continue
		}
		name := p.name()
		if m := regexp.MustCompile(`(?m)^module example\.com/(\S+)$`).FindStringSubmatch(files["go.mod"]); m != nil {
			name = m[1]
		}
		delete(files, "go.mod")
		shared := sharesRuntime(files)
		for file, text := range files {
			write(t, filepath.Join(dir, name, filepath.FromSlash(file)), text)
			tests = tests || strings.HasSuffix(file, "_test.go")
		}
		result, err := generate.Run(t.Context(), generate.Options{Dir: filepath.Join(dir, name)})
		if err != nil {
			t.Errorf("%s: %v", p.path, err)
			continue
		}
		if err := result.Write(t.Context()); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		out := path.Join("example.com", name, cfg.Blocks[0].Out)
		drey := out + "/drey"
		if shared {
			drey = "example.com/drey"
		}
		text, err := p.program("example.com/run", out, drey, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if text != "" {
			write(t, filepath.Join(dir, name, "page", "page.go"), text)
			imports = append(imports, path.Join("example.com", name, "page"))
			list = append(list, p)
		}
	}
	run, main := programOf("example.com/", imports)
	write(t, filepath.Join(dir, "run", "run.go"), run)
	write(t, filepath.Join(dir, "main.go"), main)
	command(t, dir, "go", "vet", "-mod=mod", "./...")
	compare(t, list, command(t, dir, "go", "run", "-mod=mod", "."))
	if tests {
		command(t, dir, "go", "test", "-mod=mod", "./...")
	}
}

// sharesRuntime has a project import the runtime example.com/drey, which is compiled once for all
// of them, and reports whether it does: not if the page says where its runtime is.
func sharesRuntime(files map[string]string) bool {
	text := files["sqlc.yaml"]
	switch {
	case strings.Contains(text, "runtime:"):
		return false
	case !strings.Contains(text, "\noptions:"):
		text += "options: {drey: {runtime: example.com/drey}}\n"
	case strings.Contains(text, "\noptions:\n  drey:\n"):
		text = strings.Replace(text, "\noptions:\n  drey:\n", "\noptions:\n  drey:\n    runtime: example.com/drey\n", 1)
	case strings.Contains(text, "\noptions: {drey: {"):
		text = strings.Replace(text, "\noptions: {drey: {", "\noptions: {drey: {runtime: example.com/drey, ", 1)
	default:
		return false
	}
	files["sqlc.yaml"] = text
	return true
}

// compare compares what the blocks of pages did with what the pages say.
func compare(t *testing.T, list []page, output []byte) {
	t.Helper()
	var runs map[string][]run
	if err := json.Unmarshal(output, &runs); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for _, p := range list {
		did := map[int]*run{}
		for i := range runs[p.name()] {
			r := &runs[p.name()][i]
			did[r.Line] = r
			for _, e := range r.Errors {
				t.Errorf("%s:%s", p.path, e)
			}
		}
		for _, b := range p.blocks {
			r := did[b.of]
			switch {
			case r == nil:
			case b.lang == "sql" && !like(b.code).MatchString(squeeze(strings.Join(r.Statements, "; "))):
				t.Errorf("%s:%d: the page has\n%s\nand the block before it runs\n%s", p.path, b.line, b.code, strings.Join(r.Statements, ";\n"))
			case b.lang == "text" && !like(b.code).MatchString(squeeze(r.Printed)):
				t.Errorf("%s:%d: the page has\n%s\nand the block before it prints\n%s", p.path, b.line, b.code, r.Printed)
			}
		}
	}
}

// squeeze takes out white space that does not matter.
func squeeze(text string) string {
	return strings.NewReplacer("( ", "(", " )", ")").Replace(strings.Join(strings.Fields(text), " "))
}

// like matches what is equal except for white space and where the text has dots.
func like(text string) *regexp.Regexp {
	var parts []string
	for part := range strings.SplitSeq(strings.TrimSuffix(squeeze(text), ";"), "…") {
		parts = append(parts, regexp.QuoteMeta(strings.TrimSpace(part)))
	}
	return regexp.MustCompile("^" + strings.Join(parts, ".*") + "$")
}

// TestSQL: other SQL of the pages is in this repository, or runs on its database.
func TestSQL(t *testing.T) {
	t.Parallel()
	var have strings.Builder
	for _, pattern := range []string{"sql/*.sql", "sql/crud/*.sql", "migrations/*.sql"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			have.Write(content)
		}
	}
	for _, p := range pages(t) {
		own := slices.Collect(maps.Values(p.files()))
		for _, b := range p.blocks {
			if b.lang == "sql" && b.file == "" && strings.HasPrefix(b.code, "-- ") && !strings.Contains(have.String()+strings.Join(own, "\n"), b.code) {
				t.Errorf("%s:%d: neither a file of this repository nor one of the page has\n%s", p.path, b.line, b.code)
			}
		}
	}
}

// TestConfiguration: the parts of sqlc.yaml in the pages are read.
func TestConfiguration(t *testing.T) {
	t.Parallel()
	const base = "version: \"2\"\nsql:\n  - engine: sqlite\n    name: reporting\n    schema: migrations\n    queries: sql\n    gen: {go: {package: db, out: internal/db}}\n"
	read := 0
	for _, p := range pages(t) {
		for _, b := range p.blocks {
			if b.lang != "yaml" || b.file != "" || strings.HasPrefix(b.code, "# .") {
				continue
			}
			read++
			dir := t.TempDir()
			text := b.code
			if !strings.HasPrefix(text, "version:") {
				text = base + text
			}
			write(t, filepath.Join(dir, "sqlc.yaml"), text)
			write(t, filepath.Join(dir, "sql", "q.sql"), "")
			write(t, filepath.Join(dir, "migrations", "1_a.sql"), "-- +goose Up\n")
			if _, err := config.Load(dir); err != nil {
				t.Errorf("%s:%d: %v", p.path, b.line, err)
			}
		}
	}
	if read == 0 {
		t.Error("no block was read")
	}
}

// others are the tests that run the commands of the pages, by file and name, and empty for
// what nothing here runs: the shell's, and those that need an account at Cloudflare. What
// drey takes, TestPages of internal/cli says, and the targets of make are in the Makefile.
var others = map[string]string{
	"curl":          "internal/service/links/page_test.go TestPage",
	"go":            "cmd/drey/transcript_test.go TestStart",
	"golangci-lint": "internal/proof/golangci/main_test.go TestRun",
	"mkdir":         "cmd/drey/transcript_test.go TestStart",
	"cd":            "",
	"npx":           "",
	"openssl":       "",
	"rqlited":       "internal/proof/cluster/cluster_test.go TestNodes",
}

// TestCommands: the lines of sh are commands that somebody runs.
func TestCommands(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, p := range pages(t) {
		for _, b := range p.blocks {
			if b.lang != "sh" {
				continue
			}
			for line := range strings.Lines(strings.ReplaceAll(b.code, "\\\n", "")) {
				fields := strings.Fields(line)
				switch {
				case len(fields) == 0 || strings.HasPrefix(fields[0], "#") || fields[0] == "drey":
				case fields[0] == "make":
					if !strings.Contains(string(makefile), "\n"+fields[1]+":") {
						t.Errorf("%s:%d: the Makefile does not have %s", p.path, b.line, fields[1])
					}
				default:
					if _, known := others[fields[0]]; !known {
						t.Errorf("%s:%d: nobody runs %s", p.path, b.line, line)
					}
					used[fields[0]] = true
				}
			}
		}
	}
	for command, by := range others {
		if !used[command] {
			t.Errorf("no page has %s", command)
		}
		file, name, tested := strings.Cut(by, " ")
		if !tested {
			continue
		}
		source, err := os.ReadFile(filepath.Join(root, file))
		if err != nil || !strings.Contains(string(source), "func "+name+"(") {
			t.Errorf("%s: %s does not have %s", command, file, name)
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinks: what the pages refer to in this repository is there.
func TestLinks(t *testing.T) {
	t.Parallel()
	headings := map[string]map[string]bool{}
	all := pages(t)
	for _, p := range all {
		headings[p.path] = map[string]bool{}
		for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(fence.ReplaceAllString(p.text, ""), -1) {
			anchor := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(m[1]), "")
			headings[p.path][strings.ReplaceAll(anchor, " ", "-")] = true
		}
	}
	for _, p := range all {
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(p.text, ""), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			file := p.path
			if target != "" {
				file = path.Join(path.Dir(p.path), target)
			}
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(file))); err != nil {
				t.Errorf("%s: %s is not there", p.path, m[1])
			} else if anchor != "" && !headings[file][anchor] {
				t.Errorf("%s: %s does not have this heading", p.path, m[1])
			}
		}
	}
}

// figure is a number with a unit.
var figure = regexp.MustCompile(`\b\d[\d,.]*\d? (?:ns|µs|ms|s|seconds|minutes|kB|MB|GiB|GB|%)(?:\W|$)|\b\d+ %`)

// TestFigures: figures stand in a paragraph or table after a comment that says what
// measures them, a target of make or a test, and when.
func TestFigures(t *testing.T) {
	t.Parallel()
	measured := regexp.MustCompile(`^<!-- measured by (.+) -->$`)
	for _, p := range pages(t) {
		by := ""
		for part := range strings.SplitSeq(fence.ReplaceAllString(p.text, ""), "\n\n") {
			first, rest, _ := strings.Cut(strings.TrimSpace(part), "\n")
			if m := measured.FindStringSubmatch(first); m != nil {
				by = m[1]
				part = rest
				if rest == "" { // the next paragraph
					continue
				}
			}
			if found := figure.FindString(part); found != "" && by == "" {
				t.Errorf("%s: nobody says what measures %q in\n%s", p.path, strings.TrimSpace(found), part)
			}
			by = ""
		}
	}
}

func command(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, stderr.String(), out)
	}
	return out
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
