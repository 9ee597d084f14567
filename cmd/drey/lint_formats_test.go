package main

import (
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// lintLine is the command of docs/lint.md that writes a format.
func lintLine(t *testing.T, format string) string {
	t.Helper()
	blocks, _ := pageBlocks(t, "docs/lint.md", "What else runs it")
	for _, b := range blocks {
		for line := range strings.Lines(b.code) {
			if strings.Contains(line, "--format "+format+" ") {
				line, _, _ = strings.Cut(line, "  #")
				return strings.TrimSpace(line)
			}
		}
	}
	t.Fatalf("docs/lint.md does not have a line with --format %s", format)
	return ""
}

// violations makes a checkout with a module below it, which has two reports.
func violations(t *testing.T) (checkout, module string) {
	t.Helper()
	checkout = t.TempDir()
	module = filepath.Join(checkout, "go services")
	files := map[string]string{
		"store/store.go": "package store\n\nimport \"database/sql\"\n\nfunc Clear(db *sql.DB) error {\n\t_, err := db.Exec(\"DELETE FROM users\")\n\treturn err\n}\n",
		"a.go":           "package a\n\nimport sq \"github.com/Masterminds/squirrel\"\n\nvar Names = sq.Select(\"name\").From(\"users\").Where(\"id = 1 OR id = 2\")\n",
	}
	for name, text := range files {
		path := filepath.Join(module, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := writeModule(module, "example.com/shop"); err != nil {
		t.Fatal(err)
	}
	return checkout, module
}

// lint runs a command line that has to find something.
func lint(t *testing.T, dir, line, workspace string) (stdout string) {
	t.Helper()
	c := exec.Command("sh", "-c", line)
	c.Dir = dir
	c.Env = append(os.Environ(), "GITHUB_WORKSPACE="+workspace, "CGO_ENABLED=0", "GOFLAGS=-mod=mod")
	out, err := c.Output()
	if c.ProcessState.ExitCode() != 1 {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

// What the command of docs/lint.md writes is SARIF, with all that the documentation of code
// scanning requires.
func TestReadmeSARIF(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(root, "internal/lint/report/testdata/sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	checkout, module := violations(t)
	line := lintLine(t, "sarif")
	for _, c := range []struct {
		dir, workspace string
		want           []string
	}{
		{module, "", []string{"a.go", "store/store.go"}},
		{module, checkout, []string{"go%20services/a.go", "go%20services/store/store.go"}},
		{filepath.Join(module, "store"), checkout, []string{"go%20services/store/store.go"}},
	} {
		if out := lint(t, c.dir, line, c.workspace); out != "" {
			t.Errorf("%s writes to the standard output:\n%s", line, out)
		}
		content, err := os.ReadFile(filepath.Join(c.dir, "drey.sarif"))
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(content)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(c.want, codeScanning(t, content)); diff != "" {
			t.Errorf("URIs, -want +got:\n%s", diff)
		}
	}
}

// codeScanning checks what code scanning requires of a file, and lists its URIs.
func codeScanning(t *testing.T, content []byte) (uris []string) {
	t.Helper()
	type text struct{ Text string }
	var log struct {
		Schema  string `json:"$schema"`
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name, Version string
					Rules         []struct {
						ID                                      string
						ShortDescription, FullDescription, Help text
					}
				}
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Message   text
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(content, &log); err != nil {
		t.Fatal(err)
	}
	if log.Schema == "" || log.Version != "2.1.0" || len(log.Runs) != 1 {
		t.Fatalf("schema %q, version %q, %d runs", log.Schema, log.Version, len(log.Runs))
	}
	driver := log.Runs[0].Tool.Driver
	if driver.Name != "drey" || driver.Version == "" {
		t.Errorf("the tool is %q %q", driver.Name, driver.Version)
	}
	for _, r := range driver.Rules {
		if r.ID == "" || r.ShortDescription.Text == "" || r.FullDescription.Text == "" || r.Help.Text == "" {
			t.Errorf("rule %+v", r)
		}
	}
	for _, r := range log.Runs[0].Results {
		if driver.Rules[r.RuleIndex].ID != r.RuleID || r.Level != "error" || r.Message.Text == "" || len(r.Locations) != 1 {
			t.Errorf("result %+v", r)
			continue
		}
		place := r.Locations[0].PhysicalLocation
		if at := place.Region; at.StartLine < 1 || at.StartColumn < 1 || at.EndLine < at.StartLine || at.EndLine == at.StartLine && at.EndColumn <= at.StartColumn {
			t.Errorf("region %+v", at)
		}
		if u, err := url.Parse(place.ArtifactLocation.URI); err != nil || u.IsAbs() || strings.HasPrefix(u.Path, "/") {
			t.Errorf("the URI %q is not relative: %v", place.ArtifactLocation.URI, err)
		}
		uris = append(uris, place.ArtifactLocation.URI)
	}
	return uris
}

// Annotations name files from the root of the checkout, wherever drey runs.
func TestReadmeGitHub(t *testing.T) {
	t.Parallel()
	checkout, module := violations(t)
	line := lintLine(t, "github")
	files := regexp.MustCompile(`(?m)^::error file=([^,]*),line=\d+,col=\d+,title=drey \w+::.+$`)
	for _, c := range []struct {
		dir, workspace string
		want           []string
	}{
		{module, checkout, []string{"go services/a.go", "go services/store/store.go"}},
		{filepath.Join(module, "store"), checkout, []string{"go services/store/store.go"}},
		{filepath.Join(module, "store"), "", []string{"store.go"}},
	} {
		out := lint(t, c.dir, line, c.workspace)
		var got []string
		for _, m := range files.FindAllStringSubmatch(out, -1) {
			got = append(got, m[1])
		}
		if diff := cmp.Diff(c.want, got); diff != "" || strings.Count(out, "\n") != len(got) {
			t.Errorf("-want +got:\n%s\n%s", diff, out)
		}
	}
}
