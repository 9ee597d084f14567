package studio

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

const secrets = `
CREATE TABLE tokens (id INTEGER PRIMARY KEY, api_token TEXT UNIQUE, note TEXT);
CREATE TABLE by_token (api_token TEXT PRIMARY KEY, note TEXT) WITHOUT ROWID;
CREATE TABLE uses (by_it TEXT REFERENCES tokens (api_token), n INTEGER);
CREATE VIEW shown AS SELECT id, api_token AS plain, lower(api_token) AS low, note FROM tokens;
CREATE VIEW twice AS SELECT id, low || 'x' AS more, note FROM shown;
INSERT INTO tokens VALUES (1, 's3cr3t', 'one'), (2, 's3cr3u', 'two');
INSERT INTO by_token VALUES ('s3cr3t', 'one');
INSERT INTO uses VALUES ('s3cr3t', 1);
`

// What is hidden is on no page, and cannot be found by what is asked of the others.
func TestHidden(t *testing.T) {
	w := newSite(t, secrets, true, Options{Hide: regexp.MustCompile(DefaultHide)})
	for _, path := range []string{
		"/", "/rows/tokens", "/rows/by_token", "/rows/uses", "/rows/shown", "/rows/twice", "/row/tokens?id=eq.1", "/table/tokens", "/edit/tokens?id=eq.1", "/delete/tokens?id=eq.1",
		"/rows/tokens?order=id&limit=1", "/schema",
	} {
		if body := w.page(path); strings.Contains(strings.ToLower(body), "s3cr3") {
			t.Errorf("%s tells: %s", path, plain(body))
		}
	}
	for _, path := range []string{
		"/rows/tokens?api_token=eq.s3cr3t", "/rows/tokens?order=api_token", "/rows/tokens?select=api_token", "/rows/shown?plain=like.s*", "/rows/shown?order=low", "/rows/twice?more=eq.x",
		"/row/by_token?api_token=eq.s3cr3t", "/rows/tokens?or=(id.eq.1,api_token.like.s*)", "/cell/tokens?id=eq.1&@cell=api_token", "/row/tokens?api_token=eq.s3cr3t", "/rows/uses?by_it=eq.s3cr3t",
	} {
		if status, body := w.get(path); status != 400 || strings.Contains(plain(body), "one") {
			t.Errorf("%s: %d %s", path, status, plain(body))
		}
	}
	fields := w.form("/edit/tokens?id=eq.1")
	fields["value.2"] = "changed"
	if status, body, _ := w.post("/update/tokens?id=eq.1", fields, ""); status != 303 || !strings.Contains(w.all("tokens"), `[1,"s3cr3t","changed"]`) {
		t.Errorf("%d %s", status, plain(body))
	}
	if _, err := http.Get(w.url("/?token=" + url.QueryEscape("x"))); err != nil {
		t.Error(err)
	}
}
