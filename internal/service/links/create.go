package links

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// newLink is the body of a request for a link.
type newLink struct {
	URL       string   `json:"url"`
	Slug      string   `json:"slug"` // random if empty
	Title     *string  `json:"title"`
	Tags      []string `json:"tags"`
	Metadata  db.JSON  `json:"metadata"`
	IsActive  *bool    `json:"is_active"` // true if nil
	MaxClicks *int64   `json:"max_clicks"`
	ExpiresAt *instant `json:"expires_at"`
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
		if drey.FailureOf(err) == drey.UniqueViolation {
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
	p.IsActive = in.IsActive
	if p.URL, err = cleanURL(in.URL); err != nil {
		return p, err
	}
	if in.Slug != "" {
		if p.Slug, err = cleanSlug(in.Slug); err != nil {
			return p, err
		}
	}
	if p.Title, err = checked(in.Title, cleanTitle); err != nil {
		return p, err
	}
	if p.Metadata, err = cleanMetadata(in.Metadata); err != nil {
		return p, err
	}
	if p.MaxClicks, err = checked(in.MaxClicks, cleanMaxClicks); err != nil {
		return p, err
	}
	expires, err := checked(in.ExpiresAt, cleanExpiry(now))
	if err != nil {
		return p, err
	}
	p.ExpiresAt = (*db.UnixTime)(expires)
	in.Tags, err = cleanTags(in.Tags)
	return p, err
}

// checked is what check makes of *v, and nil for nil.
func checked[T any](v *T, check func(T) (T, error)) (*T, error) {
	if v == nil {
		return nil, nil
	}
	clean, err := check(*v)
	return &clean, err
}
