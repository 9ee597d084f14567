package links_test

import (
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// TestPlans: the indexes are there for these queries, and SQLite uses them, in
// the dynamic half through the query that it is made of.
func TestPlans(t *testing.T) {
	s := newService(t)
	type sqlizer interface {
		ToSql() (string, []any, error)
	}
	static := func(text string, args ...any) func() (string, []any, error) {
		return func() (string, []any, error) { return text, args, nil }
	}
	dynamic := func(q sqlizer) func() (string, []any, error) { return q.ToSql }
	since := drey.Unix(now)
	clicks := db.Clicks.Where(db.Clicks.LinkID.Eq(1), db.Clicks.ClickedAt.Gte(since))
	for _, tt := range []struct {
		name  string
		query func() (string, []any, error)
		want  string
	}{
		{"ResolveSlug", static("SELECT id, url FROM live_links WHERE slug = 'x'"), "SEARCH links USING INDEX sqlite_autoindex_links_1 (slug=?)"},
		{"FollowLink", static("INSERT INTO clicks (link_id) SELECT id FROM live_links WHERE slug = 'x' RETURNING (SELECT url FROM links WHERE links.id = clicks.link_id)"), "SEARCH links USING INDEX sqlite_autoindex_links_1 (slug=?)"},
		{"GetAPITokenByHash", static("SELECT * FROM api_tokens WHERE hash = x'00'"), "SEARCH api_tokens USING INDEX sqlite_autoindex_api_tokens_1 (hash=?)"},
		{"DeactivateExpired", static("UPDATE links SET is_active = FALSE WHERE is_active AND expires_at <= unixepoch()"), "SEARCH links USING INDEX links_expiring (expires_at<?)"},
		{"ForgetClicks", static("DELETE FROM clicks WHERE clicks.clicked_at < 1 AND clicks.id IN (SELECT first.id FROM clicks AS first ORDER BY first.id LIMIT 500)"), "SEARCH clicks USING INTEGER PRIMARY KEY (rowid=?)\nLIST SUBQUERY 1\nSCAN first"},
		{"a user's tokens", dynamic(db.APITokens.Where(db.APITokens.UserID.Eq(1)).OrderBy(db.APITokens.RevokedAt.Desc().NullsFirst(), db.APITokens.ID.Desc()).Limit(100)), "SEARCH api_tokens USING INDEX api_tokens_user (user_id=?)"},
		{"a user's links", dynamic(db.TaggedLinks.With("go").Where(db.TaggedLinks.UserID.Eq(1)).OrderBy(db.TaggedLinks.CreatedAt.Desc())), "SEARCH links USING INDEX links_user (user_id=?)"},
		{"links to a host", dynamic(db.Links.Where(db.Links.Host.Eq("x"))), "SEARCH links USING INDEX links_host (host=?)"},
		{"one link's stats", dynamic(db.LinkStats.With(since).Where(db.LinkStats.ID.Eq(1))), "SEARCH clicks USING COVERING INDEX clicks_link (link_id=? AND clicked_at>?)"},
		{"one link's days", dynamic(drey.CountBy(clicks, drey.Truncate(db.Clicks.ClickedAt, drey.Day))), "SEARCH clicks USING COVERING INDEX clicks_link (link_id=? AND clicked_at>?)"},
		{"one link's countries", dynamic(drey.CountBy(clicks, drey.Coalesce(db.Clicks.Country, ""))), "SEARCH clicks USING COVERING INDEX clicks_link (link_id=? AND clicked_at>?)"},
		{"one link's tags", dynamic(db.TagNames.Where(db.TagNames.LinkID.Eq(1))), "SEARCH link_tags USING PRIMARY KEY (link_id=?)"},
		{"the tags of a slug", dynamic(db.TagNames.Where(drey.InQuery(db.TagNames.LinkID, db.Links.Where(db.Links.Slug.Eq("x"), db.Links.UserID.Eq(1)), db.Links.ID))), "SEARCH link_tags USING PRIMARY KEY (link_id=?)"},
		{"one user's trends", dynamic(db.Trending.With(db.TrendingParams{Since: since, Middle: since}).
			Below(db.Trending.WhereClicks(drey.InQuery(db.Clicks.LinkID, db.Links.Where(db.Links.UserID.Eq(1)), db.Links.ID)))), "SEARCH clicks USING COVERING INDEX clicks_link (link_id=? AND clicked_at>?)"},
		{"one user's links ranked", dynamic(db.RankedLinks.Below(db.RankedLinks.WhereLinks(db.Links.UserID.Eq(1)))), "SEARCH links USING INDEX links_user (user_id=?)"},
		{"one user's places", dynamic(db.RankedLinks.Where(db.RankedLinks.UserID.Eq(1))), "SEARCH links USING INDEX links_user (user_id=?)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, args, err := tt.query()
			if err != nil {
				t.Fatal(err)
			}
			rows, err := s.db.DB().QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			var plan []string
			for rows.Next() {
				var id, parent, unused int
				var detail string
				if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
					t.Fatal(err)
				}
				plan = append(plan, detail)
			}
			if got := strings.Join(plan, "\n"); !strings.Contains(got, tt.want) {
				t.Errorf("plan:\n%s\nwanted: %s\nof: %s", got, tt.want, text)
			}
		})
	}
}
