package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/mod/modfile"
	"gopkg.in/yaml.v3"
)

const (
	root = "../../.."
	lint = "github.com/golangci/golangci-lint/v2"
)

// custom-gcl is the name that "golangci-lint custom" gives its program.
func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"custom-gcl": main}) }

var fence = regexp.MustCompile("(?ms)^```(?:yaml|sh)\n(.*?)^```$")

// lintPage has the two files and the command of docs/lint.md.
func lintPage(t *testing.T) (custom, config, command string) {
	t.Helper()
	content, err := os.ReadFile(root + "/docs/lint.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range fence.FindAllStringSubmatch(string(content), -1) {
		for line := range strings.Lines(block[1]) {
			if strings.HasPrefix(line, "golangci-lint custom") {
				command, _, _ = strings.Cut(line, "  #")
			}
		}
		switch {
		case strings.HasPrefix(block[1], "# .custom-gcl.yml\n"):
			custom = block[1]
		case strings.HasPrefix(block[1], "# .golangci.yml\n"):
			config = block[1]
		}
	}
	if custom == "" || config == "" || command == "" {
		t.Fatalf("not in docs/lint.md: .custom-gcl.yml %q, .golangci.yml %q, the command %q", custom, config, command)
	}
	return custom, config, strings.TrimSpace(command)
}

// shop is a project with the configurations of docs/lint.md, and with custom-gcl.
func shop(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/shop")); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(root + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(root + "/go.sum")
	if err != nil {
		t.Fatal(err)
	}
	custom, config, _ := lintPage(t)
	for name, text := range map[string]string{
		"go.mod":          strings.Replace(string(mod), "module github.com/dreysql/drey\n", "module example.com/shop\n", 1),
		"go.sum":          string(sum),
		".custom-gcl.yml": custom,
		".golangci.yml":   config,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	program, err := exec.LookPath("custom-gcl")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(program, filepath.Join(dir, "custom-gcl")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// sh runs a command line in a folder.
func sh(t *testing.T, dir, line string, env ...string) (out string, status int) {
	t.Helper()
	c := exec.Command("sh", "-c", line)
	c.Dir = dir
	c.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "CGO_ENABLED=0",
		"GOLANGCI_LINT_CACHE="+filepath.Join(dir, ".cache"), "XDG_CACHE_HOME="+filepath.Join(dir, ".cache"), "GOCACHE="+goEnv(t, "GOCACHE"))
	c.Env = append(c.Env, env...)
	text, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(text), c.ProcessState.ExitCode()
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// The command of docs/lint.md, without the half that clones golangci-lint.
func TestRun(t *testing.T) {
	_, _, command := lintPage(t)
	build, run, _ := strings.Cut(command, " && ")
	if build != "golangci-lint custom" {
		t.Errorf("docs/lint.md builds by %q", build)
	}
	dir := shop(t)
	reports := regexp.MustCompile(`(?m)^(\w+/\w+\.go:\d+:\d+: \w+: .*) \((\w+)\)$`)
	for _, c := range []struct {
		line   string
		status int
		want   []string
	}{
		{run, 1, []string{
			"store/store.go:12:23: nativesql: raw SQL without a reason; ",
			"store/store.go:15:19: squirrelcols: no such column: nmae; did you mean name?",
		}},
		{run + " ./store", 1, []string{"store/store.go:12:23: nativesql: ", "store/store.go:15:19: squirrelcols: "}},
		{run + " ./clean", 0, nil},
	} {
		out, status := sh(t, dir, c.line)
		found := reports.FindAllStringSubmatch(out, -1)
		if status != c.status || len(found) != len(c.want) {
			t.Errorf("%s: exit status %d, %d reports, want %d, %d\n%s", c.line, status, len(found), c.status, len(c.want), out)
			continue
		}
		for i, want := range c.want {
			if !strings.HasPrefix(found[i][1], want) || found[i][2] != "drey" {
				t.Errorf("%s: %q, want %s", c.line, found[i][0], want)
			}
		}
	}
	// A nolint that silences nothing is what nolintlint reports.
	out, status := sh(t, dir, run+" --enable nolintlint ./clean")
	if status != 1 || !strings.Contains(out, "clean/clean.go:12:") || !strings.Contains(out, `is unused for linter "drey"`) {
		t.Errorf("an idle nolint: exit status %d\n%s", status, out)
	}
	// The options are those of sqlc.yaml.
	options, err := os.ReadFile(filepath.Join(dir, "sqlc.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	options = append(options, "options: {drey: {lint: {off: [nativesql]}}}\n"...)
	if err := os.WriteFile(filepath.Join(dir, "sqlc.yaml"), options, 0o644); err != nil {
		t.Fatal(err)
	}
	out, _ = sh(t, dir, "./custom-gcl cache clean && "+run)
	if strings.Contains(out, "nativesql") || !strings.Contains(out, "squirrelcols") {
		t.Errorf("with nativesql switched off:\n%s", out)
	}
}

func TestWrongSetting(t *testing.T) {
	dir := shop(t)
	_, config, _ := lintPage(t)
	config = strings.Replace(config, "type: module", "type: module, settings: {tests: true}", 1)
	if err := os.WriteFile(filepath.Join(dir, ".golangci.yml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	out, status := sh(t, dir, "./custom-gcl run")
	if status != 3 || !strings.Contains(out, "plugin(drey): newPlugin drey has no settings in golangci-lint: write them under options.drey.lint in sqlc.yaml") {
		t.Errorf("exit status %d\n%s", status, out)
	}
}

// Both files fit the schemas that golangci-lint has for them.
func TestSchemas(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", lint).Output()
	if err != nil {
		t.Fatal(err)
	}
	custom, config, _ := lintPage(t)
	for name, text := range map[string]string{"custom-gcl": custom, "golangci": config} {
		schema, err := jsonschema.NewCompiler().Compile(filepath.Join(strings.TrimSpace(string(out)), "jsonschema", name+".jsonschema.json"))
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		value.(map[string]any)["nonsense"] = true
		if schema.Validate(value) == nil {
			t.Errorf("the schema of %s takes anything", name)
		}
	}
}

// This tests what docs/lint.md lets people build.
func TestSameBuild(t *testing.T) {
	var custom struct {
		Version string
		Plugins []struct{ Module, Import, Version string }
	}
	text, _, _ := lintPage(t)
	if err := yaml.Unmarshal([]byte(text), &custom); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", content, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(mod.Require, func(r *modfile.Require) bool { return r.Mod.Path == lint && r.Mod.Version == custom.Version }) {
		t.Errorf("docs/lint.md has golangci-lint %s, go.mod another version", custom.Version)
	}
	source, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if len(custom.Plugins) != 1 || custom.Plugins[0].Module != "github.com/dreysql/drey" ||
		!strings.Contains(string(source), "\t_ \""+custom.Plugins[0].Import+"\"\n") {
		t.Errorf("the plugins of docs/lint.md are %v", custom.Plugins)
	}
	// golangci-lint takes the file, and would clone that version.
	out, status := sh(t, shop(t), "./custom-gcl custom", "GIT_ALLOW_PROTOCOL=none")
	if status != 3 || !strings.Contains(out, "git clone --branch "+custom.Version+" ") {
		t.Errorf("golangci-lint custom without a network: exit status %d\n%s", status, out)
	}
}
