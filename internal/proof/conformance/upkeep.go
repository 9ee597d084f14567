package conformance

import (
	"context"
	"errors"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// kept is a link as if expires_at said since when it is deleted, created_at when it was
// changed, and click_count its version.
type kept struct {
	ID      int64
	Slug    string
	Version int64
	Changed db.UnixTime
	Gone    *db.UnixTime
	UserID  int64
	URL     string
}

type inKept struct{}

var keptRelation = drey.Number(&drey.Relation{
	Name: `"links"`, Columns: []string{`"id"`, `"slug"`, `"click_count"`, `"created_at"`, `"expires_at"`, `"user_id"`, `"url"`},
	Unique: [][]uint16{{0}, {1}}, Key: []uint16{0}, Nullable: []uint16{4},
	Upkeep: &drey.Upkeep{Deleted: &drey.Stamp{Column: 4, SQL: "unixepoch()"}, Updated: &drey.Stamp{Column: 3, SQL: "unixepoch()"}, Version: &drey.Stamp{Column: 2}},
})

func keptFields(r *kept, to []any) []any {
	return append(to, &r.ID, &r.Slug, &r.Version, &r.Changed, &r.Gone, &r.UserID, &r.URL)
}

var (
	keptRows   = drey.NewQuery[inKept](keptRelation, keptFields)
	keptWrites = drey.NewTableWrites[inKept](keptRelation, keptFields)
	keptAll    = drey.NewSoftDelete[inKept](keptRelation, keptFields)

	keptID   = drey.NewNumberColumn[inKept, int64](keptRelation, 0)
	keptSlug = drey.NewTextColumn[inKept](keptRelation, 1)
	keptGone = drey.NewNullOrderedColumn[inKept, db.UnixTime](keptRelation, 4)
	expect   = drey.NewVersionColumn[inKept, int64](keptRelation, 2).Expect
)

// upkeep is soft delete, the time of a change and versions.
var upkeep = []Case{
	{"soft delete", func(ctx context.Context, c *db.Client) (any, error) {
		links := []db.Link{{ID: 9001, UserID: 1, Slug: "kept-1", URL: "https://a.example"}, {ID: 9002, UserID: 1, Slug: "kept-2", URL: "https://b.example"}}
		_, err := db.Links.Insert(db.Links.ID, db.Links.UserID, db.Links.Slug, db.Links.URL).Exec(ctx, c, links...)
		mine := keptSlug.HasPrefix("kept-")
		n, e1 := keptWrites.Delete().Where(mine, keptID.Eq(9001)).Exec(ctx, c)
		again, e2 := keptWrites.Delete().Where(mine, keptID.Eq(9001)).Exec(ctx, c)
		live, e3 := keptRows.Where(mine).Count(ctx, c)
		all, e4 := drey.Pluck(ctx, c, keptAll.WithDeleted().Where(mine).OrderBy(keptID.Asc()), keptID)
		_, met := keptWrites.Insert().OrUpdate(drey.NewKey[inKept](1)).Exec(ctx, c, kept{ID: 9003, Slug: "kept-1", UserID: 1, URL: "https://c.example"})
		back, e5 := keptAll.WithDeleted().Update(keptGone.SetNull()).Where(mine, keptID.Eq(9001)).Returning(ctx, c)
		version := int64(-1)
		if len(back) == 1 {
			version = back[0].Version
		}
		return []any{n, again, live, all, errors.Is(met, drey.ErrDeleted), version}, errors.Join(err, e1, e2, e3, e4, e5)
	}},
	{"versions", func(ctx context.Context, c *db.Client) (any, error) {
		one := keptID.Eq(9001)
		fresh, err := keptWrites.Update(expect(2)).Where(one).Exec(ctx, c)
		_, stale := keptWrites.Update(keptSlug.Set("stale"), expect(2)).Where(one).Exec(ctx, c)
		absent, e := keptWrites.Update(expect(2)).Where(keptID.Eq(-1)).Exec(ctx, c)
		var b drey.Batch
		b.Do(func(tx *drey.Tx) error {
			_, err := keptWrites.Update(expect(99)).Where(one).Exec(ctx, tx)
			return err
		})
		inBatch := b.Run(ctx, c)
		row, e2 := keptRows.Where(one).One(ctx, c)
		// As the generated queries do it.
		_, static := c.ExecContext(ctx, `UPDATE links SET click_count = CASE WHEN click_count = ? THEN click_count + 1 ELSE json_extract('{}', 'drey: stale: somebody has changed it') END WHERE id = ?`, 2, 9001)
		return []any{fresh, errors.Is(stale, drey.ErrStale), absent, errors.Is(inBatch, drey.ErrStale), row.Slug, row.Version, errors.Is(drey.Raised(static), drey.ErrStale)},
			errors.Join(err, e, e2)
	}},
	{"the end of what is kept up", func(ctx context.Context, c *db.Client) (any, error) {
		return keptAll.WithDeleted().Delete().Where(keptSlug.HasPrefix("kept-")).Exec(ctx, c)
	}},
}
