package conformance

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strings"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// hostile are texts that some layer might take for others.
var hostile = []string{
	"", "a", "A", "ab", "\x00", "a\x00b", "\x00no such", "AB\x00", "b%", "_", `\`, `a\u0000`, "\ufffd", "\ufffe", "a\uffff", "ä", "Ä", "\u0080", "1", "1.0",
}

// values that a caller sends, and what they must not find.
var hostiles = []Case{
	// SQLite finds what Go finds, by every operator and every text.
	{"hostile texts", func(ctx context.Context, c *db.Client) (any, error) {
		users := make([]db.User, len(hostile))
		for i, text := range hostile {
			users[i] = user(int64(5000+i), fmt.Sprintf("hostile%d@example.com", i))
			users[i].Name = text
		}
		mine := db.Users.Where(db.Users.ID.Gte(5000)).OrderBy(db.Users.ID.Asc())
		if _, err := db.Users.Insert().Exec(ctx, c, users...); err != nil {
			return nil, err
		}
		wrong := []string{}
		for _, text := range hostile {
			lower := func(s string) string { // of ASCII
				return strings.Map(func(r rune) rune {
					if 'A' <= r && r <= 'Z' {
						return r + 'a' - 'A'
					}
					return r
				}, s)
			}
			folded := func(f func(s, t string) bool) func(string) bool {
				return func(name string) bool { return f(lower(name), lower(text)) }
			}
			name := db.Users.Name
			for i, o := range []struct {
				where drey.Predicate[db.UsersSource]
				holds func(name string) bool
			}{
				{name.Eq(text), func(s string) bool { return s == text }},
				{name.NotEq(text), func(s string) bool { return s != text }},
				{name.In(text, "x"), func(s string) bool { return s == text }},
				{name.NotIn(text, "x"), func(s string) bool { return s != text }},
				{name.Gt(text), func(s string) bool { return s > text }},
				{name.Gte(text), func(s string) bool { return s >= text }},
				{name.Lt(text), func(s string) bool { return s < text }},
				{name.Lte(text), func(s string) bool { return s <= text }},
				{name.Between(text, "a"), func(s string) bool { return s >= text && s <= "a" }},
				{name.Contains(text), folded(strings.Contains)},
				{name.HasPrefix(text), folded(strings.HasPrefix)},
				{name.HasSuffix(text), folded(strings.HasSuffix)},
				{drey.Not(name.Contains(text)), func(s string) bool { return !folded(strings.Contains)(s) }},
				{drey.Not(name.HasSuffix(text)), func(s string) bool { return !folded(strings.HasSuffix)(s) }},
			} {
				found, err := mine.Where(o.where).All(ctx, c)
				if err != nil {
					return nil, err
				}
				at := 0
				for _, u := range users {
					there := at < len(found) && found[at].ID == u.ID
					if there {
						at++
					}
					if there != o.holds(u.Name) {
						wrong = append(wrong, fmt.Sprintf("operator %d of %q: %q", i, text, u.Name))
					}
				}
			}
		}
		_, err := db.Users.Delete().Where(db.Users.ID.Gte(5000)).Exec(ctx, c)
		return wrong, err
	}},
	{"Like of a text with a NUL", func(ctx context.Context, c *db.Client) (any, error) {
		if _, err := db.Users.Insert().Exec(ctx, c, db.User{ID: 5000, Email: "a@nul", Name: "ann\x00zoe\\\"", CreatedAt: at(1)}); err != nil {
			return nil, err
		}
		var found []bool
		for _, pattern := range []string{"ann", "ann%", "ann_zoe%", "%ZOE__", `%z%\"`, "%n"} {
			for _, where := range []drey.Predicate[db.UsersSource]{db.Users.Name.Like(pattern), drey.Not(db.Users.Name.Like(pattern))} {
				ok, err := db.Users.Where(db.Users.ID.Eq(5000), where).Exists(ctx, c)
				if err != nil {
					return nil, err
				}
				found = append(found, ok)
			}
		}
		_, err := db.Users.Delete().Where(db.Users.ID.Eq(5000)).Exec(ctx, c)
		return found, err
	}},
	{"a NUL in a pattern", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Users.Delete().Where(db.Users.Name.Like("%\x00no such%")).Exec(ctx, c)
	}},
	{"a NUL in a filter", func(ctx context.Context, c *db.Client) (any, error) {
		_, err := drey.ApplyFilters(db.Users.Where(), drey.NewFilters(db.Users.Name), url.Values{"name": {"like.*\x00zz*"}})
		return nil, err
	}},
	// Whether the engine takes it is its business, but it fails as a filter does.
	{"an integer past 2^53 in a filter", func(ctx context.Context, c *db.Client) (any, error) {
		filters, values := drey.NewFilters(db.Users.ID), url.Values{"id": {"gt.9007199254740993"}}
		var b db.Batch
		q, err := drey.ApplyFilters(db.Users.Where(), filters, values)
		if err != nil {
			return nil, err
		}
		_, counted := q.Count(ctx, c)
		_, paged := drey.PageFiltered(ctx, c, db.Users.Where(), filters.Paged(), values)
		db.InBatch(&b, func(tx *db.Tx) (int64, error) { return q.Count(ctx, tx) })
		var proper []bool
		for _, err := range []error{counted, paged, b.Run(ctx, c)} {
			var wrong drey.FilterErrors
			proper = append(proper, err == nil || errors.As(err, &wrong) && wrong[0].Parameter == "id")
		}
		return fmt.Sprint(proper), nil
	}},
	{"Add up to 2^53 - 1", func(ctx context.Context, c *db.Client) (any, error) {
		_, err := db.Links.Update(db.Links.ClickCount.Set(1<<53-2)).Where(db.Links.ID.Eq(104)).Exec(ctx, c)
		if err != nil {
			return nil, err
		}
		return db.Links.Update(db.Links.ClickCount.Add(1)).Where(db.Links.ID.Eq(104)).Exec(ctx, c)
	}},
	{"Add past 2^53", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Links.Update(db.Links.ClickCount.Add(1)).Where(db.Links.ID.Eq(104)).Exec(ctx, c)
	}},
	{"what Add has left", func(ctx context.Context, c *db.Client) (any, error) {
		n, err := db.Links.Update(db.Links.ClickCount.Set(0)).Where(db.Links.ID.Eq(104), db.Links.ClickCount.Gte(1<<53-1)).Exec(ctx, c)
		return n, err
	}},
	{"NaN in a predicate", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Clicks.Where(db.Clicks.LatencyMS.Eq(math.NaN())).Count(ctx, c)
	}},
	{"NaN in a write", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Clicks.Update(db.Clicks.LatencyMS.Set(math.NaN())).EveryRow().Exec(ctx, c)
	}},
}
