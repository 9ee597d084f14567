package links_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dreysql/drey/internal/service/links"
	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
)

// described is the service's description, read once for all tests.
var described = sync.OnceValues(func() (libopenapi.Document, error) {
	content, err := os.ReadFile("openapi.yaml")
	if err != nil {
		return nil, err
	}
	return libopenapi.NewDocument(content)
})

var newValidator = sync.OnceValues(func() (validator.Validator, error) {
	document, err := described()
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(document, config.WithFormatAssertions())
	if len(errs) > 0 {
		return nil, errs[0]
	}
	return v, nil
})

// TestDescription: the description is valid, and has exactly the routes that
// are served.
func TestDescription(t *testing.T) {
	v, err := newValidator()
	if err != nil {
		t.Fatal(err)
	}
	if _, errs := v.ValidateDocument(); len(errs) > 0 {
		t.Fatal(errs[0])
	}
	document, err := described()
	if err != nil {
		t.Fatal(err)
	}
	model, err := document.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		for method := range item.GetOperations().FromOldest() {
			have = append(have, strings.ToUpper(method)+" "+path)
		}
	}
	s := newService(t)
	want := links.Patterns(s.db)
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], "{$}", "")
	}
	slices.Sort(have)
	slices.Sort(want)
	if diff := cmp.Diff(want, have); diff != "" {
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

// conforms holds an exchange to the description: every answer, and each request
// that was taken. What is not described has to be refused.
func (s *service) conforms(r *http.Request, body string, answer *http.Response) {
	s.Helper()
	v, err := newValidator()
	if err != nil {
		s.Fatal(err)
	}
	if r.Method == http.MethodHead || path.Clean(r.URL.Path) != strings.TrimSuffix(r.URL.Path, "/") && r.URL.Path != "/" {
		return // as GET, without a body; net/http sends the latter to the clean path
	}
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		s.Fatal(err)
	}
	answer.Body = io.NopCloser(bytes.NewReader(content))
	if _, errs := v.ValidateHttpResponse(r, answer); len(errs) > 0 {
		missing := errs[0].IsPathMissingError() || errs[0].IsOperationMissingError()
		if !missing || answer.StatusCode < 300 || answer.StatusCode >= 500 {
			s.Errorf("%s %s: %d %s\n%v", r.Method, r.URL, answer.StatusCode, content, errs[0])
		}
	}
	answer.Body = io.NopCloser(bytes.NewReader(content))
	if answer.StatusCode < 400 {
		r.Body = io.NopCloser(strings.NewReader(body))
		if _, errs := v.ValidateHttpRequest(r); len(errs) > 0 {
			s.Errorf("%s %s was taken: %s\n%v", r.Method, r.URL, body, errs[0])
		}
	}
}
