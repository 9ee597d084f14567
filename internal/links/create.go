package links

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/db"
)

// Limits of a link. The database has those of slug and tag, too.
const (
	maxURL   = 2048 // bytes
	maxTitle = 200  // bytes
	maxTags  = 10
	maxTag   = 40 // characters
)

var slugRule = regexp.MustCompile(`^[-0-9A-Z_a-z]{3,64}$`)

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

func (s *server) create(r *http.Request, user int64) (int, any, error) {
	var in newLink
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	params, err := in.params(time.Now())
	if err != nil {
		return 0, nil, err
	}
	params.UserID = user
	var out link
	err = s.db.Tx(r.Context(), func(tx *db.Tx) error {
		if err := chooseSlug(r.Context(), tx, &params.Slug); err != nil {
			return err
		}
		if out.Link, err = tx.CreateLink(r.Context(), params); err != nil {
			return err
		}
		out.Tags, err = tag(r.Context(), tx, out.Link, in.Tags)
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, out, nil
}

// params checks the request and turns it into a row.
func (in *newLink) params(now time.Time) (p db.CreateLinkParams, err error) {
	p = db.CreateLinkParams{Slug: in.Slug, Title: in.Title, Metadata: in.Metadata, MaxClicks: in.MaxClicks}
	if p.URL, err = cleanURL(in.URL); err != nil {
		return p, err
	}
	if in.Slug != "" && !slugRule.MatchString(in.Slug) {
		return p, invalid("slug", "a slug has 3 to 64 letters, digits, hyphens and underscores")
	}
	if in.Title != nil && len(*in.Title) > maxTitle {
		return p, invalid("title", "the title is longer than %d bytes", maxTitle)
	}
	if string(in.Metadata) == "null" {
		p.Metadata = nil
	}
	if in.MaxClicks != nil && *in.MaxClicks < 1 {
		return p, invalid("max_clicks", "a link has one click or more")
	}
	if in.ExpiresAt != nil {
		at := db.Unix(*in.ExpiresAt)
		if !at.After(now) {
			return p, invalid("expires_at", "the time is not in the future")
		}
		p.ExpiresAt = &at
	}
	if len(in.Tags) > maxTags {
		return p, invalid("tags", "more than %d tags", maxTags)
	}
	for i, name := range in.Tags {
		in.Tags[i] = strings.TrimSpace(name)
		if n := utf8.RuneCountInString(in.Tags[i]); n < 1 || n > maxTag {
			return p, invalid("tags", "a tag has 1 to %d characters", maxTag)
		}
	}
	return p, nil
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
	case err != nil || u.Host == "":
		return "", invalid("url", "it is no absolute URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return "", invalid("url", "only http and https can be linked to, not %s", u.Scheme)
	case u.User != nil:
		return "", invalid("url", "it has a user name in it")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String(), nil
}

// chooseSlug makes a random slug where none is given. Transactions begin with
// the write lock, so nobody takes the slug meanwhile.
func chooseSlug(ctx context.Context, tx *db.Tx, slug *string) error {
	given := *slug != ""
	for {
		if !given {
			*slug = strings.ToLower(rand.Text()[:8])
		}
		taken, err := db.Links.Where(db.Links.Slug.Eq(*slug)).Exists(ctx, tx)
		if err != nil || !taken {
			return err
		}
		if given {
			return &problem{Status: http.StatusConflict, Field: "slug", Message: "the slug is taken"}
		}
	}
}

// tag puts tags on a new link and returns all that it has, in order.
func tag(ctx context.Context, tx *db.Tx, l db.Link, names []string) ([]string, error) {
	for _, name := range names {
		t, err := tx.EnsureTag(ctx, db.EnsureTagParams{Name: name, CreatedBy: &l.UserID})
		if err != nil {
			return nil, err
		}
		if err := tx.TagLink(ctx, db.TagLinkParams{LinkID: l.ID, TagID: t.ID}); err != nil {
			return nil, err
		}
	}
	tags, err := tx.ListTagsOfLink(ctx, l.ID)
	if err != nil {
		return nil, err
	}
	have := make([]string, len(tags))
	for i, t := range tags {
		have[i] = t.Name
	}
	return have, nil
}
