package links

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"time"

	"github.com/dreysql/drey/internal/db"
)

func (s *server) get(r *http.Request, user int64) (answer, error) {
	l, err := s.find(r, r.PathValue("slug"), user)
	return answer{status: http.StatusOK, body: l}, err
}

// find is the user's link of that slug. Somebody else's is none.
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
		return db.Pluck(ctx, tx, t.Where(db.InQuery(t.LinkID, of, l.ID)).OrderBy(t.Name.Asc()), t.Name)
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
	URL       optional[string]    `json:"url"`
	Slug      optional[string]    `json:"slug"`
	Title     optional[string]    `json:"title"`
	Tags      optional[[]string]  `json:"tags"`
	Metadata  optional[db.JSON]   `json:"metadata"`
	IsActive  optional[bool]      `json:"is_active"`
	MaxClicks optional[int64]     `json:"max_clicks"`
	ExpiresAt optional[time.Time] `json:"expires_at"`
}

type assignment = db.Assignment[db.LinksSource]

// change does what a PATCH says, all of it or nothing.
func (s *server) change(r *http.Request, user int64) (answer, error) {
	var in patch
	if err := decode(r, &in); err != nil {
		return answer{}, err
	}
	changes, err := in.assignments(time.Now())
	if err != nil {
		return answer{}, err
	}
	before, err := s.find(r, r.PathValue("slug"), user)
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
	if err := b.Run(ctx, s.db); db.FailureOf(err) == db.UniqueViolation {
		return answer{}, errSlugTaken
	} else if err != nil {
		return answer{}, err
	}
	after, err := changed()
	return answer{status: http.StatusOK, body: after}, err
}

// assignments checks the patch and turns it into changes of a row.
func (in *patch) assignments(now time.Time) (changes []assignment, err error) {
	l := db.Links
	for field, null := range map[string]bool{
		"url": in.URL.given && in.URL.value == nil, "slug": in.Slug.given && in.Slug.value == nil,
		"tags": in.Tags.given && in.Tags.value == nil, "is_active": in.IsActive.given && in.IsActive.value == nil,
	} {
		if null {
			return nil, invalid(field, "it cannot be null")
		}
	}
	// A member is checked, and becomes an assignment of its value or of NULL.
	text := func(o optional[string], check func(string) (string, error), set func(string) assignment, null assignment) {
		if err == nil && o.given {
			var v *string
			if v, err = checked(o.value, check); err == nil {
				changes = append(changes, assign(v, set, null))
			}
		}
	}
	text(in.URL, cleanURL, l.URL.Set, assignment{})
	text(in.Slug, func(v string) (string, error) { return v, checkSlug(v) }, l.Slug.Set, assignment{})
	text(in.Title, func(v string) (string, error) { return cleanText("title", v, 0, maxTitle) }, l.Title.Set, l.Title.SetNull())
	if err != nil {
		return nil, err
	}
	if in.Metadata.given {
		document, err := checked(in.Metadata.value, cleanMetadata)
		if err != nil {
			return nil, err
		}
		changes = append(changes, assign(document, l.Metadata.Set, l.Metadata.SetNull()))
	}
	if in.IsActive.given {
		changes = append(changes, l.IsActive.Set(*in.IsActive.value))
	}
	if in.MaxClicks.given {
		n, err := checked(in.MaxClicks.value, func(n int64) (int64, error) { return n, checkMaxClicks(n) })
		if err != nil {
			return nil, err
		}
		changes = append(changes, assign(n, l.MaxClicks.Set, l.MaxClicks.SetNull()))
	}
	if in.ExpiresAt.given {
		at, err := checked(in.ExpiresAt.value, func(at time.Time) (db.UnixTime, error) { return cleanExpiry(at, now) })
		if err != nil {
			return nil, err
		}
		changes = append(changes, assign(at, l.ExpiresAt.Set, l.ExpiresAt.SetNull()))
	}
	if in.Tags.given {
		*in.Tags.value, err = cleanTags(*in.Tags.value)
	}
	return changes, err
}

// checked is what check makes of *v, and nil for nil.
func checked[A, B any](v *A, check func(A) (B, error)) (*B, error) {
	if v == nil {
		return nil, nil
	}
	clean, err := check(*v)
	return &clean, err
}

// assign sets a column to *v, or to NULL.
func assign[T any](v *T, set func(T) assignment, null assignment) assignment {
	if v == nil {
		return null
	}
	return set(*v)
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
