package verify_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dreysql/drey/internal/verify"
)

func TestExplore(t *testing.T) {
	path := os.Getenv("EXPLORE")
	if path == "" {
		t.Skip()
	}
	text, err := os.ReadFile(path)
	must(t, err)
	ddl, err := os.ReadFile("/tmp/ownerc/e.schema.sql")
	must(t, err)
	for i := 0; i < 40; i++ {
		p := open(t, &txtar.Archive{Files: []txtar.File{
			{Name: "migrations/00001_init.sql", Data: append([]byte("-- +goose Up\n"), ddl...)},
			{Name: "sql/q.sql", Data: text},
		}})
		refused := p.generate(t)
		if refused == nil {
			problems, warnings := verify.Package(p.input)
			for _, m := range p.input.Package.Queries {
				if os.Getenv("V") != "" {
					fmt.Println(strings.TrimSpace(m.SQL), "\n\t", m.Signature, m.ArgsType, m.Scan)
				}
			}
			fmt.Println(problems.Error())
			for _, w := range warnings {
				fmt.Println("W", w)
			}
			return
		}
		for _, r := range refused {
			fmt.Println("REFUSED", r)
			text = regexp.MustCompile(`(?s)-- name: `+r.Query+` :.*?(-- name|\z)`).ReplaceAll(text, []byte("$1"))
		}
	}
}
