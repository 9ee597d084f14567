package main

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/dreysql/drey/internal/proof/workerd"
)

// TestDeploy has make edge-deploy do all that it can do without an account, and fail in each
// of its last two steps.
func TestDeploy(t *testing.T) {
	workerd.Tool(t, filepath.Join(".bin", "wrangler"))
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Fatal(err)
	}
	steps := []string{
		"bin/drey generate --check", "bin/drey lint ./cmd/links-edge ./internal/service/...", "go run ./cmd/links-edge/bundle", "bin/drey migrate export d1",
		"npm run migrate:dry", "npm run deploy:dry",
	}
	deploy := func(failing string, more ...string) (string, error) {
		t.Helper()
		folder, bin := t.TempDir(), t.TempDir()
		// The npm of the PATH fails if it is told what should fail.
		script := "#!/bin/sh\n[ \"$2\" != '" + failing + "' ] || exit 9\nexec " + npm + " \"$@\"\n"
		if err := os.WriteFile(filepath.Join(bin, "npm"), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "make", append([]string{"-C", "../..", "edge-deploy", "DRYRUN=1"}, more...)...)
		cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "CI=1",
			"WRANGLER_SEND_METRICS=false", "CLOUDFLARE_CF_FETCH_ENABLED=false", "CLOUDFLARE_API_TOKEN=", "XDG_CONFIG_HOME="+folder,
			"WRANGLER_LOG_PATH="+folder)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := deploy("")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rest := out
	for _, step := range steps {
		_, after, found := strings.Cut(rest, step)
		if !found {
			t.Fatalf("%s does not come, or not in its turn:\n%s", step, out)
		}
		rest = after
	}
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no migrations: ", err)
	}
	for _, file := range files {
		if !strings.Contains(out, filepath.Base(file)) {
			t.Errorf("%s is not shown:\n%s", file, out)
		}
	}
	for _, shown := range []string{"links.wasm", "env.DB (links)", "--dry-run: exiting now."} {
		if !strings.Contains(rest, shown) {
			t.Errorf("%q is not shown:\n%s", shown, rest)
		}
	}
	// What is made is not made again.
	for i, failing := range []string{"migrate:dry", "deploy:dry"} {
		out, err := deploy(failing, "GO=true")
		if err == nil || strings.Contains(out, "npm run deploy:dry") != (i == 1) || strings.Contains(out, "exiting now") {
			t.Errorf("%s fails: %v\n%s", failing, err, out)
		}
	}
}

// TestDeployStops: generated files that are stale stop make edge-deploy, and so does what
// the linter reports, before anything is built. It runs on a copy of the repository.
func TestDeployStops(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds drey in a copy")
	}
	listed, err := exec.CommandContext(t.Context(), "git", "-C", "../..", "ls-files", "-z").Output()
	if err != nil {
		t.Skip("git does not list the files: ", err)
	}
	dir := t.TempDir()
	for name := range strings.SplitSeq(strings.TrimSuffix(string(listed), "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join("../..", name))
		if os.IsNotExist(err) {
			continue // deleted, but not committed
		}
		if err == nil {
			err = errors.Join(os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755), os.WriteFile(filepath.Join(dir, name), content, 0o644))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "bin", "drey"), "./cmd/drey")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.MkdirAll(filepath.Join(dir, "cmd/links-edge/node_modules"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, fault := range []struct{ file, text, last, says string }{
		{"internal/db/models.go", "\n// by hand\n", "bin/drey generate --check", "internal/db/models.go"},
		{"cmd/links-edge/fault.go", "package main\n\nimport (\n\t\"context\"\n\t\"database/sql\"\n)\n\nfunc fault(ctx context.Context, c *sql.DB) error {\n" +
			"\t_, err := c.ExecContext(ctx, \"DELETE FROM links\")\n\treturn err\n}\n", "bin/drey lint ./cmd/links-edge ./internal/service/...", "cmd/links-edge/fault.go:9"},
	} {
		file := filepath.Join(dir, fault.file)
		before, err := os.ReadFile(file)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(before, fault.text...), 0o644); err != nil {
			t.Fatal(err)
		}
		// Nothing is made anew: the go of the Makefile does nothing.
		out, err := exec.CommandContext(t.Context(), "make", "-C", dir, "edge-deploy", "DRYRUN=1", "GO=true").CombinedOutput()
		_, rest, reached := strings.Cut(string(out), fault.last+"\n")
		if err == nil || !reached || !strings.Contains(rest, fault.says) || strings.Contains(rest, "bundle") || strings.Contains(rest, "npm") || strings.Contains(rest, "bin/drey ") {
			t.Errorf("%s: %v\n%s", fault.file, err, out)
		}
		if before == nil {
			err = os.Remove(file)
		} else {
			err = os.WriteFile(file, before, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestWorkflow: what docs/edge.md has GitHub run are targets of make, and a pull request runs
// the deployment without deploying.
func TestWorkflow(t *testing.T) {
	page, err := os.ReadFile("../../docs/edge.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(page), "```yaml\n# .github/workflows/deploy.yml\n")
	block, _, _ = strings.Cut(block, "```")
	var workflow struct {
		On   map[string]any
		Jobs map[string]struct {
			Steps []struct{ If, Run string }
		}
	}
	if err := yaml.Unmarshal([]byte(block), &workflow); err != nil {
		t.Fatal(err)
	}
	runs := map[string]string{}
	for _, step := range workflow.Jobs["deploy"].Steps {
		if step.Run != "" {
			runs[step.If] = step.Run
		}
	}
	want := map[string]string{
		"github.event_name == 'pull_request'": "make edge-deploy DRYRUN=1",
		"github.event_name == 'push'":         "make edge-deploy",
	}
	if !maps.Equal(runs, want) {
		t.Errorf("it runs %q instead of %q", runs, want)
	}
	for event := range want {
		_, name, _ := strings.Cut(strings.TrimSuffix(event, "'"), "'")
		if _, ok := workflow.On[name]; !ok {
			t.Errorf("it does not run on %s", name)
		}
	}
}
