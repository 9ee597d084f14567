package conformance

import (
	"context"
	"errors"
	"fmt"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

func user(id int64, email string) db.User {
	return db.User{ID: id, Email: email, Name: fmt.Sprint("user ", id), CreatedAt: at(1)}
}

var writes = []Case{
	{"Insert", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Users.Insert().Exec(ctx, c, user(10, "u10@example.com"), user(11, "u11@example.com"))
	}},
	{"Insert of none", func(ctx context.Context, c *db.Client) (any, error) { return db.Users.Insert().Exec(ctx, c) }},
	{"Insert, Returning", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Users.Insert(db.Users.Email, db.Users.CreatedAt).Returning(ctx, c, user(0, "u12@example.com"), user(0, "u13@example.com"))
	}},
	{"Insert, OrIgnore", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Users.Insert().OrIgnore().Exec(ctx, c, user(10, "u10@example.com"), user(14, "u14@example.com"))
	}},
	{"Insert, OrUpdate", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Users.Insert().OrUpdate(db.Users.KeyEmail, db.Users.Name).Returning(ctx, c, user(99, "u10@example.com"), user(15, "u15@example.com"))
	}},
	// The last of 300 rows has the key of the first: none is left.
	{"Insert that fails", func(ctx context.Context, c *db.Client) (any, error) {
		users := make([]db.User, 300)
		for i := range users {
			users[i] = user(int64(1000+i), fmt.Sprintf("bulk%d@example.com", i))
		}
		users[299].Email = "bulk0@example.com"
		_, err := db.Users.Insert().Exec(ctx, c, users...)
		n, countErr := db.Users.Count(ctx, c)
		return n, errors.Join(err, countErr)
	}},
	{"Insert of 300", func(ctx context.Context, c *db.Client) (any, error) {
		users := make([]db.User, 300)
		for i := range users {
			users[i] = user(int64(1000+i), fmt.Sprintf("bulk%d@example.com", i))
		}
		return db.Users.Insert().Exec(ctx, c, users...)
	}},
	{"Update", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Links.Update(db.Links.ClickCount.Add(5), db.Links.Title.SetNull(), db.Links.Metadata.Set(db.JSON(`[]`)), db.Links.IsActive.SetDefault()).
			Where(db.Links.ID.Between(100, 102)).Exec(ctx, c)
	}},
	{"Update, Returning", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Links.Update(db.Links.MaxClicks.Set(9), db.Links.ExpiresAt.Set(at(3))).Where(db.Links.ID.In(100, 101)).Returning(ctx, c)
	}},
	{"Update of none", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Links.Update(db.Links.MaxClicks.Set(9)).Where(db.Links.ID.Eq(-1)).Exec(ctx, c)
	}},
	{"Update without Where", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Links.Update(db.Links.MaxClicks.Set(9)).Exec(ctx, c)
	}},
	{"Update EveryRow", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Clicks.Update(db.Clicks.LatencyMS.Set(1.0), db.Clicks.Visitor.Set(hash(7)[:16])).EveryRow().Exec(ctx, c)
	}},
	rows("updated clicks", db.Clicks.OrderBy(db.Clicks.ID.Asc())),
	{"Delete", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Users.Delete().Where(db.Users.ID.Gte(1000)).Exec(ctx, c)
	}},
	{"Delete, Returning", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Users.Delete().Where(db.Users.ID.Eq(11)).Returning(ctx, c)
	}},
	{"OrUpdate, Set and Where", func(ctx context.Context, c *db.Client) (any, error) {
		longer := drey.Concat(db.Users.Name, drey.Concat(drey.Of(db.Users.Name, " was "), drey.Excluded(db.Users.Name)))
		insert := db.Users.Insert(db.Users.Email, db.Users.Name, db.Users.CreatedAt).OrUpdate(db.Users.KeyEmail)
		first, err := insert.Set(drey.SetTo(db.Users.Name, longer), drey.SetTo(db.Users.CreatedAt, drey.Excluded(db.Users.CreatedAt))).
			Returning(ctx, c, user(0, "u10@example.com"), user(0, "u16@example.com"))
		n, e := insert.Where(drey.NotEq(db.Users.Name, drey.Excluded(db.Users.Name)), db.Users.ID.Gt(15)).
			Exec(ctx, c, user(1, "u10@example.com"), user(2, "u16@example.com"), user(3, "u17@example.com"))
		return []any{first, n}, errors.Join(err, e)
	}},
	{"OrUpdate, Add and a sum out of range", func(ctx context.Context, c *db.Client) (any, error) {
		insert := db.Links.Insert(db.Links.UserID, db.Links.Slug, db.Links.URL, db.Links.ClickCount).OrUpdate(db.Links.KeySlug)
		l := db.Link{UserID: 1, Slug: "counted", URL: "https://counted.example", ClickCount: 1 << 52}
		_, err := insert.Set(db.Links.ClickCount.Add(1)).Exec(ctx, c, l, l)
		counted, e := drey.Pluck(ctx, c, db.Links.Where(db.Links.Slug.Eq("counted")), db.Links.ClickCount)
		_, tooMuch := insert.Set(drey.SetTo(db.Links.ClickCount, drey.Times(db.Links.ClickCount, drey.Excluded(db.Links.ClickCount)))).Exec(ctx, c, l)
		return []any{counted, errors.Is(tooMuch, drey.ErrOutOfRange)}, errors.Join(err, e)
	}},
	{"Values", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Users.Insert(db.Users.Email, db.Users.Name).Values(
			drey.SetTo(db.Users.Email, drey.Lower(db.Users.Email)), db.Users.CreatedAt.Set(at(5)),
			drey.SetTo(db.Users.Name, drey.Coalesce(drey.Scalar(db.Tags.Name, db.Tags.OrderBy(db.Tags.ID.Asc()), drey.On(db.Tags.Name, db.Users.Name)), "none")),
		).Returning(ctx, c, db.User{Email: "U18@example.com", Name: "news"}, db.User{Email: "u19@example.com"})
	}},
	{"InsertSelect", func(ctx context.Context, c *db.Client) (any, error) {
		into := db.Links.Insert().Values(db.Links.IsActive.Set(false), db.Links.Title.Set("a copy"))
		copied := drey.InsertSelect(into, db.Links.Where(db.Links.ID.Between(100, 104)).OrderBy(db.Links.ID.Desc()),
			drey.SetFrom(db.Links.UserID, db.Links.UserID), drey.SetFrom(db.Links.Slug, drey.Concat(db.Links.Slug, drey.Of(db.Links.Slug, "-copy"))),
			drey.SetFrom(db.Links.URL, drey.Upper(db.Links.URL)), drey.SetFrom(db.Links.ClickCount, drey.Times(db.Links.ClickCount, drey.Of(db.Links.ClickCount, 2))),
			drey.SetFrom(db.Links.CreatedAt, drey.Truncate(db.Links.CreatedAt, drey.Day)), drey.SetFrom(db.Links.MaxClicks, db.Links.MaxClicks))
		n, err := copied.Exec(ctx, c)
		again, e := copied.OrUpdate(db.Links.KeySlug).Set(db.Links.ClickCount.Add(1)).Exec(ctx, c)
		none, e2 := copied.OrIgnore().Exec(ctx, c)
		return []any{n, again, none}, errors.Join(err, e, e2)
	}},
	rows("what InsertSelect has inserted", db.Links.Where(db.Links.Slug.HasSuffix("-copy")).OrderBy(db.Links.ID.Asc())),
	{"a partial unique index", func(ctx context.Context, c *db.Client) (any, error) {
		token := db.APIToken{UserID: 1, Label: "ci", Hash: hash(40), Scope: db.APITokenScopeRead, CreatedAt: at(1)}
		insert := db.APITokens.Insert(db.APITokens.UserID, db.APITokens.Label, db.APITokens.Hash, db.APITokens.CreatedAt)
		first, err := insert.Returning(ctx, c, token)
		token.Hash = hash(41)
		second, e := insert.OrUpdate(db.APITokens.KeyUserIDLabel).Returning(ctx, c, token)
		n, e2 := db.APITokens.Update(db.APITokens.RevokedAt.Set(at(2))).Where(db.APITokens.Label.Eq("ci")).Exec(ctx, c)
		token.Hash = hash(42)
		third, e3 := insert.OrUpdate(db.APITokens.KeyUserIDLabel).Returning(ctx, c, token)
		return []any{first, second, n, third}, errors.Join(err, e, e2, e3)
	}},
	{"ReturningInto", func(ctx context.Context, c *db.Client) (any, error) {
		type entry struct {
			Slug string
			Day  db.UnixTime
			N    int64
		}
		read := func(p *drey.Projection[db.LinksSource], to *entry) {
			drey.ReadInto(p, db.Links.Slug, &to.Slug)
			drey.ReadInto(p, drey.Truncate(db.Links.CreatedAt, drey.Day), &to.Day)
			drey.ReadInto(p, drey.CountOf(db.Clicks.Where(), drey.On(db.Clicks.LinkID, db.Links.ID)), &to.N)
		}
		l := db.Link{UserID: 1, Slug: "returned", URL: "https://returned.example", CreatedAt: at(30)}
		inserted, err := drey.ReturningInto(ctx, c, db.Links.Insert(db.Links.UserID, db.Links.Slug, db.Links.URL, db.Links.CreatedAt), read, l)
		updated, e := drey.ReturningInto(ctx, c, db.Links.Update(db.Links.ClickCount.Add(1)).Where(db.Links.Slug.Eq("returned")), read)
		deleted, e2 := drey.ReturningInto(ctx, c, db.Links.Delete().Where(db.Links.Slug.In("returned", "counted")), read)
		return []any{inserted, updated, len(deleted)}, errors.Join(err, e, e2)
	}},
	{"Delete of copies", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Links.Delete().Where(db.Links.Slug.HasSuffix("-copy")).Exec(ctx, c)
	}},
	// A trigger counts the click: the statement itself has inserted one row.
	{"a trigger's rows are not counted", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Clicks.Insert(db.Clicks.LinkID, db.Clicks.ClickedAt).Exec(ctx, c, db.Click{LinkID: 103, ClickedAt: at(12)})
	}},
	rows("what the trigger did", db.Links.Where(db.Links.ID.Eq(103))),
}

