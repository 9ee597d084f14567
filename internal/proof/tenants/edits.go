// Package tenants turns options.drey.tenant on for a copy of the reference project, whose
// links and tokens belong to users, and takes its checks away one by one.
//
// What the queries say is looked at in any case. Without -short the copy is generated,
// compiled and attacked as well, by the table of attempts of internal/service/links: that
// takes minutes.
package tenants

import (
	"fmt"
	"strings"
)

// columns are those of the option.
var columns = map[string]string{"links": "user_id", "api_tokens": "user_id"}

const option = "tenant: [links.user_id, api_tokens.user_id]"

// edit changes a part of a file, wherever it is in it.
type edit struct{ file, from, to string }

// in returns the text with the change.
func (e edit) in(text string) (string, error) {
	if !strings.Contains(text, e.from) {
		return "", fmt.Errorf("%s does not have %q", e.file, e.from)
	}
	return strings.ReplaceAll(text, e.from, e.to), nil
}

const (
	visitor = "-- drey:allow tenant: a visitor follows a link, whose ever it is\n"
	links   = "internal/service/links/"
)

// queries are what the project's queries say more than before.
var queries = []edit{
	{"sql/clicks.sql", "-- name: FollowLink :one\n", "-- name: FollowLink :one\n" + visitor},
	{"sql/clicks.sql", "-- name: RecordClick :execrows\n", "-- name: RecordClick :execrows\n" + visitor},
	{"sql/links.sql", "-- name: ResolveSlug :one\n", "-- name: ResolveSlug :one\n" + visitor},
	{"sql/links.sql", "-- name: DeactivateExpired :execrows\n", "-- name: DeactivateExpired :execrows\n-- drey:allow tenant: the sweep is of all links\n"},
	{"sql/links.sql", "WHERE CAST(@tag AS TEXT) = '' OR EXISTS (\n", "WHERE links.user_id = @user_id AND (CAST(@tag AS TEXT) = '' OR EXISTS (\n"},
	{"sql/links.sql", "AND tags.name = @tag\n);", "AND tags.name = @tag\n));"},
	{"sql/stats.sql", "GROUP BY links.id;", "WHERE links.user_id = @user_id\nGROUP BY links.id;"},
	{"sql/stats.sql", "JOIN links ON links.id = counted.link_id;", "JOIN links ON links.id = counted.link_id AND links.user_id = @user_id;"},
	{"sql/stats.sql", "WHERE /* drey:where links */ TRUE;", "WHERE user_id = @user_id AND /* drey:where links */ TRUE;"},
	{"sql/tags.sql", "WHERE links.slug = @slug\n", "WHERE links.slug = @slug AND links.user_id = @user_id\n"},
	{"sql/tokens.sql", "WHERE id = @id AND COALESCE", "WHERE id = @id AND user_id = @user_id AND COALESCE"},
	{"sql/tokens.sql", "-- name: GrantToken :exec\n", "-- name: TokenByHash :one\n-- drey:allow tenant: whose the request is, its token says\n" +
		"SELECT * FROM api_tokens\nWHERE hash = @hash;\n\n-- name: GrantToken :exec\n-- drey:allow tenant: the user of that address is being created\n"},
}

