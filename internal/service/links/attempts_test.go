package links_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/db"
	"github.com/google/go-cmp/cmp"
)

// TestNobodyGetsIn: what is tried, and what the answer is, on both engines.
func TestNobodyGetsIn(t *testing.T) {
	t.Run("embedded", func(t *testing.T) {
		s := newService(t)
		nobodyGetsIn(t, s, func(_, _ string) string { return snapshot(t, s) }, nil)
	})
	t.Run("worker", func(t *testing.T) {
		s := newWorker(t)
		nobodyGetsIn(t, s, func(ada, eve string) string { return shown(s, ada) + shown(s, eve) }, map[string]int{
			// JavaScript's URL takes the dot away, see https://url.spec.whatwg.org/#path-state.
			"the folder of the assets":         404,
			"an open redirect that is escaped": 200, // the two dots, likewise
			// D1 binds 100 values, and takes patterns of 50 bytes.
			"many values": 400, "a long pattern": 400,
		})
	})
}

// nobodyGetsIn makes the attempts. Eve has a token of her own and would like
// what is Ada's. What is stored, as far as both see it, stays as it is. Where an
// engine answers with another status, otherwise has it.
func nobodyGetsIn(t *testing.T, s *service, stored func(ada, eve string) string, otherwise map[string]int) {
	ada := s.token
	s.create(`{"url": "https://example.com/secret", "slug": "hers", "title": "Ada's", "tags": ["private"]}`)
	s.want(http.StatusFound, s.do("GET", "/hers", ""), nil)
	var made struct{ Token string }
	s.want(http.StatusCreated, s.do("POST", "/api/tokens", `{"label": "reader"}`), &made)
	reader := made.Token
	eve, _ := s.register("eve@example.com")
	s.token = ada
	before := stored(ada, eve)

	link := func(body string) string { return `{"url": "https://example.com", ` + body + `}` }
	to := func(url string) string { return `{"url": "` + url + `"}` }
	const plain = "text/plain"
	many := "in.(1" + strings.Repeat(",1", 19) + ")"
	for _, tt := range []struct {
		name, token, method, target, body string
		headers                           []string
		status                            int
	}{
		// without a token, or with what looks like one
		{"no token", "", "GET", "/api/links/hers", "", nil, 401},
		{"no token, to write", "", "DELETE", "/api/links/hers", "", nil, 401},
		{"a token in the query", "", "GET", "/api/links?token=" + ada + "&access_token=" + ada, "", nil, 401},
		{"a token in a cookie", "", "GET", "/api/links", "", []string{"Cookie", "token=" + ada + "; Authorization=Bearer " + ada}, 401},
		{"another scheme", "", "GET", "/api/links", "", []string{"Authorization", "Basic " + ada}, 401},
		{"no scheme", "", "GET", "/api/links", "", []string{"Authorization", ada}, 401},
		{"the hash for the token", "", "GET", "/api/links", "", []string{"Authorization", "Bearer " + hashOf(ada)}, 401},
		{"an empty token", "", "GET", "/api/links", "", []string{"Authorization", "Bearer "}, 401},
		{"a token and more", "", "GET", "/api/links", "", []string{"Authorization", "Bearer " + ada + "'"}, 401},
		{"SQL for a token", "", "GET", "/api/links", "", []string{"Authorization", "Bearer ' OR 1=1 --"}, 401},
		{"a header that overrides the method", "", "POST", "/api/links/hers", "{}", []string{"X-Http-Method-Override", "GET"}, 405},

		// with another's token
		{"another's link", eve, "GET", "/api/links/hers", "", nil, 404},
		{"another's statistics", eve, "GET", "/api/links/hers/stats", "", nil, 404},
		{"to change another's link", eve, "PATCH", "/api/links/hers", `{"url": "https://evil.example"}`, nil, 404},
		{"to take over another's slug", eve, "POST", "/api/links", link(`"slug": "hers"`), nil, 409},
		{"to delete another's link", eve, "DELETE", "/api/links/hers", "", nil, 404},
		{"to revoke another's token", eve, "DELETE", "/api/tokens/1", "", nil, 404},
		{"a token's id that is none", eve, "DELETE", "/api/tokens/1%20OR%201", "", nil, 404},
		{"a token's id that is too large", eve, "DELETE", "/api/tokens/9223372036854775808", "", nil, 404},
		{"to name the owner", eve, "POST", "/api/links", link(`"user_id": 1`), nil, 400},

		// with a token that may only read
		{"a reader that makes a link", reader, "POST", "/api/links", link(`"slug": "readers"`), nil, 403},
		{"a reader that changes a link", reader, "PATCH", "/api/links/hers", `{"title": null}`, nil, 403},
		{"a reader that deletes a link", reader, "DELETE", "/api/links/hers", "", nil, 403},
		{"a reader that makes a token", reader, "POST", "/api/tokens", `{"label": "x", "scope": "write"}`, nil, 403},
		{"a reader that revokes a token", reader, "DELETE", "/api/tokens/1", "", nil, 403},
		{"a reader that revokes itself", reader, "DELETE", "/api/tokens/2", "", nil, 403},
		{"a token's id that a double does not hold", eve, "DELETE", "/api/tokens/9007199254740993", "", nil, 404},
		{"a token's id that is the largest", eve, "DELETE", "/api/tokens/9223372036854775807", "", nil, 404},
		{"a token's id that is the smallest", eve, "DELETE", "/api/tokens/-9223372036854775808", "", nil, 404},
		{"a token's id with a sign", eve, "DELETE", "/api/tokens/+1", "", nil, 404},
		{"a token's id below 0", eve, "DELETE", "/api/tokens/-1", "", nil, 404},

		// methods
		{"a head", "", "HEAD", "/api/links/hers", "", nil, 401},
		{"a head of another's", eve, "HEAD", "/api/links/hers", "", nil, 404},
		{"what is allowed", "", "OPTIONS", "/api/links", "", []string{"Origin", "https://evil.example", "Access-Control-Request-Method", "POST"}, 405},
		{"what is allowed with a slug", "", "OPTIONS", "/hers", "", nil, 405},
		{"another method", ada, "PUT", "/api/links/hers", "", nil, 405},
		{"a slug that is deleted", ada, "DELETE", "/hers", "", nil, 405},
		{"the page, by POST", "", "POST", "/", "", nil, 405},

		// numbers
		{"a page of none", ada, "GET", "/api/links?limit=0", "", nil, 400},
		{"a page of less than none", ada, "GET", "/api/links?limit=-1", "", nil, 400},
		{"a page of too many", ada, "GET", "/api/links?limit=101", "", nil, 400},
		{"a page of more than can be counted", ada, "GET", "/api/links?limit=99999999999999999999", "", nil, 400},
		{"a page of a power", ada, "GET", "/api/links?limit=1e1", "", nil, 400},
		{"two limits", ada, "GET", "/api/links?limit=1&limit=100", "", nil, 400},
		{"an offset", ada, "GET", "/api/links?offset=1", "", nil, 400},
		{"no days", ada, "GET", "/api/top?days=0", "", nil, 422},
		{"two tags", ada, "GET", "/api/top?tag=a&tag=b", "", nil, 422},
		{"days to come", ada, "GET", "/api/top?days=-1", "", nil, 422},
		{"all days", ada, "GET", "/api/links/hers/stats?days=99999999999999999999", "", nil, 422},
		{"days of a power", ada, "GET", "/api/links/hers/stats?days=1e2", "", nil, 422},

		// filters
		{"a filter on the owner", eve, "GET", "/api/links?user_id=eq.1", "", nil, 400},
		{"a filter on the owner in or", eve, "GET", "/api/links?or=(user_id.eq.1,slug.eq.hers)", "", nil, 400},
		{"a filter that is SQL", eve, "GET", "/api/links?slug=eq.x'%20OR%20'1'='1", "", nil, 200},
		{"a filter that opens the owner", eve, "GET", "/api/links?or=(slug.eq.hers,slug.neq.x)", "", nil, 200},
		{"a filter that is not", eve, "GET", "/api/links?slug=not.eq.x&order=slug", "", nil, 200},
		{"a column that is SQL", eve, "GET", "/api/links?slug%22%20OR%201=eq.1", "", nil, 400},
		{"a column of another table", eve, "GET", "/api/links?email=like.*", "", nil, 400},
		{"an order that is SQL", eve, "GET", "/api/links?order=slug%3BDROP%20TABLE%20links", "", nil, 400},
		{"a query that is none", eve, "GET", "/api/links?slug=eq.x;user_id=eq.1", "", nil, 400},
		{"a cursor that was made up", eve, "GET", "/api/links?cursor=AAAA", "", nil, 400},
		{"a search for everything", eve, "GET", "/api/links?q=%25", "", nil, 200},
		{"a tag of somebody else's", eve, "GET", "/api/links?tag=private", "", nil, 200},
		{"many values", eve, "GET", "/api/links?slug=" + many + "&url=" + many + "&host=" + many + "&click_count=" + many + "&max_clicks=" + many, "", nil, 200},
		{"a long search", ada, "GET", "/api/links?q=" + strings.Repeat("a", 200), "", nil, 200},
		{"a longer search", eve, "GET", "/api/links?q=" + strings.Repeat("a", 201), "", nil, 422},
		{"two searches", eve, "GET", "/api/links?q=a&q=b", "", nil, 422},
		{"a long pattern", ada, "GET", "/api/links?url=like." + strings.Repeat("*a", 40), "", nil, 200},
		{"a deep filter", eve, "GET", "/api/links?or=(and(or(and(slug.eq.hers))))", "", nil, 400},
		{"filters without an end", eve, "GET", "/api/links?or=" + strings.Repeat("(", 5000), "", nil, 400},
		{"a filter with a NUL", eve, "GET", "/api/links?slug=eq.%00", "", nil, 200},
		{"a filter that is no UTF-8", eve, "GET", "/api/links?slug=eq.%ff", "", nil, 400},
		{"a search that is no UTF-8", eve, "GET", "/api/links?q=%ff", "", nil, 400},
		{"a tag that is no UTF-8", eve, "GET", "/api/links?tag=%ff", "", nil, 400},
		{"a long cursor", eve, "GET", "/api/links?cursor=" + strings.Repeat("A", 5000), "", nil, 400},
		{"a huge query", eve, "GET", "/api/links?slug=eq." + strings.Repeat("a", 1<<16), "", nil, 400},

		// slugs
		{"a reserved slug", ada, "POST", "/api/links", link(`"slug": "Admin"`), nil, 422},
		{"a slug with a path", ada, "POST", "/api/links", link(`"slug": "../api"`), nil, 422},
		{"a slug with a line end", ada, "POST", "/api/links", link(`"slug": "abc\n"`), nil, 422},
		{"a slug with a NUL", ada, "POST", "/api/links", link(`"slug": "abc\u0000"`), nil, 422},
		{"a slug in look-alike letters", ada, "POST", "/api/links", link(`"slug": "hеrs"`), nil, 422},
		{"a slug that is markup", ada, "POST", "/api/links", link(`"slug": "<script>"`), nil, 422},
		{"a slug that Cloudflare takes", ada, "POST", "/api/links", link(`"slug": "CDN-cgi"`), nil, 422},
		{"a slug that joins letters", ada, "POST", "/api/links", link(`"slug": "he\u200drs"`), nil, 422},
		{"a slug written backwards", ada, "POST", "/api/links", link(`"slug": "\u202esreh"`), nil, 422},
		{"a slug in wide letters", ada, "POST", "/api/links", link(`"slug": "ｈｅｒｓ"`), nil, 422},
		{"a slug that is no UTF-8, followed", "", "GET", "/%ff%fe", "", nil, 404},
		{"another's slug that is no UTF-8", ada, "GET", "/api/links/%ff", "", nil, 404},
		{"a slug with a NUL, followed", "", "GET", "/hers%00", "", nil, 404},
		{"a path for a slug", "", "GET", "/..%2f..%2fetc%2fpasswd", "", nil, 404},
		{"a slug that is SQL", "", "GET", "/x'%20OR%20'1'='1", "", nil, 404},
		{"a slug with a line end, followed", "", "GET", "/hers%0d%0aSet-Cookie:%20a=b", "", nil, 404},
		{"a slug in other letters, followed", "", "GET", "/HERS", "", nil, 404},
		{"an asset outside", "", "GET", "/assets/..%2fserver.go", "", nil, 404},
		{"the folder of the assets", "", "GET", "/assets/.", "", nil, 307},

		// targets
		{"a script", ada, "POST", "/api/links", to("javascript:alert(1)"), nil, 422},
		{"a script in capitals", ada, "POST", "/api/links", to("JaVaScRiPt://example.com/%0aalert(1)"), nil, 422},
		{"a script behind a space", ada, "POST", "/api/links", to(" javascript:alert(1)"), nil, 422},
		{"a script behind a tab", ada, "POST", "/api/links", to("java\\tscript:alert(1)"), nil, 422},
		{"data", ada, "POST", "/api/links", to("data:text/html,<script>alert(1)</script>"), nil, 422},
		{"a file", ada, "POST", "/api/links", to("file:///etc/passwd"), nil, 422},
		{"no scheme", ada, "POST", "/api/links", to("//evil.example"), nil, 422},
		{"no host", ada, "POST", "/api/links", to("https:/evil.example"), nil, 422},
		{"no host but a port", ada, "POST", "/api/links", to("https://:80/"), nil, 422},
		{"a scheme without slashes", ada, "POST", "/api/links", to("https:evil.example"), nil, 422},
		{"a header behind the target", ada, "POST", "/api/links", to("https://example.com/\\r\\nSet-Cookie: a=b"), nil, 422},
		{"a password", ada, "POST", "/api/links", to("https://example.com@evil.example/"), nil, 422},
		{"a backslash", ada, "POST", "/api/links", to("https://example.com\\\\@evil.example/"), nil, 422},
		{"an open redirect", "", "GET", "//evil.example/", "", nil, 307},
		{"an open redirect behind a dot", "", "GET", "/.//evil.example/", "", nil, 307},
		{"an open redirect that is escaped", "", "GET", "/%2f%2fevil.example/..", "", nil, 307},
		{"an open redirect by a backslash", "", "GET", "/%5cevil.example", "", nil, 404},
		{"an open redirect by a parameter", "", "GET", "/?to=https://evil.example&next=//evil.example", "", nil, 200},

		// bodies
		{"another type", ada, "POST", "/api/links", link(`"slug": "typed"`), []string{"Content-Type", plain}, 415},
		{"a form", ada, "POST", "/api/links", "url=https://example.com", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{"no body", ada, "POST", "/api/links", "", []string{"Content-Type", "application/json"}, 400},
		{"no JSON", ada, "POST", "/api/links", "{", nil, 400},
		{"a list", ada, "POST", "/api/links", "[]", nil, 400},
		{"a huge body", ada, "POST", "/api/links", link(`"title": "` + strings.Repeat("a", 1<<17) + `"`), nil, 413},
		{"a huge document", ada, "POST", "/api/links", link(`"metadata": "` + strings.Repeat("a", 10_000) + `"`), nil, 422},
		{"a deep document", ada, "POST", "/api/links", link(`"metadata": ` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000)), nil, 400},
		{"a name twice", ada, "POST", "/api/links", `{"url": "https://example.com", "url": "https://evil.example"}`, nil, 400},
		{"a name twice, in other letters", ada, "POST", "/api/links", `{"url": "https://example.com", "URL": "https://evil.example"}`, nil, 400},
		{"a name in capitals", ada, "POST", "/api/links", `{"URL": "https://example.com"}`, nil, 400},
		{"a name twice, with a long s", ada, "POST", "/api/links", link(`"slug": "once", "ſlug": "twice"`), nil, 400},
		{"a name twice, with a sign of Kelvin", ada, "POST", "/api/links", `{"url": "https://example.com", "max_clicks": 1, "max_clic\u212as": 9}`, nil, 400},
		{"a name twice, further in", ada, "POST", "/api/links", link(`"metadata": {"a": 1, "a": 2}`), nil, 400},
		{"something behind the body", ada, "POST", "/api/links", `{"url": "https://example.com"} {}`, nil, 400},
		{"bytes that are no UTF-8", ada, "POST", "/api/links", link("\"title\": \"\xff\""), nil, 400},
		{"a NUL in a tag", ada, "POST", "/api/links", link(`"tags": ["\u0000"]`), nil, 422},
		{"a line end in a title", ada, "POST", "/api/links", link(`"title": "a\r\nb"`), nil, 422},
		{"a number that no one can count to", ada, "POST", "/api/links", link(`"max_clicks": 9223372036854775807`), nil, 422},
		{"a fraction", ada, "POST", "/api/links", link(`"max_clicks": 1.5`), nil, 400},
		{"a time after all times", ada, "POST", "/api/links", link(`"expires_at": "99999-01-01T00:00:00Z"`), nil, 400},
		{"an address that is SQL", "", "POST", "/api/users", `{"email": "'); DROP TABLE users; --"}`, nil, 422},
		{"an address with a line end", "", "POST", "/api/users", `{"email": "a@example.com\r\nBcc: b@example.com"}`, nil, 422},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.token = tt.token
			r := s.do(tt.method, tt.target, tt.body, tt.headers...)
			content, err := io.ReadAll(r.Body)
			if err != nil {
				t.Fatal(err)
			}
			want := tt.status
			if status, ok := otherwise[tt.name]; ok {
				want = status
			}
			if r.StatusCode != want {
				t.Fatalf("status %d instead of %d: %s", r.StatusCode, want, content)
			}
			for name, values := range r.Header {
				for _, v := range values {
					if strings.Contains(v, "evil") && name != "Location" || strings.ContainsAny(v, "\r\n") || name == "Set-Cookie" {
						t.Errorf("%s: %q", name, v)
					}
				}
			}
			if to := r.Header.Get("Location"); strings.HasPrefix(to, "//") || strings.Contains(to, ":") {
				t.Errorf("sent to %s", to)
			}
			for _, secret := range []string{"hers\",\"url", "/secret", "Ada's", "SQL", "sqlite"} {
				if strings.Contains(string(content), secret) {
					t.Errorf("it tells: %s", content)
				}
			}
			if r.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Error("its type may be guessed")
			}
			if policy := r.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; ") || !strings.Contains(policy, "frame-ancestors 'none'") {
				t.Errorf("its policy is %q", policy)
			}
			if cache := r.Header.Get("Cache-Control"); cache != "no-store" && cache != "no-cache" {
				t.Errorf("it may be kept: %q", cache)
			}
			if r.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Error("other sites may read it")
			}
		})
	}
	if diff := cmp.Diff(before, stored(ada, eve)); diff != "" {
		t.Errorf("the attempts have changed something:\n%s", diff)
	}
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// snapshot is all that is stored, but for when tokens were used.
func snapshot(t *testing.T, s *service) string {
	t.Helper()
	ctx := t.Context()
	users, err1 := s.db.ListUsers(ctx)
	links, err2 := s.db.ListLinks(ctx)
	tags, err3 := s.db.ListTags(ctx)
	tagged, err4 := s.db.ListLinkTags(ctx)
	clicks, err5 := s.db.CountClicks(ctx)
	tokens, err6 := db.APITokens.Where(db.APITokens.RevokedAt.IsNull()).Count(ctx, s.db)
	for _, err := range []error{err1, err2, err3, err4, err5, err6} {
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.MarshalIndent([]any{users, links, tags, tagged, clicks, tokens}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
