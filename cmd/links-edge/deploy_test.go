package main

import (
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
