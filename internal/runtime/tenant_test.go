package drey_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/Masterminds/squirrel"
	"github.com/google/go-cmp/cmp"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
)

// The links have tenants, their users. A link leads to the one whose id is its number of
// clicks, whose ever that is.
var (
	ownedRelation = func() *drey.Relation {
		r := *fixture.LinksRelation
		r.Tenant = []uint16{1}
		return drey.Number(&r)
	}()
	owned = fixture.LinksTable{
		ID: drey.NewNumberColumn[inLinks, int64](ownedRelation, 0), UserID: drey.NewNumberColumn[inLinks, int64](ownedRelation, 1),
		Slug: drey.NewTextColumn[inLinks](ownedRelation, 2), Title: drey.NewNullTextColumn[inLinks](ownedRelation, 3),
		Clicks: drey.NewNumberColumn[inLinks, int64](ownedRelation, 4),
	}
	toNext = drey.NewToOne[inLinks, inLinks](&drey.Route{From: ownedRelation, Key: []uint16{4}, To: ownedRelation, Columns: []uint16{0}},
		func(r *link, to []any) (int64, []any, bool) { return r.Clicks, append(to, r.Clicks), true })
	toBefore = drey.NewToMany[inLinks, inLinks](&drey.Route{From: ownedRelation, Key: []uint16{0}, To: ownedRelation, Columns: []uint16{4}},
		func(r *link, to []any) (int64, []any, bool) { return r.ID, append(to, r.ID), true })
)

func ofUser(user int64) *drey.Scoped[inLinks, link] {
	return drey.NewScoped(ownedRelation, linkFields, owned.UserID.Eq(user))
}

// tenantModel asks at random as the first tenant.
type tenantModel struct{ *rand.Rand }

func (m tenantModel) predicate(depth int) drey.Predicate[inLinks] {
	n := int64(m.IntN(9))
	switch k := m.IntN(12); {
	case k == 0:
		return owned.ID.Eq(n)
	case k == 1:
		return owned.UserID.In(1, 2, 3)
	case k == 2:
		return owned.UserID.NotEq(1)
	case k == 3:
		return owned.Title.IsNull()
	case k == 4:
		return owned.Clicks.Gt(n)
	case k == 5:
		return drey.Native(&ofUser(1).Query, squirrel.Expr("id > ? OR user_id <> 1", n))
	case depth == 0:
		return drey.Predicate[inLinks]{}
	case k == 6:
		return drey.Not(drey.And(m.predicate(depth-1), owned.ID.Gt(-1)))
	case k == 7:
		return drey.Or(m.predicate(depth-1), owned.ID.Gt(n))
	case k == 8:
		return drey.InQuery(owned.Clicks, m.query(depth-1), owned.ID)
	case k == 9:
		return drey.NotInQuery(owned.Clicks, m.query(depth-1), owned.ID)
	case k == 10:
		return drey.Exists(m.query(depth-1), toBefore)
	}
	return drey.CountOf(m.query(depth-1), toNext).Gt(0)
}

// query is any query that begins with the tenant's rows.
func (m tenantModel) query(depth int) *drey.Query[inLinks, link] {
	q := ofUser(1).Where(m.predicate(depth))
	if depth == 0 {
		return q
	}
	switch m.IntN(8) {
	case 0:
		return drey.Union(q, m.query(depth-1)).Where(m.predicate(0))
	case 1:
		return drey.Except(q, m.query(depth-1))
	case 2:
		return drey.UnionAll(q, m.query(depth-1)).Distinct()
	case 3:
		return drey.From(q, squirrel.Select("*").From("links"))
	}
	return q.Where(m.predicate(depth - 1))
}

