package studio

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// guard lets in whoever has the token, from a page of studio's own.
type guard struct {
	host    string // 127.0.0.1:4983, as the address has it
	token   string // in the address that is printed
	session string // in the cookie
	secret  []byte // of signatures
	policy  string // Content-Security-Policy
	next    http.Handler
}

func newGuard(host, policy string, next http.Handler) *guard {
	g := &guard{host: host, token: rand.Text(), session: rand.Text(), secret: make([]byte, 32), policy: policy, next: next}
	rand.Read(g.secret)
	return g
}

// cookie has the port in its name, because browsers share cookies among ports.
func (g *guard) cookie() string {
	_, port, _ := strings.Cut(g.host, ":")
	return "drey_studio_" + port
}

// sign is a text with which nobody else comes.
func (g *guard) sign(text string) string {
	m := hmac.New(sha256.New, g.secret)
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// ServeHTTP answers 421 to other hosts, as DNS rebinding names them, 403 without the
// cookie, and 403 to what another page has made the browser send.
func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", g.policy)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	port := strings.TrimPrefix(g.host, "127.0.0.1")
	if r.Host != g.host && r.Host != "localhost"+port {
		http.Error(w, "drey studio answers at http://"+g.host+" alone", http.StatusMisdirectedRequest)
		return
	}
	if r.Method == http.MethodGet && r.URL.Path == "/" && r.URL.Query().Has("token") {
		g.enter(w, r)
		return
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		http.Error(w, "another page has asked for this", http.StatusForbidden)
		return
	}
	if c, err := r.Cookie(g.cookie()); err != nil || !equal(c.Value, g.session) {
		http.Error(w, "open the address that drey studio has printed: it has the token", http.StatusForbidden)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && !g.own(r) {
		http.Error(w, "another page has sent this, or studio was started anew: reload the page", http.StatusForbidden)
		return
	}
	g.next.ServeHTTP(w, r)
}

// enter changes the token for the cookie. The page that it answers leads on: after a
// redirect, a browser that comes from elsewhere would leave the cookie out.
func (g *guard) enter(w http.ResponseWriter, r *http.Request) {
	if !equal(r.URL.Query().Get("token"), g.token) {
		http.Error(w, "the token is not that of this drey studio: open the address that it has printed", http.StatusForbidden)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: g.cookie(), Value: g.session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><title>drey studio</title><a href="/">drey studio</a>`)
}

// own reports whether a form of studio's own has sent a request.
func (g *guard) own(r *http.Request) bool {
	origin, err := url.Parse(r.Header.Get("Origin"))
	if err != nil || r.Header.Get("Origin") != "" && (origin.Scheme != "http" || origin.Host != r.Host) {
		return false
	}
	r.Body = http.MaxBytesReader(nil, r.Body, largestForm)
	if err := r.ParseMultipartForm(1 << 20); err != nil && err != http.ErrNotMultipart {
		return false
	}
	return equal(r.PostFormValue("csrf"), g.sign("csrf"))
}

// largestForm bounds what a form sends, in bytes: a value of a row is in it.
const largestForm = 64 << 20
