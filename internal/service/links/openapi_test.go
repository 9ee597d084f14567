package links_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dreysql/drey/internal/proof/openapi"
	"github.com/dreysql/drey/internal/service/links"
	"github.com/google/go-cmp/cmp"
)

// described is the service's description, read once for all tests.
var described = sync.OnceValues(func() (*openapi.Description, error) { return openapi.Read("openapi.yaml") })

// TestDescription: the description is valid, and has exactly the routes that
// are served.
func TestDescription(t *testing.T) {
	d, err := described()
	if err != nil {
		t.Fatal(err)
	}
	s := newService(t)
	want := links.Patterns(s.db)
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], "{$}", "")
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, d.Routes); diff != "" {
		t.Errorf("served (-), described (+):\n%s", diff)
	}

	r := s.do("GET", "/openapi.yaml", "")
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile("openapi.yaml")
	if err != nil || !bytes.Equal(body, content) || r.Header.Get("Content-Type") != "application/yaml" {
		t.Errorf("another description is served, as %s, %v", r.Header.Get("Content-Type"), err)
	}
}

// conforms holds an exchange to the description.
func (s *service) conforms(r *http.Request, body string, answer *http.Response) {
	s.Helper()
	d, err := described()
	if err != nil {
		s.Fatal(err)
	}
	if err := d.Check(r, body, answer); err != nil {
		s.Error(err)
	}
}