// ask runs a statement and returns what it says.
func (m tenantModel) ask(ctx context.Context, c drey.Conn) (what string, said any, err error) {
	q := m.query(2)
	ordered := q.OrderBy(owned.ID.Asc())
	number := int64(m.IntN(9))
	at := ofUser(1)
	switch m.IntN(20) {
	case 0:
		said, err = q.Count(ctx, c)
		return "count", said, err
	case 1:
		said, err = q.Exists(ctx, c)
		return "exists", said, err
	case 2:
		said, err = ordered.Limit(2).Offset(1).All(ctx, c)
		return "limit", said, err
	case 3:
		said, err = drey.Pluck(ctx, c, ordered, owned.ID)
		return "pluck", said, err
	case 4:
		said, err = drey.CountBy(q, owned.UserID).OrderBy(drey.Key(owned.UserID).Asc()).All(ctx, c)
		return "groups", said, err
	case 5:
		said, err = drey.Aggregate(ctx, c, q, drey.Sum(owned.Clicks))
		return "sum", said, err
	case 6:
		page, err := at.Where(m.predicate(2)).OrderBy(owned.Clicks.Desc()).Page(ctx, c, "", 2)
		if err != nil {
			return "page", nil, err
		}
		return "page", page.Rows, nil
	case 7:
		rows, total, err := drey.AllAndCount(ctx, c, ordered.Limit(1))
		return "all and count", []any{rows, total}, err
	case 8:
		parents := []link{{ID: 1, Clicks: 2}, {ID: 2, Clicks: 3}, {ID: 3, Clicks: 1}, {ID: 4, Clicks: 4}} // also of others
		found, err := drey.LoadMany(ctx, c, parents, toBefore, ordered)
		return "load many", found, err
	case 9:
		parents := []link{{ID: 1, Clicks: 2}, {ID: 2, Clicks: 3}, {ID: 3, Clicks: 1}, {ID: 4, Clicks: 4}}
		found, err := drey.LoadOne(ctx, c, parents, toNext, q)
		return "load one", found, err
	case 10:
		type tree struct {
			Link   link
			Next   *link
			Before []link
		}
		below := m.query(1).OrderBy(owned.ID.Asc())
		said, err = drey.Select(ordered, func(p *drey.Projection[inLinks], to *tree) {
			drey.ReadRow(p, &at.Query, &to.Link)
			drey.ReadOne(p, toNext, &at.Query, &to.Next)
			drey.ReadMany(p, toBefore, below, &to.Before)
		}).All(ctx, c)
		return "tree", said, err
	case 11:
		said, err = at.Update(owned.Title.Set("changed"), drey.SetTo(owned.Clicks, drey.CountOf(m.query(1), toBefore))).
			Where(m.predicate(1), owned.ID.Gt(-1)).Exec(ctx, c)
		return "update", said, err
	case 12:
		rows, err := at.Update(owned.Title.Set("changed")).Where(m.predicate(2), owned.ID.Gt(-1)).Returning(ctx, c)
		return "update returning", len(rows), err
	case 13:
		said, err = at.Delete().Where(m.predicate(2), owned.ID.Gt(-1)).Exec(ctx, c)
		return "delete", said, err
	case 14:
		said, err = at.Delete().EveryRow().Exec(ctx, c)
		return "delete all", said, err
	case 15:
		said, err = at.Insert(owned.Slug, owned.Clicks, links.Created).Exec(ctx, c, link{Slug: "new", Clicks: number}, link{Slug: "newer", UserID: 1})
		return "insert", said, err
	case 16:
		n := int64(m.IntN(3) + 1)
		_, err = at.Insert(owned.Slug, owned.UserID, links.Created).Exec(ctx, c, link{Slug: "new", UserID: 1}, link{Slug: "newer", UserID: n})
		if n == 1 != (err == nil) || n != 1 && !errors.Is(err, drey.ErrTenant) {
			return "insert of another", nil, fmt.Errorf("wrong: a row of tenant %d: %v", n, err)
		}
		return "insert of another", nil, nil
	case 17:
		said, err = drey.InsertSelect(at.Insert(), m.query(1), drey.SetFrom(owned.Slug, drey.Upper(owned.Slug)), drey.SetFrom(links.Created, links.Created)).Exec(ctx, c)
		return "insert select", said, err
	case 18: // a key that another tenant's row may have
		slug := fmt.Sprintf("slug-%d", m.IntN(8))
		_, err := at.Insert(owned.Slug, owned.Clicks, links.Created).OrUpdate(drey.NewKey[inLinks](2)).Set(owned.Title.Set("taken over")).Exec(ctx, c, link{Slug: slug})
		if err != nil && !errors.Is(err, drey.ErrTenant) {
			return "upsert", nil, err
		}
		return "upsert", nil, nil
	case 19:
		slug := fmt.Sprintf("slug-%d", m.IntN(8))
		rows, err := at.Insert(owned.ID, owned.Slug, links.Created).OrUpdate(drey.NewKey[inLinks](0), owned.Slug, owned.UserID).
			Where(m.predicate(0)).Returning(ctx, c, link{ID: number, Slug: slug + "x"})
		for _, r := range rows {
			if r.UserID != 1 {
				return "upsert by id", nil, fmt.Errorf("wrong: %v is another's", r)
			}
		}
		if err != nil && !errors.Is(err, drey.ErrTenant) {
			return "upsert by id", nil, err
		}
		return "upsert by id", nil, nil
	}
	said, err = ordered.All(ctx, c)
	return "all", said, err
}