var batches = []Case{
	{"Batch", func(ctx context.Context, c *db.Client) (any, error) {
		var b db.Batch
		tag := db.InBatch(&b, func(tx *db.Tx) (db.Tag, error) {
			return tx.CreateTag(ctx, db.CreateTagParams{Name: "batch", CreatedBy: new(int64(1))})
		})
		n := db.InBatch(&b, func(tx *db.Tx) (int64, error) {
			return db.Links.Update(db.Links.ClickCount.Add(1)).Where(db.Links.ID.Lt(105)).Exec(ctx, tx)
		})
		found := db.InBatch(&b, func(tx *db.Tx) ([]db.Link, error) { return db.Links.Where(db.Links.ID.Eq(104)).All(ctx, tx) })
		none := db.InBatch(&b, func(tx *db.Tx) (db.User, error) { return tx.GetUser(ctx, 99) })
		b.Do(func(tx *db.Tx) error { return tx.TagLink(ctx, db.TagLinkParams{Slug: "many-04", Name: "news"}) })
		tags := db.InBatch(&b, func(tx *db.Tx) ([]db.TagNamesRow, error) {
			return db.TagNames.Where(db.TagNames.LinkID.Eq(104)).All(ctx, tx)
		})
		err := b.Run(ctx, c)
		var out []any
		if err == nil {
			t, e1 := tag()
			rows, e2 := n()
			l, e3 := found()
			_, e4 := none()
			ts, e5 := tags()
			out = append(out, t, rows, l, drey.FailureOf(e4), ts)
			err = errors.Join(e1, e2, e3, e5)
		}
		return out, err
	}},
	{"Batch that fails", func(ctx context.Context, c *db.Client) (any, error) {
		var b db.Batch
		b.Do(func(tx *db.Tx) error {
			_, err := tx.CreateTag(ctx, db.CreateTagParams{Name: "left behind"})
			return err
		})
		b.Do(func(tx *db.Tx) error {
			_, err := tx.CreateTag(ctx, db.CreateTagParams{Name: "BATCH"})
			return err
		})
		b.Do(func(tx *db.Tx) error { return tx.TagLink(ctx, db.TagLinkParams{Slug: "many-00", Name: "news"}) })
		err := b.Run(ctx, c)
		tags, listErr := c.ListTags(ctx)
		links, countErr := c.CountLinkTags(ctx)
		return []any{tags, links}, errors.Join(err, listErr, countErr)
	}},
	{"Batch of none", func(ctx context.Context, c *db.Client) (any, error) {
		var b db.Batch
		return nil, b.Run(ctx, c)
	}},
	{"Batch with a bulk write", func(ctx context.Context, c *db.Client) (any, error) {
		var b db.Batch
		n := db.InBatch(&b, func(tx *db.Tx) (int64, error) {
			users := make([]db.User, 70)
			for i := range users {
				users[i] = user(int64(2000+i), fmt.Sprintf("batch%d@example.com", i))
			}
			return db.Users.Insert().Exec(ctx, tx, users...)
		})
		if err := b.Run(ctx, c); err != nil {
			return nil, err
		}
		return n()
	}},
}
