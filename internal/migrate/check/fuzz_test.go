package check_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/migrate/check"
)

// FuzzRun: whatever SQL stands in a migration, it is judged or refused, and what
// is found has a rule and a place. On what the migration reaches the same is found as
// on the whole database.
func FuzzRun(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/bad.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		if strings.HasSuffix(file.Name, "/00002_a.sql") {
			f.Add(string(file.Data))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(strings.ToUpper(text), "RECURSIVE") {
			return // may go on for ever
		}
		findings, _, err := judge(t, map[string]string{"00002_a.sql": text})
		if err != nil {
			return
		}
		for _, found := range findings {
			if found.Name == "" || found.File == "" || found.Msg == "" || found.Fix == "" {
				t.Errorf("%q: %+v", text, found)
			}
		}
		restore := check.Excerpts()
		defer restore()
		reached, _, err := judge(t, map[string]string{"00002_a.sql": text})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if was, is := now.ReplaceAllString(messages(findings), ""), now.ReplaceAllString(messages(reached), ""); was != is {
			t.Errorf("%q:\non the whole database\n%son what it reaches\n%s", text, was, is)
		}
	})
}
