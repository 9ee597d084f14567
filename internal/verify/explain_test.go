package verify_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dreysql/drey/internal/verify"
)

// TestExplain has sqlc refuse queries, and explains it; and it has sqlc generate
// the way round each, which has to be quiet.
func TestExplain(t *testing.T) {
	const file = "testdata/limits/limits.txtar"
	archive, err := txtar.ParseFile(file)
	must(t, err)
	var refused, rewrites []txtar.File
	got := ""
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, "refused/"); ok {
			refused = append(refused, txtar.File{Name: "sql/" + name, Data: f.Data})
		}
		if name, ok := strings.CutPrefix(f.Name, "rewrites/"); ok {
			rewrites = append(rewrites, txtar.File{Name: "sql/" + name, Data: f.Data})
		}
	}
	got += explain(t, archive, refused)
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, "alone/"); ok {
			got += explain(t, archive, []txtar.File{{Name: "sql/" + name, Data: f.Data}})
		}
	}
	p := open(t, &txtar.Archive{Files: append(archive.Files[:1:1], rewrites...)})
	if refused := p.generate(t); refused != nil {
		t.Fatalf("sqlc refuses a rewrite:\n%v", refused)
	}
	problems, warnings, _ := verify.Package(p.input)
	for _, problem := range append(problems, warnings...) {
		t.Error(problem)
	}
	compare(t, file, archive, got)
}

// explain returns the explanations of queries of which sqlc has to refuse each.
func explain(t *testing.T, archive *txtar.Archive, queries []txtar.File) string {
	t.Helper()
	p := open(t, &txtar.Archive{Files: append(archive.Files[:1:1], queries...)})
	refused := p.generate(t)
	if len(refused) != len(queries) {
		t.Errorf("sqlc refuses %d of %d queries:\n%v", len(refused), len(queries), refused)
	}
	list := verify.Explain(refused, p.input)
	for _, problem := range list {
		if errors.Unwrap(problem) == nil || strings.Contains(problem.Error(), "goroutine") {
			t.Errorf("no cause, or a stack trace: %v", problem)
		}
	}
	return sqlcSays.ReplaceAllString(list.Error(), "") + "\n"
}

// sqlcSays is what sqlc says, which stands in each problem but is not what is
// tested.
var sqlcSays = regexp.MustCompile(`(?m) \(sqlc.*\)$`)
