package links_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/service/links"
	"github.com/google/go-cmp/cmp"
)

// onBothEngines has f attack a service that does not limit how often one may ask.
func onBothEngines(t *testing.T, f func(t *testing.T, s *service)) {
	t.Run("embedded", func(t *testing.T) {
		s := newService(t)
		s.handler = links.Handler(s.db, links.Options{Log: warnings(t), Limiter: links.NewLimiter(nil)})
		f(t, s)
	})
	t.Run("worker", func(t *testing.T) {
		s := newWorker(t)
		next, n := s.handler, 0
		s.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n++ // each request is another client's
			r.Header.Set("CF-Connecting-IP", fmt.Sprintf("192.0.%d.%d", n/200, n%200))
			next.ServeHTTP(w, r)
		})
		f(t, s)
	})
}

// slow reports whether a request goes to another process, which is asked less.
func (s *service) slow() bool { return s.db == nil }

// shownLink is what a client sees of a link.
type shownLink map[string]any

// writable are the members of a link that its owner sets.
var writable = []string{"url", "slug", "title", "tags", "metadata", "is_active", "max_clicks", "expires_at"}

// answered reads an answer that must not be an error of the service. It returns
// false for a refusal, which has to say why.
func (s *service) answered(r *http.Response) (link shownLink, taken bool) {
	s.Helper()
	content, err := io.ReadAll(r.Body)
	if err != nil {
		s.Fatal(err)
	}
	var out shownLink
	d := json.NewDecoder(strings.NewReader(string(content)))
	d.UseNumber()
	if err := d.Decode(&out); err != nil {
		s.Fatalf("status %d: %v: %.300s", r.StatusCode, err, content)
	}
	switch {
	case r.StatusCode >= 500:
		s.Fatalf("status %d: %s", r.StatusCode, content)
	case r.StatusCode >= 400:
		if text, _ := out["error"].(string); text == "" {
			s.Errorf("status %d, and not a word about it: %s", r.StatusCode, content)
		}
		return out, false
	}
	// Programs that know no other numbers than doubles read it as well.
	if err := json.Unmarshal(content, new(any)); err != nil {
		s.Errorf("%v: %.300s", err, content)
	}
	return out, true
}