// service is what the service says otherwise. The checks that it made itself are gone.
var service = []edit{
	{links + "auth.go", "s.db.GetAPITokenByHash(", "s.db.TokenByHash("},
	{links + "auth.go", "s.db.UseToken(r.Context(), use.ID)", "s.db.UseToken(r.Context(), db.UseTokenParams{ID: use.ID, UserID: use.UserID})"},
	{links + "change.go", "of := l.Where(l.Slug.Eq(slug), l.UserID.Eq(user))", "of := l.Of(user).Where(l.Slug.Eq(slug))"},
	{links + "change.go", "db.Links.Update(changes...).Where(db.Links.ID.Eq(before.ID), db.Links.UserID.Eq(user))", "db.Links.Of(user).Update(changes...).Where(db.Links.ID.Eq(before.ID))"},
	{links + "change.go", "db.Links.Delete().\n\t\tWhere(db.Links.Slug.Eq(r.PathValue(\"slug\")), db.Links.UserID.Eq(user)).", "db.Links.Of(user).Delete().\n\t\tWhere(db.Links.Slug.Eq(r.PathValue(\"slug\")))."},
	{links + "create.go", "db.TagLinkParams{Name: name, Slug: slug}", "db.TagLinkParams{Name: name, Slug: slug, UserID: user}"},
	{links + "list.go", "found := db.Links.Where(db.Links.UserID.Eq(user))", "found := db.Links.Of(user).Where()"},
	{links + "server.go", "\t_, err := db.Links.Limit(1)", "\t// @every-tenant whether there is a link at all, whose ever it is\n\t_, err := db.Links.OfEveryTenant().Limit(1)"},
	{links + "stats.go", "db.Links.Where(db.Links.Slug.Eq(r.PathValue(\"slug\")), db.Links.UserID.Eq(user))", "db.Links.Of(user).Where(db.Links.Slug.Eq(r.PathValue(\"slug\")))"},
	{links + "stats.go", "\tmine := db.Links.UserID.Eq(user)\n", "\tvar tagged drey.Predicate[db.LinksSource]\n"},
	{links + "stats.go", "mine = drey.And(mine, drey.InQuery(db.Links.ID, db.TagNames.Where(db.TagNames.Name.Eq(tag)), db.TagNames.LinkID))", "tagged = drey.InQuery(db.Links.ID, db.TagNames.Where(db.TagNames.Name.Eq(tag)), db.TagNames.LinkID)"},
	{links + "stats.go", "db.RankedLinks.Below(db.RankedLinks.WhereLinks(mine))", "db.RankedLinks.With(user).Below(db.RankedLinks.WhereLinks(tagged))"},
	{links + "stats.go", "db.TrendingParams{Since: since, Middle: middle}", "db.TrendingParams{UserID: user, Since: since, Middle: middle}"},
	{links + "stats.go", "db.Links.Where(mine)", "db.Links.Of(user).Where(tagged)"},
	{links + "tokens.go", "chosen := t.Where(t.UserID.Eq(user)).OrderBy", "mine := t.Of(user)\n\tchosen := mine.OrderBy"},
	{links + "tokens.go", "tokens, err := t.Where(", "tokens, err := mine.Where("},
	{links + "tokens.go", "db.APITokens.Where(db.APITokens.UserID.Eq(user), db.APITokens.RevokedAt.IsNull())", "db.APITokens.Of(user).Where(db.APITokens.RevokedAt.IsNull())"},
	{links + "tokens.go", "t.Update(t.RevokedAt.Set(drey.Unix(time.Now()))).\n\t\tWhere(t.ID.Eq(id), t.UserID.Eq(user), t.RevokedAt.IsNull())", "t.Of(user).Update(t.RevokedAt.Set(drey.Unix(time.Now()))).\n\t\tWhere(t.ID.Eq(id), t.RevokedAt.IsNull())"},
	{links + "attempts_test.go", "s.db.ListLinks(ctx)", "db.Links.OfEveryTenant().OrderBy(db.Links.ID.Asc()).All(ctx, s.db)"},
	{links + "attempts_test.go", "db.APITokens.Where(", "db.APITokens.OfEveryTenant().Where("},
	{links + "links_test.go", "db.APITokens.Where(", "db.APITokens.OfEveryTenant().Where("},
}

// outcome is what becomes of a check that is taken away.
type outcome string

const (
	noCompile outcome = "does not compile"
	refused   outcome = "is refused at generation"
	loud      outcome = "fails, as tenant 0 is nobody"
	leaks     outcome = "tells of others"
)

// mutations take the tenant out of the copy, in each place that names it.
var mutations = []struct {
	name string
	edit
	want outcome
}{
	{"one link", edit{links + "change.go", "l.Of(user).Where", "l.Where"}, noCompile},
	{"change a link", edit{links + "change.go", "db.Links.Of(user).Update", "db.Links.Update"}, noCompile},
	{"delete a link", edit{links + "change.go", "db.Links.Of(user).Delete", "db.Links.Delete"}, noCompile},
	{"list of links", edit{links + "list.go", "db.Links.Of(user).Where()", "db.Links.Where()"}, noCompile},
	{"statistics of a link", edit{links + "stats.go", "db.Links.Of(user).Where(db.Links.Slug", "db.Links.Where(db.Links.Slug"}, noCompile},
	{"top links", edit{links + "stats.go", "db.RankedLinks.With(user)", "db.RankedLinks"}, noCompile},
	{"rising links", edit{links + "stats.go", "db.Links.Of(user).Where(tagged)", "db.Links.Where(tagged)"}, noCompile},
	{"list of tokens", edit{links + "tokens.go", "mine := t.Of(user)", "mine := t"}, noCompile},
	{"number of tokens", edit{links + "tokens.go", "db.APITokens.Of(user).Where", "db.APITokens.Where"}, noCompile},
	{"revoke a token", edit{links + "tokens.go", "t.Of(user).Update", "t.Update"}, noCompile},
	{"list of links, in SQL", edit{"sql/links.sql", "links.user_id = @user_id AND (", "("}, refused},
	{"top links, in SQL", edit{"sql/stats.sql", "user_id = @user_id AND /* drey", "/* drey"}, refused},
	{"rising links, in SQL", edit{"sql/stats.sql", " AND links.user_id = @user_id;", ";"}, refused},
	{"a summary of links, in SQL", edit{"sql/stats.sql", "WHERE links.user_id = @user_id\n", ""}, refused},
	{"tag a link", edit{"sql/tags.sql", " AND links.user_id = @user_id", ""}, refused},
	{"note the use of a token", edit{"sql/tokens.sql", " AND user_id = @user_id", ""}, refused},
	{"whose a new link is", edit{links + "create.go", "params.UserID = user", "_ = user"}, loud},
	{"whose a new token is", edit{links + "tokens.go", "{UserID: user, Label", "{Label"}, loud},
	{"which link's clicks", edit{links + "stats.go", "db.Clicks.LinkID.Eq(link.ID), ", ""}, leaks}, // clicks do not have a tenant
}
