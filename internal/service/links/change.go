package links

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

func (s *server) get(r *http.Request, user int64) (answer, error) {
	l, err := s.find(r, r.PathValue("slug"), user)
	return answer{status: http.StatusOK, body: l}, err
}

// find returns the user's link of that slug. It does not find somebody else's.
func (s *server) find(r *http.Request, slug string, user int64) (link, error) {
	var b db.Batch
	found := reread(r.Context(), &b, slug, user)
	if err := b.Run(r.Context(), s.db); err != nil {
		return link{}, err
	}
	return found()
}

// reread adds to the batch what reads the user's link of that slug, with its tags
// in order.
func reread(ctx context.Context, b *db.Batch, slug string, user int64) func() (link, error) {
	l, t := db.Links, db.TagNames
	of := l.Where(l.Slug.Eq(slug), l.UserID.Eq(user))
	row := db.InBatch(b, func(tx *db.Tx) (db.Link, error) { return of.One(ctx, tx) })
	tags := db.InBatch(b, func(tx *db.Tx) ([]string, error) {
		return drey.Pluck(ctx, tx, t.Where(drey.InQuery(t.LinkID, of, l.ID)).OrderBy(t.Name.Asc()), t.Name)
	})
	return func() (found link, err error) {
		found.Link, err = row()
		if errors.Is(err, sql.ErrNoRows) {
			return found, errNoLink
		}
		if err == nil {
			found.Tags, err = tags()
		}
		return found, err
	}
}

// patch is the body of a request to change a link. What is absent stays, what
// is null is taken away.
type patch struct {
	URL       optional[string]   `json:"url"`
	Slug      optional[string]   `json:"slug"`
	Title     optional[string]   `json:"title"`
	Tags      optional[[]string] `json:"tags"`
	Metadata  optional[db.JSON]  `json:"metadata"`
	IsActive  optional[bool]     `json:"is_active"`
	MaxClicks optional[int64]    `json:"max_clicks"`
	ExpiresAt optional[instant]  `json:"expires_at"`
}

type assignment = drey.Assignment[db.LinksSource]

// change does what a PATCH says, all of it or nothing.
func (s *server) change(r *http.Request, user int64) (answer, error) {
	var in patch
	if err := decode(r, &in); err != nil {
		return answer{}, err
	}
	before, err := s.find(r, r.PathValue("slug"), user)
	if err != nil {
		return answer{}, err
	}
	changes, err := in.assignments(before, time.Now())
	if err != nil {
		return answer{}, err
	}
	slug := before.Slug
	ctx := r.Context()
	var b db.Batch
	if len(changes) > 0 {
		b.Do(func(tx *db.Tx) error {
			_, err := db.Links.Update(changes...).Where(db.Links.ID.Eq(before.ID), db.Links.UserID.Eq(user)).Exec(ctx, tx)
			return err
		})
		if in.Slug.given {
			slug = *in.Slug.value
		}
	}
	if in.Tags.given {
		b.Do(func(tx *db.Tx) error {
			_, err := db.LinkTags.Delete().Where(db.LinkTags.LinkID.Eq(before.ID)).Exec(ctx, tx)
			return err
		})
		tag(ctx, &b, slug, user, *in.Tags.value)
	}
	changed := reread(ctx, &b, slug, user)
	if err := b.Run(ctx, s.db); drey.FailureOf(err) == drey.UniqueViolation {
		return answer{}, errSlugTaken
	} else if err != nil {
		return answer{}, err
	}
	after, err := changed()
	return answer{status: http.StatusOK, body: after}, err
}

// assignments checks the patch and turns it into changes of a row.
func (in *patch) assignments(before link, now time.Time) (changes []assignment, err error) {
	for field, null := range map[string]bool{
		"url": in.URL.given && in.URL.value == nil, "slug": in.Slug.given && in.Slug.value == nil,
		"tags": in.Tags.given && in.Tags.value == nil, "is_active": in.IsActive.given && in.IsActive.value == nil,
	} {
		if null {
			return nil, invalid(field, "it cannot be null")
		}
	}
	l := db.Links
	var c changing
	change(&c, in.URL, &before.URL, cleanURL, l.URL.Set, assignment{})
	change(&c, in.Slug, &before.Slug, cleanSlug, l.Slug.Set, assignment{})
	change(&c, in.Title, before.Title, cleanTitle, l.Title.Set, l.Title.SetNull())
	change(&c, in.Metadata, &before.Metadata, cleanMetadata, l.Metadata.Set, l.Metadata.SetNull())
	change(&c, in.IsActive, &before.IsActive, nil, l.IsActive.Set, assignment{})
	change(&c, in.MaxClicks, before.MaxClicks, cleanMaxClicks, l.MaxClicks.Set, l.MaxClicks.SetNull())
	change(&c, in.ExpiresAt, (*instant)(before.ExpiresAt), cleanExpiry(now), setExpiry, l.ExpiresAt.SetNull())
	if in.Tags.given && c.err == nil && !slices.Equal(*in.Tags.value, before.Tags) {
		*in.Tags.value, c.err = cleanTags(*in.Tags.value)
	}
	return c.assignments, c.err
}

func setExpiry(t instant) assignment { return db.Links.ExpiresAt.Set(db.UnixTime(t)) }

// changing is what a patch comes to, up to what is wrong with it.
type changing struct {
	assignments []assignment
	err         error
}

// change checks a member of a patch, and assigns it or NULL. What is stored
// already is not checked again: whatever the service answers it takes back, also
// if a time has passed meanwhile, or if a rule was another one.
func change[T any](c *changing, o optional[T], stored *T, check func(T) (T, error), set func(T) assignment, null assignment) {
	switch {
	case !o.given || c.err != nil:
	case o.value == nil:
		c.assignments = append(c.assignments, null)
	default:
		v := *o.value
		if check != nil && (stored == nil || !reflect.DeepEqual(v, *stored)) {
			v, c.err = check(v)
		}
		c.assignments = append(c.assignments, set(v))
	}
}

// remove deletes a link, and with it its clicks.
func (s *server) remove(r *http.Request, user int64) (answer, error) {
	n, err := db.Links.Delete().
		Where(db.Links.Slug.Eq(r.PathValue("slug")), db.Links.UserID.Eq(user)).
		Exec(r.Context(), s.db)
	if err == nil && n == 0 {
		err = errNoLink
	}
	return answer{status: http.StatusNoContent}, err
}
