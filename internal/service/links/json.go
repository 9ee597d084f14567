package links

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	drey "github.com/dreysql/drey/internal/runtime"
)

// Bounds of a request's body.
const (
	maxBody  = 64 << 10 // bytes
	maxDepth = 32       // of objects and arrays in each other; SQLite's JSON functions take 1,000
)

// problem is an error that the client is told about.
type problem struct {
	Status  int                `json:"-"`
	Message string             `json:"error"`
	Field   string             `json:"field,omitempty"`
	Filters []drey.FilterError `json:"filters,omitempty"`
}

func (p *problem) Error() string { return p.Message }

// invalid is a problem with a field of the body or of the query string.
func invalid(field, format string, args ...any) error {
	return &problem{Status: http.StatusUnprocessableEntity, Field: field, Message: fmt.Sprintf(format, args...)}
}

var errNoLink = &problem{Status: http.StatusNotFound, Message: "you have no link of that slug"}

// answer is what a handler returns if nothing is wrong.
type answer struct {
	status int
	body   any // none if nil
	header http.Header
}

// endpoint turns what f returns into an answer. An error that is not a problem
// is logged and not shown.
func (s *server) endpoint(f func(*http.Request) (answer, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		a, err := f(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.write(w, r, a)
	})
}

func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var p *problem
	if !errors.As(err, &p) {
		s.report(r, err, "request failed", "method", r.Method, "path", r.URL.Path)
		s.write(w, r, failed(r, err))
		return
	}
	a := answer{status: p.Status, body: p}
	if p.Status == http.StatusUnauthorized {
		a.header = http.Header{"Www-Authenticate": {`Bearer realm="links"`}}
	}
	s.write(w, r, a)
}

func (s *server) write(w http.ResponseWriter, r *http.Request, a answer) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	body, err := appendJSON(nil, a.body)
	if err != nil {
		s.report(r, err, "answer not written", "path", r.URL.Path)
		a.status, body = http.StatusInternalServerError, []byte(`{"error":"internal error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	if _, err := w.Write(append(body, '\n')); err != nil {
		s.log.DebugContext(r.Context(), "client gone", "path", r.URL.Path, "error", err)
	}
}

// appendJSON appends a value with no more escapes than JSON needs: a document
// that was stored leaves as it was stored. No answer is part of a page of HTML.
func appendJSON(b []byte, v any) ([]byte, error) {
	to := bytes.NewBuffer(b)
	e := json.NewEncoder(to)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(to.Bytes(), []byte("\n")), err
}

// query reads the query string, all of it: URL.Query leaves out what it cannot
// read.
func query(r *http.Request) (url.Values, error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &problem{Status: http.StatusBadRequest, Message: fmt.Sprintf("the query cannot be read: %v", err)}
	}
	for name, values := range q {
		if !utf8.ValidString(name + strings.Join(values, "")) {
			return nil, &problem{Status: http.StatusBadRequest, Message: "the query is not UTF-8"}
		}
	}
	return q, nil
}

// decode reads the body into v: one JSON object, of a bounded depth, in which
// no name is there twice or unknown to v.
func decode(r *http.Request, v any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return &problem{Status: http.StatusUnsupportedMediaType, Message: "the body has to be of the type application/json"}
	}
	body, err := io.ReadAll(r.Body)
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return &problem{Status: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("the body is larger than %d bytes", tooLarge.Limit)}
	}
	if err == nil {
		err = wellFormed(body)
	}
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		err = d.Decode(v)
	}
	if p := new(problem); err == nil || errors.As(err, &p) {
		return err
	}
	return &problem{Status: http.StatusBadRequest, Message: fmt.Sprintf("the body is not the JSON that is wanted: %v", err)}
}

// wellFormed finds what encoding/json lets pass: bytes that are not UTF-8, halves
// of a pair of surrogates, which it makes other characters of, an object with a
// name twice, of which the last one wins, and deep nesting. To
// encoding/json names are the same in capitals, with a long s and with the sign
// of kelvin: here they are unknown.
func wellFormed(body []byte) error {
	if !utf8.Valid(body) {
		return errors.New("it is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := walk(d, 0); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one JSON value")
	}
	if half := halfPair(body); half != "" {
		return fmt.Errorf("%s is half of a character", half)
	}
	return nil
}

// halfPair returns the first escape of a surrogate in well-formed JSON without
// the other one that makes it a character, or "".
func halfPair(body []byte) string {
	for i := bytes.IndexByte(body, '\\'); i >= 0 && i < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		high := surrogate(body[i:], "89AB")
		switch {
		case high && surrogate(body[i+6:], "CDEF"):
			i += 11
		case high || surrogate(body[i:], "CDEF"):
			return string(body[i : i+6])
		default:
			i++ // what is escaped
		}
	}
	return ""
}

// surrogate reports whether JSON begins with the escape of a surrogate that has
// one of these as its second digit.
func surrogate(body []byte, digit string) bool {
	return len(body) >= 6 && strings.EqualFold(string(body[:3]), `\ud`) && strings.ContainsRune(digit, unicode.ToUpper(rune(body[3])))
}

func walk(d *json.Decoder, depth int) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	open, ok := token.(json.Delim)
	switch {
	case !ok && depth == 0:
		return errors.New("it is no object")
	case !ok:
		return nil
	case depth == 0 && open != '{':
		return errors.New("it is no object")
	case depth == maxDepth:
		return fmt.Errorf("it is more than %d deep", maxDepth)
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			key := name.(string) // what an object begins a member with
			if depth == 0 && strings.Trim(key, lower+"_") != "" {
				return fmt.Errorf("unknown field %q", key)
			}
			if seen[key] {
				return fmt.Errorf("%q is there twice", name)
			}
			seen[key] = true
		}
		if err := walk(d, depth+1); err != nil {
			return err
		}
	}
	_, err = d.Token() // the closing one
	return err
}

// optional is a member of a body that may be absent, null or a value, which
// are three different wishes in a PATCH.
type optional[T any] struct {
	given bool
	value *T // nil for null
}

func (o *optional[T]) UnmarshalJSON(data []byte) error {
	o.given = true
	return json.Unmarshal(data, &o.value)
}
