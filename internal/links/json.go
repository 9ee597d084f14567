package links

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// maxBody bounds the body of a request, in bytes.
const maxBody = 64 << 10

// problem is an error that the client is told about.
type problem struct {
	Status  int    `json:"-"`
	Message string `json:"error"`
	Field   string `json:"field,omitempty"`
}

func (p *problem) Error() string { return p.Message }

// invalid is a problem with a field of the body or of the query string.
func invalid(field, format string, args ...any) error {
	return &problem{Status: http.StatusUnprocessableEntity, Field: field, Message: fmt.Sprintf(format, args...)}
}

// handler turns what f returns into an answer. An error that is no problem is
// logged and not shown.
func (s *server) handler(f func(*http.Request) (status int, answer any, err error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		status, answer, err := f(r)
		if err != nil {
			var p *problem
			if !errors.As(err, &p) {
				s.log.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "error", err)
				p = &problem{Status: http.StatusInternalServerError, Message: "internal error"}
			}
			status, answer = p.Status, p
		}
		s.write(w, r, status, answer)
	})
}

func (s *server) write(w http.ResponseWriter, r *http.Request, status int, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		s.log.ErrorContext(r.Context(), "answer not written", "path", r.URL.Path, "error", err)
		status, body = http.StatusInternalServerError, []byte(`{"error":"internal error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if _, err := w.Write(append(body, '\n')); err != nil {
		s.log.DebugContext(r.Context(), "client gone", "path", r.URL.Path, "error", err)
	}
}

// decode reads the body into v: one JSON value without fields that v has not.
func decode(r *http.Request, v any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, err = d.Token(); err == io.EOF {
			return nil
		}
		err = errors.New("more than one JSON value")
	}
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return &problem{Status: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("the body is larger than %d bytes", tooLarge.Limit)}
	}
	return &problem{Status: http.StatusBadRequest, Message: fmt.Sprintf("the body is not the JSON that is wanted: %v", err)}
}
