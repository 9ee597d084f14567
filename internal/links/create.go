package links

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/db"
)

// Limits of a link. The database has those of slug and tag, too.
const (
	maxURL      = 2048    // bytes
	maxTitle    = 200     // characters
	maxMetadata = 8 << 10 // bytes
	maxTags     = 10
	maxTag      = 40      // characters
	maxLinkUses = 1 << 53 // what a JSON number holds exactly
)

// What slugs, countries and hosts are made of. Package regexp would be a
// twentieth of the worker, for these few rules.
const (
	digits = "0123456789"
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// madeOf reports whether a text is of so many bytes, all of them in the set.
func madeOf(set, text string, least, most int) bool {
	return least <= len(text) && len(text) <= most && strings.Trim(text, set) == ""
}

// reserved are the slugs that nobody gets, in any case of letters: they are
// paths of the service, or look like them.
var reserved = []string{
	"about", "admin", "api", "assets", "cdn-cgi", "dashboard", "favicon", "health", "healthz", "help", "login", "logout",
	"metrics", "openapi", "privacy", "readyz", "register", "robots", "settings", "signup", "static", "status", "terms",
}

// newLink is the body of a request for a link.
type newLink struct {
	URL       string     `json:"url"`
	Slug      string     `json:"slug"` // random if empty
	Title     *string    `json:"title"`
	Tags      []string   `json:"tags"`
	Metadata  db.JSON    `json:"metadata"`
	MaxClicks *int64     `json:"max_clicks"`
	ExpiresAt *time.Time `json:"expires_at"`
}

// link is an answer: a row with its tags.
type link struct {
	db.Link
	Tags []string `json:"tags"`
}

func (s *server) create(r *http.Request, user int64) (answer, error) {
	var in newLink
	if err := decode(r, &in); err != nil {
		return answer{}, err
	}
	params, err := in.params(time.Now())
	if err != nil {
		return answer{}, err
	}
	params.UserID = user
	for {
		if in.Slug == "" {
			params.Slug = strings.ToLower(rand.Text()[:8])
		}
		created, err := s.insert(r.Context(), params, in.Tags)
		if db.FailureOf(err) == db.UniqueViolation {
			if in.Slug == "" {
				continue // one of 2^40 was taken
			}
			return answer{}, errSlugTaken
		}
		if err != nil {
			return answer{}, err
		}
		return answer{
			status: http.StatusCreated, body: created,
			header: http.Header{"Location": {"/api/links/" + created.Slug}},
		}, nil
	}
}

var errSlugTaken = &problem{Status: http.StatusConflict, Field: "slug", Message: "the slug is taken"}

// insert makes a link with its tags, or nothing.
func (s *server) insert(ctx context.Context, params db.CreateLinkParams, tags []string) (l link, err error) {
	var b db.Batch
	b.Do(func(tx *db.Tx) error {
		_, err := tx.CreateLink(ctx, params)
		return err
	})
	tag(ctx, &b, params.Slug, params.UserID, tags)
	created := reread(ctx, &b, params.Slug, params.UserID)
	if err := b.Run(ctx, s.db); err != nil {
		return l, err
	}
	return created()
}

// tag adds to the batch what puts tags on the link of a slug.
func tag(ctx context.Context, b *db.Batch, slug string, user int64, names []string) {
	for _, name := range names {
		b.Do(func(tx *db.Tx) error { return tx.EnsureTag(ctx, db.EnsureTagParams{Name: name, CreatedBy: &user}) })
		b.Do(func(tx *db.Tx) error { return tx.TagLink(ctx, db.TagLinkParams{Name: name, Slug: slug}) })
	}
}

// params checks the request and turns it into a row.
func (in *newLink) params(now time.Time) (p db.CreateLinkParams, err error) {
	p = db.CreateLinkParams{Slug: in.Slug, Title: in.Title, MaxClicks: in.MaxClicks}
	if p.URL, err = cleanURL(in.URL); err != nil {
		return p, err
	}
	if in.Slug != "" {
		if err := checkSlug(in.Slug); err != nil {
			return p, err
		}
	}
	if in.Title != nil {
		if _, err := cleanText("title", *in.Title, 0, maxTitle); err != nil {
			return p, err
		}
	}
	if p.Metadata, err = cleanMetadata(in.Metadata); err != nil {
		return p, err
	}
	if in.MaxClicks != nil {
		if err := checkMaxClicks(*in.MaxClicks); err != nil {
			return p, err
		}
	}
	if in.ExpiresAt != nil {
		at, err := cleanExpiry(*in.ExpiresAt, now)
		if err != nil {
			return p, err
		}
		p.ExpiresAt = &at
	}
	in.Tags, err = cleanTags(in.Tags)
	return p, err
}

// cleanURL takes absolute URLs of the web, and gives each a path: the column
// host ends at the first slash.
func cleanURL(raw string) (string, error) {
	u, err := url.Parse(raw)
	switch {
	case raw == "":
		return "", invalid("url", "it is missing")
	case len(raw) > maxURL:
		return "", invalid("url", "it is longer than %d bytes", maxURL)
	case err != nil || u.Scheme == "":
		return "", invalid("url", "it is no absolute URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return "", invalid("url", "only http and https can be linked to, not %s", u.Scheme)
	case u.Hostname() == "":
		return "", invalid("url", "it has no host")
	case u.User != nil:
		return "", invalid("url", "it has a user name in it")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String(), nil
}

func isSlug(slug string) bool { return madeOf(lower+upper+digits+"-_", slug, 3, 64) }

func checkSlug(slug string) error {
	if !isSlug(slug) {
		return invalid("slug", "a slug has 3 to 64 letters, digits, hyphens and underscores")
	}
	if slices.Contains(reserved, strings.ToLower(slug)) {
		return invalid("slug", "the slug is reserved")
	}
	return nil
}

// cleanText takes a text of one line.
func cleanText(field, text string, least, most int) (string, error) {
	if n := utf8.RuneCountInString(text); n < least || n > most {
		return "", invalid(field, "it has %d to %d characters", least, most)
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", invalid(field, "it has a control character in it")
	}
	return text, nil
}

// cleanTags drops the spaces around tags and those that are there already.
func cleanTags(names []string) ([]string, error) {
	if len(names) > maxTags {
		return nil, invalid("tags", "a link has at most %d tags", maxTags)
	}
	clean := []string{}
	for _, name := range names {
		name, err := cleanText("tags", strings.TrimSpace(name), 1, maxTag)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(clean, name) {
			clean = append(clean, name)
		}
	}
	return clean, nil
}

// cleanMetadata makes a null of the document one of the column.
func cleanMetadata(document db.JSON) (db.JSON, error) {
	if string(document) == "null" {
		return nil, nil
	}
	if len(document) > maxMetadata {
		return nil, invalid("metadata", "it is larger than %d bytes", maxMetadata)
	}
	return document, nil
}

func checkMaxClicks(n int64) error {
	if n < 1 || n > maxLinkUses {
		return invalid("max_clicks", "a link has 1 to %d clicks", int64(maxLinkUses))
	}
	return nil
}

func cleanExpiry(at, now time.Time) (db.UnixTime, error) {
	if !at.After(now) {
		return db.UnixTime{}, invalid("expires_at", "the time is not in the future")
	}
	return db.Unix(at), nil
}
