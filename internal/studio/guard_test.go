package studio

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Nobody gets in without the token, from another host name or from another page.
func TestGuard(t *testing.T) {
	w := newSite(t, shop, true, Options{})
	session := w.client.Jar.(*jar).cookies[0]
	if session.Value == w.guard.token || !session.HttpOnly || session.SameSite != http.SameSiteStrictMode {
		t.Errorf("%+v", session)
	}
	form := url.Values{"csrf": {w.guard.sign("csrf")}}
	for name, tt := range map[string]struct {
		method, path, host string
		anyone             bool // without the cookie
		header             map[string]string
		form               url.Values
		status             int
	}{
		"own":                    {status: 200},
		"localhost":              {host: "localhost" + strings.TrimPrefix(w.guard.host, "127.0.0.1"), status: 200},
		"rebound":                {host: "evil.example", status: 421},
		"rebound with the port":  {host: "evil.example" + strings.TrimPrefix(w.guard.host, "127.0.0.1"), status: 421},
		"another port":           {host: "127.0.0.1:1", status: 421},
		"no cookie":              {anyone: true, status: 403},
		"no cookie, an asset":    {anyone: true, path: "/assets/studio.css", status: 403},
		"a wrong token":          {anyone: true, path: "/?token=x", status: 403},
		"no token":               {anyone: true, path: "/?token=", status: 403},
		"the token":              {anyone: true, path: "/?token=" + w.guard.token, status: 200},
		"the token, from a mail": {anyone: true, path: "/?token=" + w.guard.token, header: map[string]string{"Sec-Fetch-Site": "cross-site"}, status: 200},
		"another site":           {header: map[string]string{"Sec-Fetch-Site": "cross-site"}, status: 403},
		"another port's page":    {header: map[string]string{"Sec-Fetch-Site": "same-site"}, status: 403},
		"own page":               {header: map[string]string{"Sec-Fetch-Site": "same-origin"}, status: 200},
		"typed":                  {header: map[string]string{"Sec-Fetch-Site": "none"}, status: 200},
		"own form":               {method: "POST", path: "/undo", form: form, header: map[string]string{"Origin": "http://" + w.guard.host}, status: 409},
		"without its token":      {method: "POST", path: "/undo", form: url.Values{}, status: 403},
		"a wrong one":            {method: "POST", path: "/undo", form: url.Values{"csrf": {"x"}}, status: 403},
		"in the address":         {method: "POST", path: "/undo?csrf=" + form.Get("csrf"), form: url.Values{}, status: 403},
		"another origin":         {method: "POST", path: "/undo", form: form, header: map[string]string{"Origin": "http://evil.example"}, status: 403},
		"no origin":              {method: "POST", path: "/undo", form: form, header: map[string]string{"Origin": "null"}, status: 403},
		"another port's form":    {method: "POST", path: "/undo", form: form, header: map[string]string{"Origin": "http://127.0.0.1:1"}, status: 403},
		"another method":         {method: "PUT", path: "/undo", form: form, status: 404},
	} {
		if tt.method == "" {
			tt.method = "GET"
		}
		if tt.path == "" {
			tt.path = "/rows/orders"
		}
		r, err := http.NewRequestWithContext(t.Context(), tt.method, w.url(tt.path), strings.NewReader(tt.form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if tt.form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		for k, v := range tt.header {
			r.Header.Set(k, v)
		}
		if !tt.anyone {
			r.AddCookie(session)
		}
		if tt.host != "" {
			r.Host = tt.host
		}
		client := http.Client{CheckRedirect: w.client.CheckRedirect}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != tt.status {
			t.Errorf("%s: %s", name, answer.Status)
		}
		for header, want := range map[string]string{
			"Access-Control-Allow-Origin": "", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := answer.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q", name, header, got)
			}
		}
		if csp := answer.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; script-src 'self'; ") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s", name, csp)
		}
		if c := answer.Header.Get("Cache-Control"); c != "no-store" {
			t.Errorf("%s: %s", name, c)
		}
	}
}

// What is listened to is loopback, and nothing else.
func TestListen(t *testing.T) {
	l, err := Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if !strings.HasPrefix(l.Addr().String(), "127.0.0.1:") {
		t.Error(l.Addr())
	}
}
