package studio

import (
	"database/sql"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/sqlite"
)

// site is a studio over a database of the test's, and a browser's client to it.
type site struct {
	*testing.T
	*Studio
	path   string
	client *http.Client
}

// newSite serves a database that a script has made.
func newSite(t *testing.T, script string, write bool, o Options) *site {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.db")
	db := openDB(t, path)
	if _, err := db.Exec(script); err != nil {
		t.Fatal(err)
	}
	return serve(t, path, write, o)
}

func openDB(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sqlite.OpenFile("file:" + path + "?mode=rwc&_pragma=busy_timeout(5000)")(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func serve(t *testing.T, path string, write bool, o Options) *site {
	t.Helper()
	db, err := OpenFile(t.Context(), path, write)
	if err != nil {
		t.Fatal(err)
	}
	if o.Limit == 0 {
		o.Limit = time.Minute // a busy machine is slow
	}
	server := httptest.NewUnstartedServer(nil)
	s := New(db, server.Listener.Addr().String(), o)
	server.Config.Handler = s
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return newVisitor(t, s, path)
}

// newVisitor is a browser's client that has the token.
func newVisitor(t *testing.T, s *Studio, path string) *site {
	t.Helper()
	cookies := &jar{}
	w := &site{T: t, Studio: s, path: path, client: &http.Client{Jar: cookies, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if status, _ := w.get(strings.TrimPrefix(s.Address(), "http://"+s.guard.host)); status != 200 {
		t.Fatalf("the token is not taken: %d", status)
	}
	return w
}

type jar struct{ cookies []*http.Cookie }

func (j *jar) SetCookies(_ *url.URL, c []*http.Cookie) { j.cookies = append(j.cookies, c...) }
func (j *jar) Cookies(*url.URL) []*http.Cookie         { return j.cookies }

func (w *site) url(path string) string { return "http://" + w.guard.host + path }

// get asks for a page.
func (w *site) get(path string) (status int, body string) {
	w.Helper()
	r, err := w.client.Get(w.url(path))
	if err != nil {
		w.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		w.Fatal(err)
	}
	return r.StatusCode, string(text)
}

// page is a page that is there, as text without tags.
func (w *site) page(path string) string {
	w.Helper()
	status, body := w.get(path)
	if status != 200 {
		w.Fatalf("%s: %d %s", path, status, plain(body))
	}
	return body
}

var tags = regexp.MustCompile(`(?s)<[^>]*>|\s+`)

// plain is what a page says.
func plain(body string) string {
	_, body, _ = strings.Cut(body, "<main")
	body, _, _ = strings.Cut(body, "</main>")
	return html.UnescapeString(strings.TrimSpace(regexp.MustCompile(` +`).ReplaceAllString(tags.ReplaceAllString(body, " "), " ")))
}

// has fails if a page does not say a text.
func (w *site) has(path string, texts ...string) string {
	w.Helper()
	body := w.page(path)
	for _, text := range texts {
		if !strings.Contains(body, text) && !strings.Contains(plain(body), text) {
			w.Errorf("%s does not say %q:\n%s", path, text, plain(body))
		}
	}
	return body
}
