// Package openapi holds exchanges of HTTP to a description in OpenAPI. It is a package of its
// own because its reader takes ten seconds to compile into a test.
package openapi

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	"github.com/pb33f/libopenapi-validator/errors"
)

// Description is a description that has been read, and is valid.
type Description struct {
	// Routes are the methods and paths that it has, sorted, such as "GET /links".
	Routes []string
	// A field of the validator's own type would have the compiler make what it is made of in
	// every package that has a Description.
	request  func(*http.Request) *fault
	response func(*http.Request, *http.Response) *fault
}

// fault is what an exchange has against it.
type fault struct {
	text    string
	missing bool // the description has nothing of that kind
}

func faultOf(errs []*errors.ValidationError) *fault {
	if len(errs) == 0 {
		return nil
	}
	return &fault{errs[0].Error(), errs[0].IsPathMissingError() || errs[0].IsOperationMissingError()}
}

// Read reads a description from a file.
func Read(file string) (*Description, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	document, err := libopenapi.NewDocument(content)
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(document, config.WithFormatAssertions())
	if len(errs) > 0 {
		return nil, errs[0]
	}
	if _, errs := v.ValidateDocument(); len(errs) > 0 {
		return nil, errs[0]
	}
	model, err := document.BuildV3Model()
	if err != nil {
		return nil, err
	}
	d := &Description{
		request: func(r *http.Request) *fault {
			_, errs := v.ValidateHttpRequest(r)
			return faultOf(errs)
		},
		response: func(r *http.Request, answer *http.Response) *fault {
			_, errs := v.ValidateHttpResponse(r, answer)
			return faultOf(errs)
		},
	}
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		for method := range item.GetOperations().FromOldest() {
			d.Routes = append(d.Routes, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(d.Routes)
	return d, nil
}

// Check holds an exchange to the description: every answer, and each request that was taken.
// What is not described has to be refused. The answer's body can be read again.
func (d *Description) Check(r *http.Request, body string, answer *http.Response) error {
	if r.Method == http.MethodHead || path.Clean(r.URL.Path) != strings.TrimSuffix(r.URL.Path, "/") && r.URL.Path != "/" {
		return nil // as GET, without a body; net/http sends the latter to the clean path
	}
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	again := func() { answer.Body = io.NopCloser(bytes.NewReader(content)) }
	again()
	defer again()
	if f := d.response(r, answer); f != nil && (!f.missing || answer.StatusCode < 300 || answer.StatusCode >= 500) {
		return fmt.Errorf("%s %s: %d %s\n%s", r.Method, r.URL, answer.StatusCode, content, f.text)
	}
	if answer.StatusCode < 400 {
		r.Body = io.NopCloser(strings.NewReader(body))
		if f := d.request(r); f != nil {
			return fmt.Errorf("%s %s was taken: %s\n%s", r.Method, r.URL, body, f.text)
		}
	}
	return nil
}