// settable is the part of a link that can be sent back.
func settable(link shownLink) string {
	part := shownLink{}
	for _, name := range writable {
		part[name] = link[name]
	}
	text, err := json.Marshal(part)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// differ shows where two links differ. As texts: cmp needs for ever for lists in
// each other.
func differ(want, got shownLink) string {
	a, err1 := json.MarshalIndent(want, "", " ")
	b, err2 := json.MarshalIndent(got, "", " ")
	if err1 != nil || err2 != nil {
		return fmt.Sprint(err1, err2)
	}
	return cmp.Diff(string(a), string(b))
}

// roundTrips has the service read, take back and make again what it has answered
// for a link.
func (s *service) roundTrips(link shownLink) {
	s.Helper()
	at := "/api/links/" + link["slug"].(string)
	read, taken := s.answered(s.do("GET", at, ""))
	if diff := differ(link, read); !taken || diff != "" {
		s.Errorf("read again:\n%s", diff)
	}
	patched, taken := s.answered(s.do("PATCH", at, settable(link)))
	if diff := differ(link, patched); !taken || diff != "" {
		s.Errorf("sent back:\n%s", diff)
	}
	for _, name := range writable {
		if s.slow() {
			break
		}
		one, _ := json.Marshal(shownLink{name: link[name]})
		patched, taken := s.answered(s.do("PATCH", at, string(one)))
		if diff := differ(link, patched); !taken || diff != "" {
			s.Errorf("%s sent back alone:\n%s", name, diff)
		}
	}
	if stored := link["url"].(string); len(stored) > 2048 {
		s.Errorf("a URL of %d bytes is stored", len(stored))
	}
	s.readable(link)
	s.want(http.StatusNoContent, s.do("DELETE", at, ""), nil)
	made, taken := s.answered(s.do("POST", "/api/links", settable(link)))
	for _, name := range []string{"id", "created_at"} {
		made[name] = link[name]
	}
	if diff := differ(link, made); !taken || diff != "" {
		s.Errorf("made again:\n%s", diff)
	}
	s.want(http.StatusNoContent, s.do("DELETE", at, ""), nil)
}

// readable has everything read that shows a link.
func (s *service) readable(link shownLink) {
	s.Helper()
	slug := link["slug"].(string)
	targets := []string{
		"/api/links", "/api/links?slug=eq." + slug, "/api/links?order=expires_at", "/api/links/" + slug, "/api/links/" + slug + "/stats", "/api/top",
	}
	if s.slow() {
		targets = targets[2:4]
	}
	for _, target := range targets {
		s.want(http.StatusOK, s.do("GET", target, ""), &struct{}{})
	}
	if link["is_active"] != true {
		return
	}
	r := s.do("GET", "/"+slug, "")
	s.want(http.StatusFound, r, nil)
	want, err1 := url.Parse(link["url"].(string))
	got, err2 := url.Parse(r.Header.Get("Location"))
	if err1 != nil || err2 != nil || want.Host != got.Host || want.Path != got.Path || want.Fragment != got.Fragment || want.Query().Encode() != got.Query().Encode() {
		s.Errorf("sent to %q instead of %q, %v, %v", got, want, err1, err2)
	}
}

// times are those that nobody means, and those at the limits.
var times = []string{
	`"9999-12-31T23:59:59Z"`, `"9999-12-31T23:59:59.999999999Z"`, `"9999-12-31T23:59:59+23:59"`, `"9999-12-31T23:59:59+00:01"`,
	`"9999-12-31T23:59:59-23:59"`, `"9999-12-31T23:59:59-00:01"`, `"9999-12-31T00:01:00-23:59"`, `"9999-12-31T00:00:59.999-23:59"`,
	`"0000-01-01T00:00:00Z"`, `"0000-01-01T00:00:00+23:59"`, `"-001-01-01T00:00:00Z"`, `"-0001-01-01T00:00:00Z"`, `"0001-01-01T00:00:00+23:59"`,
	`"10000-01-01T00:00:00Z"`, `"+10000-01-01T00:00:00Z"`, `"999999999-01-01T00:00:00Z"`, `"2999-01-01T00:00:00-24:00"`, `"2999-01-01T00:00:00+99:99"`,
	`"2999-06-30T23:59:60Z"`, `"9999-12-31T23:59:60Z"`, `"2999-02-29T00:00:00Z"`, `"2999-01-01T24:00:00Z"`, `"2999-13-01T00:00:00Z"`,
	`"2999-01-01T00:00:00.1Z"`, `"2999-01-01T00:00:00.` + strings.Repeat("9", 1000) + `Z"`, `"2999-01-01T00:00:00,5Z"`, `"2999-01-01T00:00:00.Z"`,
	`"2999-01-01t00:00:00z"`, `"2999-01-01 00:00:00Z"`, `"2999-01-01T00:00:00"`, `"2999-01-01"`, `"2999-01-01T00:00Z"`, `"2999-W01-1"`,
	`"1969-12-31T23:59:59Z"`, `"1970-01-01T00:00:00Z"`, `"now"`, `""`, `" "`, `"\u0000"`, `"2999-01-01T00:00:00Z\u0000"`, `"NaN"`, `"Infinity"`,
	`32503680000`, `-1`, `0`, `1e400`, `-1e400`, `1e18`, `9223372036854775807`, `1.5`, `true`, `[]`, `{}`, `["2999-01-01T00:00:00Z"]`, `null`,
}

// TestHostileTimes: a time that could not be written in an answer is refused, in
// a body with 400, and nothing that is taken makes a link unreadable.
func TestHostileTimes(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *service) {
		s.create(`{"url": "https://example.com", "slug": "kept"}`)
		for _, at := range times {
			t.Run(fmt.Sprintf("%.40s", at), func(t *testing.T) {
				s := &service{TB: t, db: s.db, handler: s.handler, token: s.token}
				r := s.do("POST", "/api/links", `{"url": "https://example.com", "slug": "made", "expires_at": `+at+`}`)
				status := r.StatusCode
				made, taken := s.answered(r)
				if taken {
					s.roundTrips(made)
				}
				r = s.do("PATCH", "/api/links/kept", `{"expires_at": `+at+`}`)
				if changed, alike := s.answered(r); alike != taken || r.StatusCode != status && !taken {
					t.Errorf("POST answers %d, and PATCH %d: %v", status, r.StatusCode, changed)
				} else if taken {
					s.readable(changed)
				}
				if strings.HasSuffix(at, `59-23:59"`) && status != http.StatusBadRequest {
					t.Errorf("a time that no answer can have: %d", status)
				}
				text := strings.Trim(at, `"`)
				for _, column := range []string{"expires_at", "created_at"} {
					operators := []string{"in", "gt", "eq", "neq", "gte", "lt", "lte", "not.lt"}
					if s.slow() {
						operators = operators[:2]
					}
					for _, o := range operators {
						value := text
						if o == "in" {
							value = "(" + text + ",2026-01-01)"
						}
						s.answered(s.do("GET", "/api/links?"+column+"="+o+"."+url.QueryEscape(value), ""))
					}
					s.answered(s.do("GET", "/api/links?or=("+column+".gt."+url.QueryEscape(`"`+text+`"`)+")", ""))
				}
				s.answered(s.do("GET", "/api/links/kept/stats?days="+url.QueryEscape(text), ""))
			})
		}
	})
}

