package db_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// The README begins with a query of this project, an example of
// example_test.go, and the SQL of the last query in it. Other examples stand
// further below.
func TestReadme(t *testing.T) {
	read := func(name string) string {
		t.Helper()
		content, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	top, _, _ := strings.Cut(read("README.md"), "\n## ")
	blocks := regexp.MustCompile("(?ms)^```[a-z]+\n(.*?)^```$").FindAllStringSubmatch(top, -1)
	if len(blocks) != 3 {
		t.Fatalf("the README begins with %d blocks, want 3", len(blocks))
	}
	query, example, rendered := blocks[0][1], blocks[1][1], blocks[2][1]

	if !strings.Contains(read("sql/stats.sql"), query) {
		t.Errorf("sql/stats.sql does not have\n%s", query)
	}
	marked := strings.Split(read("internal/db/example_test.go"), "// README {\n")[1:]
	for i := range marked {
		code, _, _ := strings.Cut(marked[i], "\t// } README")
		marked[i] = strings.ReplaceAll("\n"+code, "\n\t", "\n")[1:]
	}
	if len(marked) < 3 {
		t.Fatalf("example_test.go marks %d parts, want 3 or more", len(marked))
	}
	if example != marked[0] {
		t.Errorf("the README has\n%s\nand example_test.go\n%s", example, marked[0])
	}
	for _, part := range marked[1:] {
		if !strings.Contains(read("README.md"), "```go\n"+part+"```\n") {
			t.Errorf("the README does not have\n%s", part)
		}
	}
	stats := db.LinkStats
	text, _, err := stats.With(drey.Unix(time.Now())).
		Where(stats.UserID.Eq(1), stats.Clicks.Gte(1)).
		OrderBy(stats.Clicks.Desc()).Limit(20).ToSql()
	if err != nil {
		t.Fatal(err)
	}
	var shown []string // what stands between the dots
	for part := range strings.SplitSeq(strings.ReplaceAll(rendered, "… the query …", "…"), "…") {
		shown = append(shown, regexp.QuoteMeta(strings.Join(strings.Fields(part), " ")))
	}
	if !regexp.MustCompile("^" + strings.Join(shown, ".*") + "$").MatchString(strings.Join(strings.Fields(text), " ")) {
		t.Errorf("the README has\n%s\nand the SQL is\n%s", rendered, text)
	}
}
