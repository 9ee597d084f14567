package links_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/service/links"
)

// service is the link shortener on a new database in memory, with a user.
type service struct {
	testing.TB
	db      *db.Client
	handler http.Handler
	token   string
	user    int64
}

func newService(tb testing.TB) *service {
	tb.Helper()
	c, err := db.Open(tb.Context(), ":memory:")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Error(err)
		}
	})
	s := &service{TB: tb, db: c, handler: links.Handler(c, links.Options{Log: warnings(tb), CountryHeader: "CF-IPCountry"})}
	s.token, s.user = s.register("ada@example.com")
	return s
}

// warnings is a log in which there should be nothing.
func warnings(tb testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(testWriter{tb}, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// testWriter shows the service's log with the test. Nothing should be in it.
type testWriter struct{ testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	w.Errorf("logged: %s", p)
	return len(p), nil
}

func (s *service) register(email string) (token string, user int64) {
	s.Helper()
	var out struct {
		ID    int64
		Token string
	}
	s.want(http.StatusCreated, s.do("POST", "/api/users", `{"email": "`+email+`"}`), &out)
	return out.Token, out.ID
}

// do sends a request with the service's token.
func (s *service) do(method, target, body string, headers ...string) *http.Response {
	s.Helper()
	r := httptest.NewRequestWithContext(s.Context(), method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	answer := w.Result()
	s.conforms(r, body, answer)
	return answer
}

// want checks the status and reads the answer.
func (s *service) want(status int, r *http.Response, out any) {
	s.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.Fatal(err)
	}
	if r.StatusCode != status {
		s.Fatalf("status %d instead of %d: %s", r.StatusCode, status, body)
	}
	if out == nil {
		return
	}
	if got := r.Header.Get("Content-Type"); got != "application/json" {
		s.Errorf("content type %q", got)
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(out); err != nil {
		s.Errorf("%v: %s", err, body)
	}
}

// create makes a link and returns its id.
func (s *service) create(body string) int64 {
	s.Helper()
	var out db.Link
	s.want(http.StatusCreated, s.do("POST", "/api/links", body), &out)
	return out.ID
}

func TestAuthorization(t *testing.T) {
	s := newService(t)
	hash := []byte(strings.Repeat("h", 32))
	if _, err := s.db.CreateAPIToken(t.Context(), db.CreateAPITokenParams{UserID: s.user, Label: "second", Hash: hash}); err != nil {
		t.Fatal(err)
	}
	good := s.token
	for _, tt := range []struct {
		name, token, method, target string
		status                      int
	}{
		{"no token", "", "GET", "/api/links", http.StatusUnauthorized},
		{"unknown token", "x", "GET", "/api/links", http.StatusUnauthorized},
		{"good token", good, "GET", "/api/links", http.StatusOK},
		{"no such path", good, "GET", "/api/nothing", http.StatusNotFound},
		{"no such method", good, "DELETE", "/api/links", http.StatusMethodNotAllowed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.token = tt.token
			var out map[string]any
			s.want(tt.status, s.do(tt.method, tt.target, ""), &out)
			if (tt.status != http.StatusOK) != (out["error"] != nil) {
				t.Errorf("answer %v", out)
			}
		})
	}
	s.token = good

	token, err := db.APITokens.Where(db.APITokens.Label.Eq("first")).One(t.Context(), s.db)
	if err != nil {
		t.Fatal(err)
	}
	if token.LastUsedAt == nil {
		t.Error("the use of the token is not noted")
	}
	reader := db.APITokenScopeRead
	if _, err := s.db.UpdateAPIToken(t.Context(), db.UpdateAPITokenParams{ID: token.ID, Scope: &reader}); err != nil {
		t.Fatal(err)
	}
	s.want(http.StatusOK, s.do("GET", "/api/links", ""), nil)
	s.want(http.StatusForbidden, s.do("POST", "/api/links", `{"url": "https://example.com"}`), nil)
	if _, err := s.db.UpdateAPIToken(t.Context(), db.UpdateAPITokenParams{ID: token.ID, RevokedAt: token.LastUsedAt}); err != nil {
		t.Fatal(err)
	}
	s.want(http.StatusUnauthorized, s.do("GET", "/api/links", ""), nil)
}

func TestRegister(t *testing.T) {
	s := newService(t)
	for _, tt := range []struct {
		name, body string
		status     int
	}{
		{"an address in other letters", `{"email": "ADA@example.com"}`, http.StatusConflict},
		{"no address", `{"email": "ada"}`, http.StatusUnprocessableEntity},
		{"a name with the address", `{"email": "Ada <ada@example.com>"}`, http.StatusUnprocessableEntity},
		{"no JSON", `email`, http.StatusBadRequest},
		{"an unknown field", `{"email": "a@example.com", "admin": true}`, http.StatusBadRequest},
		{"two values", `{"email": "a@example.com"} {}`, http.StatusBadRequest},
		{"too much", `{"email": "` + strings.Repeat("a", 70_000) + `"}`, http.StatusRequestEntityTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out struct{ Error string }
			s.want(tt.status, s.do("POST", "/api/users", tt.body), &out)
			if out.Error == "" {
				t.Error("no word about it")
			}
		})
	}
	n, err := s.db.CountUsers(t.Context())
	if err != nil || n != 1 {
		t.Errorf("%d users, %v", n, err)
	}
}
