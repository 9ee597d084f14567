package links

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/db"
)

// follow sends the visitor on and counts the click. If the click cannot be
// counted, the visitor is sent on all the same.
func (s *server) follow(w http.ResponseWriter, r *http.Request) {
	if !isSlug(r.PathValue("slug")) { // what many ask for that look for other services
		http.NotFound(w, r)
		return
	}
	to, err := s.target(r)
	if errors.Is(err, sql.ErrNoRows) {
		http.NotFound(w, r)
		return
	}
	if err != nil {
		s.report(r, err, "slug not resolved", "path", r.URL.Path)
		a := failed(r, err)
		maps.Copy(w.Header(), a.header)
		http.Error(w, a.body.(*problem).Message, a.status)
		return
	}
	http.Redirect(w, r, to, http.StatusFound)
}

// target is where the request's slug leads.
func (s *server) target(r *http.Request) (string, error) {
	if r.Method == http.MethodGet { // a HEAD is not a click
		// The visitor waits no longer for the click to be stored than for the rest.
		ctx, cancel := context.WithCancel(r.Context())
		if s.deadline > 0 {
			ctx, cancel = context.WithTimeout(r.Context(), s.deadline/2)
		}
		defer cancel()
		to, err := s.db.FollowLink(ctx, s.click(r))
		if err == nil || errors.Is(err, sql.ErrNoRows) {
			return to, err
		}
		s.report(r, err, "click not recorded", "path", r.URL.Path)
	}
	link, err := s.db.ResolveSlug(r.Context(), r.PathValue("slug"))
	return link.URL, err
}

// bots are in the names of programs that say what they are. Many more end a word
// with "bot".
var bots = []string{"crawler", "spider", "curl", "wget"}

func isBot(agent string) bool {
	agent = strings.ToLower(agent)
	words := strings.FieldsFunc(agent, func(c rune) bool { return !strings.ContainsRune(lower+digits+"_", c) })
	return hasAny(agent, bots) || slices.ContainsFunc(words, func(word string) bool { return strings.HasSuffix(word, "bot") })
}

// devices tell the kind of device by what stands in its browser's name. The
// first that fits decides: tablets name the same systems as phones do.
var devices = []struct {
	kind  db.ClickDevice
	names []string
}{
	{"tablet", []string{"iPad", "Tablet", "PlayBook", "Silk/", "Kindle"}},
	{"mobile", []string{"Mobi", "iPhone", "iPod", "Windows Phone"}},
	{"tablet", []string{"Android"}}, // a phone's says Mobile
	{"desktop", []string{"Windows NT", "Macintosh", "X11", "CrOS", "Linux"}},
	{"other", []string{""}},
}

func hasAny(text string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

// click is what a request tells about the visitor. What it does not tell stays
// NULL.
func (s *server) click(r *http.Request) db.FollowLinkParams {
	agent, now := r.UserAgent(), time.Now()
	p := db.FollowLinkParams{
		Slug: r.PathValue("slug"), Visitor: s.visitors.id(s.address(r), agent, now), Began: float64(now.UnixMilli()),
	}
	if s.country != "" {
		if country := strings.ToUpper(r.Header.Get(s.country)); madeOf(upper, country, 2, 2) {
			p.Country = &country
		}
	}
	if u, err := url.Parse(r.Referer()); err == nil {
		if host := strings.ToLower(u.Hostname()); madeOf(lower+digits+"-._", host, 1, 253) {
			p.Referrer = &host
		}
	}
	if agent == "" {
		return p
	}
	bot := isBot(agent)
	p.IsBot = &bot
	if bot {
		return p
	}
	for _, d := range devices {
		if hasAny(agent, d.names) {
			p.Device = &d.kind
			break
		}
	}
	return p
}
