package links

import (
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/db"
)

// follow sends the visitor on and counts the click. A click that cannot be
// counted is no reason to keep a visitor waiting.
func (s *server) follow(w http.ResponseWriter, r *http.Request) {
	begin := time.Now()
	w.Header().Set("Cache-Control", "no-store") // or the next click would not come here
	to, err := s.db.ResolveSlug(r.Context(), r.PathValue("slug"))
	if errors.Is(err, sql.ErrNoRows) {
		http.NotFound(w, r)
		return
	}
	if err != nil {
		s.log.ErrorContext(r.Context(), "slug not resolved", "path", r.URL.Path, "error", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	if r.Method == http.MethodGet { // a HEAD is no click
		click := s.click(r, to.ID)
		ms := float64(time.Since(begin)) / float64(time.Millisecond)
		click.LatencyMS = &ms
		if err := s.db.RecordClick(r.Context(), click); err != nil {
			s.log.ErrorContext(r.Context(), "click not recorded", "path", r.URL.Path, "error", err)
		}
	}
	http.Redirect(w, r, to.URL, http.StatusFound)
}

var (
	countryRule = regexp.MustCompile(`^[A-Z]{2}$`)
	hostRule    = regexp.MustCompile(`^[-.0-9_a-z]{1,253}$`)
	botRule     = regexp.MustCompile(`(?i)bot\b|crawler|spider|curl|wget`)
)

// devices tell the kind of device by what stands in its browser's name. The
// first that fits decides: tablets name the same systems as phones do.
var devices = []struct {
	rule *regexp.Regexp
	kind string
}{
	{regexp.MustCompile(`iPad|Tablet|PlayBook|Silk/|Kindle`), "tablet"},
	{regexp.MustCompile(`Mobi|iPhone|iPod|Windows Phone`), "mobile"},
	{regexp.MustCompile(`Android`), "tablet"}, // a phone's says Mobile
	{regexp.MustCompile(`Windows NT|Macintosh|X11|CrOS|Linux`), "desktop"},
	{regexp.MustCompile(``), "other"},
}

// click is what a request tells about the visitor. What it does not tell stays
// NULL.
func (s *server) click(r *http.Request, link int64) db.RecordClickParams {
	agent := r.UserAgent()
	p := db.RecordClickParams{LinkID: link, Visitor: s.visitors.id(s.address(r), agent, time.Now())}
	if s.country != "" {
		if country := strings.ToUpper(r.Header.Get(s.country)); countryRule.MatchString(country) {
			p.Country = &country
		}
	}
	if u, err := url.Parse(r.Referer()); err == nil {
		if host := strings.ToLower(u.Hostname()); hostRule.MatchString(host) {
			p.Referrer = &host
		}
	}
	if agent == "" {
		return p
	}
	bot := botRule.MatchString(agent)
	p.IsBot = &bot
	if bot {
		return p
	}
	for _, d := range devices {
		if d.rule.MatchString(agent) {
			p.Device = &d.kind
			break
		}
	}
	return p
}
