package links

import (
	"embed"
	"net/http"
	"path"
)

// The dashboard is a page over the API: it does not need a build or another
// host. It keeps the token in the tab's sessionStorage, not in a cookie. No
// browser sends that by itself, so no other site can use it, and a service that
// does not know sessions runs anywhere. A script could read it, so only the
// page's own script runs: its policy does not allow inline scripts, other hosts
// or forms.
//
//go:embed dashboard
var dashboard embed.FS

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// asset serves one file of the dashboard.
func asset(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, err := dashboard.ReadFile("dashboard/" + name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", contentTypes[path.Ext(name)])
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-cache")
		w.Write(content) // an error is the client's going away
	})
}

// assets serves the files beside the page.
func assets(w http.ResponseWriter, r *http.Request) { asset(r.PathValue("name")).ServeHTTP(w, r) }