// quoted is a text as JSON.
func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// bodies are new links at the limits and beyond them, in forms that the service
// stores in another one.
func bodies() (all []string) {
	const example = "https://example.com/"
	with := func(name, value string) {
		all = append(all, `{"url": "`+example+`", "slug": "made", "`+name+`": `+value+`}`)
	}
	for _, u := range []string{
		example + strings.Repeat("ä", 1000), example + strings.Repeat("ä", 338), example + strings.Repeat("a", 2028), example + strings.Repeat("a", 2029),
		example + strings.Repeat("%20", 676), example + strings.Repeat(" ", 676), example + "?q=" + strings.Repeat("ä", 1000), example + "#" + strings.Repeat("ä", 600),
		"https://example.com?" + strings.Repeat("a", 2028), "HTTPS://EXAMPLE.com", "https://ex%41mple.com/%41%zz", "https://ä.example/ä?ä#ä", "https://[::1]:80/",
		"https://[fe80::1%25eth0]/", "https://example.com:/", "https://example.com:99999/", "https://example.com/%2f%2F/../.", example + "?a b&c=\"<>`{|}^\\",
		example + "?a=1;b=2", example + "a b\"<>`{|}^\\", example + "#a b\"<>`{|}^\\#", example + "\u0085\u2028?\u0085\u2028#\u2028", "https://example.com//evil", "https://example.com/?#",
		"https://*.example/", "https://a_b.example/", "https://exa<mple>/", "https://exa\"mple/", "https://!$&'()*+,;=/", "http://%41/", "http://a%2fb/",
	} {
		all = append(all, `{"url": `+quoted(u)+`, "slug": "made"}`)
	}
	for _, text := range []string{
		strings.Repeat("ä", 200), strings.Repeat("🐿", 200), strings.Repeat("🐿", 201), "<script>&amp;</script>", "\u2028\u2029", " spaces ", "\u202ebackwards", "\u200b", "\ufeff", "\ufffd", "",
	} {
		with("title", quoted(text))
		with("metadata", quoted(text))
		with("tags", "["+quoted(text)+"]")
		with("tags", "["+quoted(string([]rune(text + " ")[:min(len([]rune(text)), 40)]))+", "+quoted(" a ")+`, "A"]`)
	}
	for _, half := range []string{`\ud800`, `\uDC00`, `\ud800\ud800`, `\udc00\ud800`, `\ud800x`, `\\\ud800`} {
		with("title", `"`+half+`"`)
		with("metadata", `{"`+half+`": 1}`)
		with("tags", `["`+half+`"]`)
	}
	for _, whole := range []string{`\ud83d\udc3f`, `\uD83D\uDC3F`, `\\ud800`, `\u00e4\n\/`} {
		with("title", `"`+strings.ReplaceAll(whole, `\n`, "")+`"`)
		with("metadata", `["`+whole+`"]`)
	}
	deep := func(n int) string { return strings.Repeat(`[`, n) + strings.Repeat(`]`, n) }
	for _, document := range []string{
		`null`, ` null `, `true`, `0`, `-0`, `1e400`, `-1e400`, `[1e400]`, `{"a": {"b": 1E+400}}`, `1e308`, `1.8e308`, `1e-400`, `1E5`, `1.000`, strings.Repeat("9", 308), strings.Repeat("9", 400),
		`0.` + strings.Repeat("1", 5000), `9007199254740993`, `"\u0000"`, `{"\u0000": "\u0000"}`, `{"a": 1, "a": 2}`, `{"a": 1, "\u0061": 2}`, `{"": ""}`, `NaN`, `Infinity`, `'a'`, `{a: 1}`, `[1,]`, `01`, `0x1`,
		deep(31), deep(32), deep(900), `{"z": 1, "a": {"c": [1, 2.50, "x"], "b": null}}`, `"` + strings.Repeat("<", 8190) + `"`, `"` + strings.Repeat("<", 8191) + `"`,
		`"` + strings.Repeat(`\u003c`, 8190) + `"`, `"` + strings.Repeat("\u2028", 2000) + `"`, `"` + strings.Repeat("\u007f", 3000) + `"`, `[` + strings.Repeat(" ", 20_000) + `]`, `"` + strings.Repeat(`\u0001`, 1365) + `"`,
	} {
		with("metadata", document)
	}
	for _, n := range []string{"1", "9007199254740992", "9007199254740993", "1e2", "1.0", "-0", "0", "1e400", "null", `"1"`} {
		with("max_clicks", n)
	}
	for _, v := range []string{"true", "false", "null", "0", `"true"`} {
		with("is_active", v)
	}
	for _, slug := range []string{`""`, `null`, `"MADE"`, `"---"`, `"___"`, `"Api"`, `"` + strings.Repeat("a", 64) + `"`, `"a\u0000b"`} {
		all = append(all, `{"url": "https://example.com/", "slug": `+slug+`}`)
	}
	return all
}

