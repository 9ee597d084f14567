package verify_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dreysql/drey/internal/verify"
)

// TestExplain has sqlc refuse queries one by one, and explains it; and it has
// sqlc generate the way round each, which has to be quiet.
func TestExplain(t *testing.T) {
	const file = "testdata/limits/limits.txtar"
	archive, err := txtar.ParseFile(file)
	must(t, err)
	var mu sync.Mutex
	explained := map[string]string{}
	t.Run("refused", func(t *testing.T) {
		for _, f := range archive.Files {
			name, ok := strings.CutPrefix(f.Name, "refused/")
			if !ok {
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				p := open(t, &txtar.Archive{Files: []txtar.File{archive.Files[0], {Name: "sql/" + name, Data: f.Data}}})
				refused := p.generate(t)
				if refused == nil {
					t.Fatal("sqlc accepts it")
				}
				list := verify.Explain(refused, p.input)
				mu.Lock()
				defer mu.Unlock()
				explained[name] = list.Error()
				if strings.Contains(explained[name], "\t/") || errors.Unwrap(list[0]) == nil {
					t.Errorf("a stack trace, or no cause: %v", list)
				}
			})
		}
	})
	t.Run("rewrites", func(t *testing.T) {
		project := &txtar.Archive{Files: archive.Files[:1:1]}
		for _, f := range archive.Files {
			if name, ok := strings.CutPrefix(f.Name, "rewrites/"); ok {
				project.Files = append(project.Files, txtar.File{Name: "sql/" + name, Data: f.Data})
			}
		}
		p := open(t, project)
		if refused := p.generate(t); refused != nil {
			t.Fatalf("sqlc refuses it:\n%v", refused)
		}
		problems, warnings := verify.Package(p.input)
		for _, problem := range append(problems, warnings...) {
			t.Error(problem)
		}
	})
	var got strings.Builder
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, "refused/"); ok {
			got.WriteString(explained[name] + "\n")
		}
	}
	compare(t, file, archive, got.String())
}