// dump is what is stored of the rows of a user, or of all others.
func dump(t *testing.T, c *drey.Client, of drey.Predicate[inLinks]) string {
	t.Helper()
	rows, err := drey.NewScoped(ownedRelation, linkFields, of).OrderBy(owned.ID.Asc()).All(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return text(t, rows)
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestTenant: what a tenant is told, and what becomes of its rows, does not depend on the
// rows of others, and those stay as they are.
func TestTenant(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	ctx := t.Context()
	c := openFixture(t, 0)
	done, different := map[string]int{}, 0
	for range 1500 {
		data, ask := r.Uint64(), r.Uint64()
		var says, keeps [2]string
		for i, alone := range []bool{false, true} {
			rows := rand.New(rand.NewPCG(data, 1))
			if _, err := drey.NewScoped[inLinks](ownedRelation, linkFields).Delete().EveryRow().Exec(ctx, c); err != nil {
				t.Fatal(err)
			}
			for id := range int64(8) {
				l := link{ID: id, UserID: int64(rows.IntN(3)) + 1, Slug: fmt.Sprintf("slug-%d", id), Clicks: int64(rows.IntN(8))}
				if rows.IntN(3) > 0 {
					l.Title = ptr("title")
				}
				if l.UserID == 1 || !alone {
					if _, err := drey.NewScoped[inLinks](ownedRelation, linkFields).Insert().Exec(ctx, c, l); err != nil {
						t.Fatal(err)
					}
				}
			}
			others := dump(t, c, owned.UserID.NotEq(1))
			what, said, err := tenantModel{rand.New(rand.NewPCG(ask, 1))}.ask(ctx, c)
			if err != nil && (!strings.Contains(err.Error(), "UNIQUE") || strings.Contains(err.Error(), "wrong")) {
				t.Fatalf("seed %d: %s: %v", seed, what, err)
			}
			if diff := cmp.Diff(others, dump(t, c, owned.UserID.NotEq(1))); diff != "" {
				t.Fatalf("seed %d: %s has changed rows of others:\n%s", seed, what, diff)
			}
			done[what]++
			if says[i], keeps[i] = text(t, said), dump(t, c, owned.UserID.Eq(1)); strings.HasPrefix(what, "upsert") || err != nil {
				says[i], keeps[i] = "", "" // a key that another tenant has
			}
			if strings.HasPrefix(what, "insert") {
				keeps[i] = "" // SQLite counts the ids of all rows
			}
			if i == 1 && (says[0] != says[1] || keeps[0] != keeps[1]) && (says[0] != "" && says[1] != "") {
				t.Fatalf("seed %d: %s tells of others:\n%s\n%s\n%s\n%s", seed, what, says[0], says[1], keeps[0], keeps[1])
			}
			if i == 1 && says[0] != "[]" && says[0] != "0" && says[0] != "" {
				different++
			}
		}
	}
	if len(done) < 20 || different < 300 {
		t.Errorf("seed %d: %v, of which %d find something", seed, done, different)
	}
}

// A statement of a tenant's is another than that of all, under its own key.
func TestTenantSQL(t *testing.T) {
	at, all := ofUser(7), drey.NewScoped[inLinks](ownedRelation, linkFields)
	for _, tt := range []struct {
		q    squirrel.Sqlizer
		want string
	}{
		{at.Where(owned.ID.Eq(1)), `SELECT "id", "user_id", "slug", "title", "clicks", "score", "created" FROM "links" WHERE "user_id" = ? AND "id" = ? [7 1]`},
		{all.Where(owned.ID.Eq(1)), `SELECT "id", "user_id", "slug", "title", "clicks", "score", "created" FROM "links" WHERE "id" = ? [1]`},
		{at.Update(owned.Clicks.Set(1)).EveryRow(), `UPDATE "links" SET "clicks" = ? WHERE ("user_id" = ?) [1 7]`},
		{at.Delete().Where(owned.ID.Eq(1)), `DELETE FROM "links" WHERE ("user_id" = ? AND "id" = ?) [7 1]`},
	} {
		text, args, err := tt.q.ToSql()
		if got := fmt.Sprint(text, " ", args); err != nil || got != tt.want {
			t.Errorf("%v\ngot  %s\nwant %s", err, got, tt.want)
		}
	}
	text, args, err := at.Insert(owned.Slug).OrUpdate(drey.NewKey[inLinks](2)).ToSql(link{Slug: "a"})
	const want = `INSERT INTO "links" ("slug","user_id") VALUES (?,?) ON CONFLICT ("slug") DO UPDATE SET `
	if err == nil || !errors.Is(err, drey.ErrNoAssignment) {
		t.Errorf("an upsert that updates nothing: %s %v %v", text, args, err)
	}
	text, args, err = at.Insert(owned.Slug, owned.Clicks).OrUpdate(drey.NewKey[inLinks](2)).ToSql(link{Slug: "a"})
	if err != nil || !strings.HasPrefix(text, strings.Replace(want, `"slug",`, `"slug","clicks",`, 1)[:40]) || fmt.Sprint(args) != "[a 0 7 7]" ||
		!strings.Contains(text, `DO UPDATE SET "clicks" = excluded."clicks" WHERE (CASE WHEN "links"."user_id" = ? THEN TRUE ELSE json_extract(`) {
		t.Errorf("%s %v %v", text, args, err)
	}
}

// What would lead out of the tenant is an error before SQLite sees it.
func TestTenantRefused(t *testing.T) {
	c := openFixture(t, 30)
	ctx := t.Context()
	before := dump(t, c, owned.ID.Gt(-1))
	at := ofUser(7)
	for what, err := range map[string]error{
		"set":           second(at.Update(owned.UserID.Set(8)).EveryRow().Exec(ctx, c)),
		"set the same":  second(at.Update(owned.UserID.Set(7)).EveryRow().Exec(ctx, c)),
		"add":           second(at.Update(owned.UserID.Add(1)).EveryRow().Returning(ctx, c)),
		"an expression": second(at.Update(drey.SetTo(owned.UserID, owned.ID)).EveryRow().Exec(ctx, c)),
		"a row":         second(at.Insert().Exec(ctx, c, link{Slug: "a", UserID: 8})),
		"the last row":  second(at.Insert().Exec(ctx, c, link{Slug: "a"}, link{Slug: "b", UserID: 8})),
		"a returned":    second(at.Insert().Returning(ctx, c, link{Slug: "a", UserID: 8})),
		"values":        second(at.Insert(owned.Slug).Values(owned.UserID.Set(8)).Exec(ctx, c, link{Slug: "a"})),
		"a conflict": second(at.Insert(owned.Slug, links.Created).OrUpdate(drey.NewKey[inLinks](2)).Set(owned.UserID.Set(8)).
			Exec(ctx, c, link{Slug: "slug-0006"})),
		"another's key": second(at.Insert(owned.Slug, owned.Clicks, links.Created).OrUpdate(drey.NewKey[inLinks](2)).Exec(ctx, c, link{Slug: "slug-0000"})),
		"selected":      second(drey.InsertSelect(at.Insert(), at.Where(), drey.SetFrom(owned.UserID, owned.ID)).Exec(ctx, c)),
	} {
		if !errors.Is(err, drey.ErrTenant) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, err := range map[string]error{
		"replaced":         second(at.Insert().OrReplace().Exec(ctx, c, link{Slug: "slug-0000"})),
		"selected, values": second(drey.InsertSelect(at.Insert(), at.Where(), drey.SetFrom(owned.Slug, owned.Slug)).Values(owned.UserID.Set(8)).Exec(ctx, c)),
		"no predicate":     second(at.Delete().Exec(ctx, c)),
		"an absent one":    second(at.Delete().Where(drey.Predicate[inLinks]{}).Exec(ctx, c)),
	} {
		if err == nil {
			t.Errorf("%s: it runs", what)
		}
	}
	if diff := cmp.Diff(before, dump(t, c, owned.ID.Gt(-1))); diff != "" {
		t.Error(diff)
	}
}

// A tenant's rows that are deleted by a time are the tenant's as well, and WithDeleted has
// no others.
func TestTenantDeleted(t *testing.T) {
	r := *fixture.LinksRelation
	r.Tenant, r.Upkeep = []uint16{1}, &drey.Upkeep{Deleted: &drey.Stamp{Column: 5, SQL: "1.0"}}
	relation := drey.Number(&r)
	user, id := drey.NewNumberColumn[inLinks, int64](relation, 1), drey.NewNumberColumn[inLinks, int64](relation, 0)
	deleted := drey.NewNullNumberColumn[inLinks, float64](relation, 5)
	of := func(n int64) *drey.ScopedLive[inLinks, link] {
		return drey.NewScopedLive(relation, linkFields, user.Eq(n))
	}
	every := drey.NewScopedLive[inLinks](relation, linkFields).WithDeleted()
	c := openFixture(t, 0)
	ctx := t.Context()
	for i := range int64(4) {
		if _, err := of(i/2+1).Insert(id, links.Slug, links.Created).Exec(ctx, c, link{ID: i, Slug: fmt.Sprint("slug-", i)}); err != nil {
			t.Fatal(err)
		}
	}
	count := func(q *drey.Query[inLinks, link], want int64) {
		t.Helper()
		if n, err := q.Count(ctx, c); err != nil || n != want {
			t.Errorf("%d rows, want %d: %v", n, want, err)
		}
	}
	exec := func(m *drey.Mutation[inLinks, link], want int64) {
		t.Helper()
		if n, err := m.Exec(ctx, c); err != nil || n != want {
			t.Errorf("%d rows changed, want %d: %v", n, want, err)
		}
	}
	exec(of(1).Delete().Where(id.Gte(1)), 1)
	count(of(1).Where(), 1)
	count(of(1).WithDeleted().Where(), 2)
	count(of(2).Where(), 2)
	count(every.Where(deleted.IsNotNull()), 1)
	exec(of(2).Delete().EveryRow(), 2)
	exec(of(1).WithDeleted().Update(deleted.SetNull()).EveryRow(), 2)
	count(every.Where(deleted.IsNull()), 2)
	exec(of(1).WithDeleted().Delete().Where(id.Gte(0)), 2)
	count(every.Where(), 2)
	upsert := func(n int64) error {
		return second(of(n).Insert(id, links.Slug, links.Created).OrUpdate(drey.NewKey[inLinks](0), links.Slug).Exec(ctx, c, link{ID: 2, Slug: "taken"}))
	}
	if err := upsert(1); !errors.Is(err, drey.ErrTenant) {
		t.Errorf("a deleted row of another: %v", err)
	}
	if err := upsert(2); !errors.Is(err, drey.ErrDeleted) {
		t.Errorf("a deleted row: %v", err)
	}
	if _, err := of(1).WithDeleted().Delete().Exec(ctx, c); !errors.Is(err, drey.ErrNoPredicate) {
		t.Errorf("without a predicate: %v", err)
	}
	if _, err := of(2).WithDeleted().Insert().OrReplace().Exec(ctx, c, link{ID: 2, Slug: "x"}); err == nil {
		t.Error("OrReplace of a tenant runs")
	}
}