// TestRoundTrips: what is answered is what is stored, and it is taken back.
func TestRoundTrips(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *service) {
		taken := 0
		for _, body := range bodies() {
			t.Run(fmt.Sprintf("%.80s", body), func(t *testing.T) {
				s := &service{TB: t, db: s.db, handler: s.handler, token: s.token}
				if link, ok := s.answered(s.do("POST", "/api/links", body)); ok {
					s.roundTrips(link)
					taken++
				}
			})
		}
		if taken < 60 {
			t.Errorf("only %d are taken", taken)
		}
	})
}

// TestTakenBackLater: a link is taken back also when its time has passed.
func TestTakenBackLater(t *testing.T) {
	s := newService(t)
	s.create(`{"url": "https://example.com", "slug": "abc", "expires_at": "2999-01-01T00:00:00Z"}`)
	if _, err := s.db.ExecContext(t.Context(), "UPDATE links SET expires_at = 1000000000"); err != nil {
		t.Fatal(err)
	}
	link, _ := s.answered(s.do("GET", "/api/links/abc", ""))
	changed, taken := s.answered(s.do("PATCH", "/api/links/abc", settable(link)))
	if diff := differ(link, changed); !taken || diff != "" {
		t.Error(diff)
	}
	s.want(http.StatusUnprocessableEntity, s.do("PATCH", "/api/links/abc", `{"expires_at": "2001-09-09T01:46:41Z"}`), nil)
}

