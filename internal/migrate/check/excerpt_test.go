package check_test

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/migrate/check"
)

// now is a time that a migration writes.
var now = regexp.MustCompile(`\d{9,}|20\d\d-\d\d-\d\d \d\d:\d\d:\d\d`)

// TestExcerpts: on what a migration reaches the same is found as on the whole
// database.
func TestExcerpts(t *testing.T) {
	for _, archive := range []string{"bad.txtar", "good.txtar"} {
		names, all := cases(t, archive)
		for _, name := range names {
			t.Run(name, func(t *testing.T) {
				judged := func() [2]any {
					findings, notes, err := judge(t, all[name])
					if err != nil {
						return [2]any{err.Error(), nil}
					}
					return [2]any{now.ReplaceAllString(messages(findings), "now"), notes}
				}
				whole := judged()
				restore := check.Excerpts()
				defer restore()
				if diff := cmp.Diff(whole, judged()); diff != "" {
					t.Errorf("(-whole +excerpt)\n%s", diff)
				}
			})
		}
	}
}
