package adopt

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// In a workspace the go command builds what go.work lists, and as new as it says.
func TestBeginInWorkspace(t *testing.T) {
	dir := lay(t, `
-- go.work --
go 1.26

use ./app
-- app/go.mod --
module example.com/app

go 1.26
-- vendor/modules.txt --
## workspace
`)
	app := filepath.Join(dir, "app")
	p, err := Make(t.Context(), Options{Dir: app, Out: "db"})
	if err != nil {
		t.Fatal(err)
	}
	work := changes(p)["../go.work"]
	if !strings.HasPrefix(work, "\ngo 1.26.0\n") && !strings.HasPrefix(work, "go 1.26.0\n") || strings.Count(work, "./app") != 1 || p.OnlyAdds() {
		t.Errorf("go.work is\n%s", work)
	}
	if !slices.Contains(p.Next, "go work vendor") {
		t.Errorf("next is %q", p.Next)
	}

	dir = lay(t, "-- go.work --\ngo 1.26.0\n-- other/README.md --\n")
	other := filepath.Join(dir, "other")
	if p, err = Make(t.Context(), Options{Dir: other, Module: "example.com/other", Out: "db"}); err != nil {
		t.Fatal(err)
	}
	if work := changes(p)["../go.work"]; !strings.Contains(work, "./other") {
		t.Errorf("go.work is\n%s", work)
	}
	if err := p.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-m")
	cmd.Dir = other
	if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "example.com/other" {
		t.Errorf("%s, %v", out, err)
	}
}