// FuzzRoundTrips sends bodies of whatever kind.
func FuzzRoundTrips(f *testing.F) {
	for _, body := range bodies() {
		f.Add(body)
	}
	for _, at := range times {
		f.Add(`{"url": "https://example.com/", "expires_at": ` + at + `}`)
	}
	s := newService(f)
	f.Fuzz(func(t *testing.T, body string) {
		of := &service{TB: t, db: s.db, handler: links.Handler(s.db, links.Options{Log: warnings(t), Limiter: links.NewLimiter(nil)}), token: s.token}
		r := of.do("POST", "/api/links", body)
		if r.StatusCode == http.StatusConflict {
			return
		}
		if link, ok := of.answered(r); ok {
			of.roundTrips(link)
		}
	})
}

// values are what filters are given.
var values = []string{
	"", "x", "*", "**", "%", "_", "\\", "'", "\"", "\x00", "x\x00", "\x00no such", "a*\x00*", strings.Repeat("*a", 40), strings.Repeat("a", 3000), "null", "true", "false", "not.null", "unknown",
	"0", "-1", "1e2", "1e400", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "0x10", "1.5", "NaN", "Inf", "٣", "+1", " 1", "(", ")", "()", "(1)", "(1,", "(1,2)", "(,)", `("a","b")`, `("a`, "(((1)))",
	"2026-01-01", "9999-12-31T23:59:59-23:59", "10000-01-01", "2026-01-01T00:00:00.123456789Z", "\u202e", "\ufeff", "ſ", "ä", "Ä", "\U0010ffff", "x;DROP TABLE links", "(select 1)", "{}", "[]",
}

// TestHostileFilters: each operator of each column, and some that there are not,
// with each value: an answer or a refusal, and never more than is there.
func TestHostileFilters(t *testing.T) {
	columns := []string{"slug", "url", "host", "title", "is_active", "max_clicks", "click_count", "expires_at", "created_at", "id", "user_id", "metadata", "nothing", "or", "and", "order", "limit", "offset", "cursor", "select", "tag", "q"}
	operators := []string{"eq.", "neq.", "gt.", "gte.", "lt.", "lte.", "like.", "ilike.", "in.", "is.", "not.eq.", "not.in.", "not.like.", "not.is.", "not.not.eq.", "fts.", "cs.", "any.", ".", ""}
	onBothEngines(t, func(t *testing.T, s *service) {
		s.create(`{"url": "https://example.com/x", "slug": "xxx", "title": "x", "max_clicks": 2, "expires_at": "2999-01-01T00:00:00Z"}`)
		i := 0
		for _, column := range columns {
			for _, o := range operators {
				for _, v := range values {
					if i++; s.slow() && i%31 != 0 {
						continue
					}
					r := s.do("GET", "/api/links?"+column+"="+url.QueryEscape(o+v), "")
					out, taken := s.answered(r)
					if !taken {
						continue
					}
					if found := len(out["links"].([]any)); fmt.Sprint(out["total"]) != fmt.Sprint(found) {
						t.Errorf("%s=%s%q: %d links of %v", column, o, v, found, out["total"])
					} else if found > 0 && strings.Contains(v, "\x00") && !strings.Contains(o, "not") && !slices.Contains([]string{"neq.", "gt.", "gte.", "lt.", "lte."}, o) {
						t.Errorf("%s=%s%q finds what has no NUL", column, o, v)
					}
				}
			}
		}
	})
}

