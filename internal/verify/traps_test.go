package verify_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/verify"
)

var update = flag.Bool("update", false, "write what is found into the archives")

// TestTraps verifies one project for each trap. Queries called Bad… are wrong,
// in the way that the archive's file "want" says; those called Good… are the
// rewrites, and have to be quiet, as are those called Completed…, whose Go drey
// mends itself.
func TestTraps(t *testing.T) {
	paths, err := filepath.Glob("testdata/traps/*.txtar")
	must(t, err)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			must(t, err)
			p := open(t, archive)
			if refused := p.generate(t); refused != nil {
				t.Fatalf("sqlc refuses it:\n%v", refused)
			}
			problems, warnings, completions := verify.Package(p.input)
			blamed := map[string]bool{}
			for _, list := range []diag.Problems{problems, warnings} {
				for _, p := range list {
					blamed[p.Query] = true
				}
			}
			for _, q := range p.input.Queries {
				if bad := strings.HasPrefix(q.Name, "Bad"); bad != blamed[q.Name] {
					t.Errorf("%s: blamed is %t, want %t", q.Name, blamed[q.Name], bad)
				}
			}
			got := problems.Error() + "\n"
			for _, w := range warnings {
				got += "warning: " + w.Error() + "\n"
			}
			got += p.complete(t, completions)
			compare(t, path, archive, strings.TrimLeft(got, "\n"))
		})
	}
}

// compare compares with the archive's file "want", or writes that.
func compare(t *testing.T, path string, archive *txtar.Archive, got string) {
	t.Helper()
	last := &archive.Files[len(archive.Files)-1]
	if last.Name != "want" {
		archive.Files = append(archive.Files, txtar.File{Name: "want"})
		last = &archive.Files[len(archive.Files)-1]
	}
	if *update {
		last.Data = []byte(got)
		must(t, os.WriteFile(path, txtar.Format(archive), 0o644))
		return
	}
	if diff := cmp.Diff(string(last.Data), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
