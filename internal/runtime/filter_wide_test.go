package drey_test

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
)

// TestFilterIntegers: an integer that the engine does not take is an error of the
// filters, with the parameter, however the query runs; one that it takes is not.
func TestFilterIntegers(t *testing.T) {
	ctx := context.Background()
	unsigned := drey.NewOrderedColumn[inLinks, uint64](linksRelation, 4)
	filters := drey.NewFilters(links.ID, links.Clicks, links.Title, links.Score).As("unsigned", unsigned)
	run := map[string]func(*drey.Client, url.Values) error{
		"Page": func(c *drey.Client, v url.Values) error {
			_, err := drey.PageFiltered(ctx, c, links.Where(), filters.Paged(), v)
			return err
		},
		"PageSelected": func(c *drey.Client, v url.Values) error {
			_, err := drey.PageSelected(ctx, c, links.Where(), filters.Paged(), v)
			return err
		},
		"SelectFiltered": func(c *drey.Client, v url.Values) error {
			q, err := drey.SelectFiltered(links.Where(), filters, v)
			if err != nil {
				return err
			}
			_, err = q.All(ctx, c)
			return err
		},
		"a Union": func(c *drey.Client, v url.Values) error {
			q, err := drey.ApplyFilters(links.Where(), filters, v)
			if err != nil {
				return err
			}
			_, err = drey.Union(links.Where(), q).Count(ctx, c)
			return err
		},
	}
	for name, f := range map[string]func(*drey.Client, *drey.Query[inLinks, link]) error{
		"All": func(c *drey.Client, q *drey.Query[inLinks, link]) error { _, err := q.All(ctx, c); return err },
		"First": func(c *drey.Client, q *drey.Query[inLinks, link]) error {
			_, err := q.Offset(0).First(ctx, c)
			return err
		},
		"Count":  func(c *drey.Client, q *drey.Query[inLinks, link]) error { _, err := q.Count(ctx, c); return err },
		"Exists": func(c *drey.Client, q *drey.Query[inLinks, link]) error { _, err := q.Exists(ctx, c); return err },
		"Iter": func(c *drey.Client, q *drey.Query[inLinks, link]) error {
			for _, err := range q.Where(links.ID.Gt(0)).Iter(ctx, c) {
				if err != nil {
					return err
				}
			}
			return nil
		},
	} {
		run[name] = func(c *drey.Client, v url.Values) error {
			q, err := drey.ApplyFilters(links.Where(), filters, v)
			if err != nil {
				return err
			}
			return f(c, q)
		}
	}
	for _, limited := range []bool{false, true} {
		c := openFixture(t, 3)
		if limited {
			c = openBackend(t, drey.Backend{Integers: 1<<53 - 1})
		}
		for query, want := range map[string]string{
			"clicks=lt.9007199254740991":                  "",
			"clicks=gt.-9007199254740991":                 "",
			"title=eq.9007199254740993":                   "",
			"score=lt.9007199254740993":                   "",
			"clicks=lt.9007199254740992":                  `clicks: "9007199254740992" is beyond 9007199254740991`,
			"clicks=gt.-9223372036854775808":              `clicks: "-9223372036854775808" is beyond`,
			"id=in.(1,9007199254740993)":                  `id: "9007199254740993" is beyond`,
			"or=(clicks.eq.1,not.and(id.lt.1e3,id.gt.1))": "is no value of column id",
			"or=(clicks.eq.1,id.gt.-9007199254740993)":    `or: "-9007199254740993" is beyond`,
			"unsigned=eq.9223372036854775808":             "SQLite has no integer as large",
		} {
			values, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			if !limited && strings.Contains(want, "beyond") {
				want = ""
			}
			for name, run := range run {
				err := run(c, values)
				if name == "First" && errors.Is(err, sql.ErrNoRows) {
					err = nil
				}
				var wrong drey.FilterErrors
				switch {
				case want == "" && err != nil:
					t.Errorf("%s of %s: %v", name, query, err)
				case want != "" && (!errors.As(err, &wrong) || !strings.Contains(wrong.Error(), want)):
					t.Errorf("%s of %s: %v, want FilterErrors: %s", name, query, err, want)
				}
			}
		}
	}
}