// TestHostileCursors: a cursor that is altered is refused.
func TestHostileCursors(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *service) {
		for i := range 3 {
			s.create(fmt.Sprintf(`{"url": "https://example.com/", "slug": "link-%d", "expires_at": "2999-01-01T00:00:0%dZ"}`, i, i))
		}
		out, _ := s.answered(s.do("GET", "/api/links?order=expires_at,slug&limit=1", ""))
		cursor := out["next"].(string)
		ask := func(cursor string) (status int) {
			r := s.do("GET", "/api/links?order=expires_at,slug&limit=1&cursor="+url.QueryEscape(cursor), "")
			s.answered(r)
			return r.StatusCode
		}
		if status := ask(cursor); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		for i := range cursor {
			others := []string{"A", "", "_", "=", "\x00", "ä"}
			if s.slow() {
				others = others[:1]
			}
			for _, c := range others {
				altered := cursor[:i] + c + cursor[i+1:]
				if status := ask(altered); status != http.StatusBadRequest && altered != cursor {
					t.Errorf("%q instead of %q: status %d", altered, cursor, status)
				}
			}
			if i == 0 || s.slow() {
				continue
			}
			if status := ask(cursor[:i]); status != http.StatusBadRequest {
				t.Errorf("%d bytes of it: status %d", i, status)
			}
		}
	})
}

// TestHostileChanges: each member of a PATCH, with a value of each kind.
func TestHostileChanges(t *testing.T) {
	kinds := []string{
		"null", "true", "false", "0", "-1", "1.5", "1e400", `""`, `"x"`, `"\u0000"`, "[]", "{}", "[null]", `[""]`, `[1]`, `[[]]`, `{"a": null}`, `"` + strings.Repeat("x", 60_000) + `"`,
		`["` + strings.Repeat(`x", "`, 11) + `"]`, "9223372036854775808", `"2999-01-01T00:00:00Z"`, `"https://example.com/"`,
	}
	onBothEngines(t, func(t *testing.T, s *service) {
		s.create(`{"url": "https://example.com/", "slug": "abc"}`)
		for _, member := range append(slices.Clone(writable), "id", "user_id", "host", "click_count", "created_at", "", "URL", "nothing") {
			for i, value := range kinds {
				if s.slow() && i%3 > 0 {
					continue
				}
				slug := "abc"
				changed, taken := s.answered(s.do("PATCH", "/api/links/abc", `{"`+member+`": `+value+`}`))
				if taken {
					slug = changed["slug"].(string)
					s.want(http.StatusOK, s.do("PATCH", "/api/links/"+slug, settable(changed)), &struct{}{})
					s.want(http.StatusOK, s.do("PATCH", "/api/links/"+slug, `{"slug": "abc"}`), &struct{}{})
				}
				s.want(http.StatusOK, s.do("GET", "/api/links/abc", ""), &struct{}{})
			}
		}
		for _, target := range []string{"/api/users", "/api/tokens"} {
			for _, member := range []string{"email", "name", "label", "scope", "id"} {
				for i, value := range kinds {
					if s.slow() && i%5 > 0 {
						continue
					}
					for _, other := range []string{`"email": "eve@example.com"`, `"label": "l"`} {
						if strings.Contains(other, member) {
							other = `"name": null`
						}
						s.answered(s.do("POST", target, `{`+other+`, "`+member+`": `+value+`}`))
					}
				}
			}
		}
		s.want(http.StatusOK, s.do("GET", "/api/tokens", ""), &struct{}{})
	})
}

// TestHostileQueries: a query string that cannot be read is not taken for another.
func TestHostileQueries(t *testing.T) {
	s := newService(t)
	s.create(`{"url": "https://example.com/", "slug": "abc"}`)
	for _, target := range []string{"/api/top", "/api/links/abc/stats"} {
		for _, query := range []string{"days=1;days=2", "days=1&days=2", "days=%zz", "days=%ff", "days=\x7f", "days=1%00"} {
			r := s.do("GET", target+"?"+strings.ReplaceAll(query, "\x7f", "%7f"), "")
			if _, taken := s.answered(r); taken {
				t.Errorf("%s?%s is taken", target, query)
			}
		}
	}
	for _, query := range []string{"q=%00", "q=%00none", "q=exam%00", "tag=%00"} {
		if _, taken := s.answered(s.do("GET", "/api/links?"+query, "")); taken {
			t.Errorf("%s is taken", query)
		}
	}
}
