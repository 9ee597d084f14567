package links_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

var curl = regexp.MustCompile(`(?:-d '([^']*)' )?'?127\.0\.0\.1:8080(/[^'\s]*)`)

// TestPage does what docs/service.md shows.
func TestPage(t *testing.T) {
	content, err := os.ReadFile("../../../docs/service.md")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(content), "```sh\n")
	code, _, _ = strings.Cut(code, "```")
	s := newService(t)
	s.token = ""
	wanted := []int{http.StatusCreated, http.StatusCreated, http.StatusOK}
	commands := curl.FindAllStringSubmatch(strings.ReplaceAll(code, "ada@", "eve@"), -1)
	if len(commands) != len(wanted) {
		t.Fatalf("%d commands: %q", len(commands), commands)
	}
	for i, c := range commands {
		method := "GET"
		if c[1] != "" {
			method = "POST"
		}
		var out struct{ Token string }
		s.want(wanted[i], s.do(method, strings.TrimSpace(c[2]), c[1]), &out)
		if out.Token != "" {
			s.token = out.Token
		}
	}
}
