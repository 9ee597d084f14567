package conformance

import (
	"bytes"

	"github.com/dreysql/drey/internal/db"
)

func hash(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

// static has a case for every method of sqlc's, by its name.
var static = []Case{
	with("CreateUser", (*db.Client).CreateUser, db.CreateUserParams{Email: "ada@example.com", Name: new("Ada"), CreatedAt: new(at(1))}),
	with("UpsertUser", (*db.Client).UpsertUser, db.UpsertUserParams{ID: 2, Email: "bob@example.com", CreatedAt: new(at(2))}),
	with("UpsertUserByEmail", (*db.Client).UpsertUserByEmail, db.UpsertUserByEmailParams{Email: "bob@example.com", Name: new("Böb \U0001f43f"), CreatedAt: new(at(3))}),
	with("UpdateUser", (*db.Client).UpdateUser, db.UpdateUserParams{ID: 1, Name: new("")}),
	with("UpdateUser of none", (*db.Client).UpdateUser, db.UpdateUserParams{ID: 99, Name: new("")}),
	with("GetUser", (*db.Client).GetUser, 1),
	with("GetUser of none", (*db.Client).GetUser, 99),
	with("GetUserByEmail", (*db.Client).GetUserByEmail, "ADA@example.com"),
	do("ListUsers", (*db.Client).ListUsers),
	do("CountUsers", (*db.Client).CountUsers),

	with("CreateLink", (*db.Client).CreateLink, db.CreateLinkParams{UserID: 1, Slug: "drey", URL: "https://Example.com/nest?a=b", Title: new("a drey"), Metadata: db.JSON(`{"a":[1,2.5,null]}`), CreatedAt: new(at(4))}),
	with("UpsertLink", (*db.Client).UpsertLink, db.UpsertLinkParams{ID: 7, UserID: 1, Slug: "goose", URL: "https://goose.example/", IsActive: new(false), MaxClicks: new(int64(3)), ExpiresAt: later(5), CreatedAt: new(at(4))}),
	with("UpsertLinkBySlug", (*db.Client).UpsertLinkBySlug, db.UpsertLinkBySlugParams{UserID: 2, Slug: "goose", URL: "https://goose.example/2", IsActive: new(true), ExpiresAt: later(5), CreatedAt: new(at(5))}),
	with("UpdateLink", (*db.Client).UpdateLink, db.UpdateLinkParams{ID: 1, SetTitle: true, ClickCount: new(int64(40)), SetExpiresAt: true}),
	with("GetLink", (*db.Client).GetLink, 7),
	with("GetLinkBySlug", (*db.Client).GetLinkBySlug, "goose"),
	do("DeactivateExpired", (*db.Client).DeactivateExpired),
	do("ListLinks", (*db.Client).ListLinks),
	with("ListLinksByUserID", (*db.Client).ListLinksByUserID, 2),
	do("CountLinks", (*db.Client).CountLinks),
	with("ResolveSlug", (*db.Client).ResolveSlug, "drey"),
	with("ResolveSlug of none", (*db.Client).ResolveSlug, "nothing"),

	with("CreateTag", (*db.Client).CreateTag, db.CreateTagParams{Name: "news", CreatedBy: new(int64(1))}),
	only("EnsureTag", (*db.Client).EnsureTag, db.EnsureTagParams{Name: "NEWS"}),
	with("UpsertTag", (*db.Client).UpsertTag, db.UpsertTagParams{ID: 5, Name: "art"}),
	with("UpsertTagByName", (*db.Client).UpsertTagByName, db.UpsertTagByNameParams{Name: "art", CreatedBy: new(int64(2))}),
	with("UpdateTag", (*db.Client).UpdateTag, db.UpdateTagParams{ID: 5, SetCreatedBy: true}),
	with("GetTag", (*db.Client).GetTag, 5),
	with("GetTagByName", (*db.Client).GetTagByName, "News"),
	do("ListTags", (*db.Client).ListTags),
	with("ListTagsByCreatedBy", (*db.Client).ListTagsByCreatedBy, new(int64(1))),
	with("ListTagsByCreatedBy of NULL", (*db.Client).ListTagsByCreatedBy, nil),
	do("CountTags", (*db.Client).CountTags),

	with("CreateLinkTag", (*db.Client).CreateLinkTag, db.CreateLinkTagParams{LinkID: 1, TagID: 1}),
	only("TagLink", (*db.Client).TagLink, db.TagLinkParams{Slug: "drey", Name: "news"}),
	only("TagLink again", (*db.Client).TagLink, db.TagLinkParams{Slug: "goose", Name: "art"}),
	with("GetLinkTag", (*db.Client).GetLinkTag, db.GetLinkTagParams{LinkID: 1, TagID: 1}),
	do("ListLinkTags", (*db.Client).ListLinkTags),
	with("ListLinkTagsByLinkID", (*db.Client).ListLinkTagsByLinkID, 1),
	with("ListLinkTagsByTagID", (*db.Client).ListLinkTagsByTagID, 5),
	do("CountLinkTags", (*db.Client).CountLinkTags),
	do("TagNames", (*db.Client).TagNames),
	with("TaggedLinks", (*db.Client).TaggedLinks, "news"),

	with("CreateAPIToken", (*db.Client).CreateAPIToken, db.CreateAPITokenParams{UserID: 1, Label: "laptop", Hash: hash(0), CreatedAt: new(at(6))}),
	with("UpsertAPIToken", (*db.Client).UpsertAPIToken, db.UpsertAPITokenParams{ID: 9, UserID: 1, Label: "phone", Hash: hash(255), Scope: new(db.APITokenScopeWrite), CreatedAt: new(at(6))}),
	with("UpsertAPITokenByHash", (*db.Client).UpsertAPITokenByHash, db.UpsertAPITokenByHashParams{UserID: 2, Label: "phone", Hash: hash(255), RevokedAt: later(8), CreatedAt: new(at(7))}),
	with("UpsertAPITokenByUserIDAndLabel", (*db.Client).UpsertAPITokenByUserIDAndLabel, db.UpsertAPITokenByUserIDAndLabelParams{UserID: 1, Label: "laptop", Hash: hash(0), Scope: new(db.APITokenScopeWrite), CreatedAt: new(at(6))}),
	with("UpdateAPIToken", (*db.Client).UpdateAPIToken, db.UpdateAPITokenParams{ID: 9, SetRevokedAt: true, Hash: hash(1)}),
	with("GetAPIToken", (*db.Client).GetAPIToken, 9),
	with("GetAPITokenByHash", (*db.Client).GetAPITokenByHash, hash(0)),
	with("ListAPITokensByUserID", (*db.Client).ListAPITokensByUserID, 1),
	do("ListAPITokens", (*db.Client).ListAPITokens),
	do("CountAPITokens", (*db.Client).CountAPITokens),
	only("GrantToken", (*db.Client).GrantToken, db.GrantTokenParams{Label: "tablet", Hash: hash(7), Scope: "read", Email: "ADA@example.com"}),
	only("UseToken", (*db.Client).UseToken, 9),
	only("UseToken of none", (*db.Client).UseToken, 99),

	with("CreateClick", (*db.Client).CreateClick, db.CreateClickParams{LinkID: 1, ClickedAt: new(at(9)), Country: new("DE"), Visitor: hash(255)[:16], IsBot: new(false), LatencyMS: new(0.1)}),
	with("CreateClick of little", (*db.Client).CreateClick, db.CreateClickParams{LinkID: 1, ClickedAt: new(at(10))}),
	with("CreateClick of zeros", (*db.Client).CreateClick, db.CreateClickParams{LinkID: 7, ClickedAt: new(at(11)), Country: new("FR"), Referrer: new(""), Visitor: hash(0)[:16], IsBot: new(true), LatencyMS: new(3.0)}),
	with("RecordClick", (*db.Client).RecordClick, db.RecordClickParams{LinkID: 7, Referrer: new("goose.example")}),
	with("FollowLink of none", (*db.Client).FollowLink, db.FollowLinkParams{Slug: "nothing"}),
	with("ForgetClicks", (*db.Client).ForgetClicks, db.ForgetClicksParams{Before: at(12), Most: 1}),
	with("GetClick", (*db.Client).GetClick, 3),
	with("ListClicksByLinkID", (*db.Client).ListClicksByLinkID, 1),
	do("CountClicks", (*db.Client).CountClicks),
	with("LinkStats", (*db.Client).LinkStats, at(0)),
	do("RankedLinks", (*db.Client).RankedLinks),
	with("Trending", (*db.Client).Trending, db.TrendingParams{Since: at(0), Middle: at(10)}),

	with("DeleteClick", (*db.Client).DeleteClick, 4),
	do("ListClicks", (*db.Client).ListClicks),
	with("DeleteLinkTag", (*db.Client).DeleteLinkTag, db.DeleteLinkTagParams{LinkID: 7, TagID: 5}),
	with("DeleteTag", (*db.Client).DeleteTag, 5),
	with("DeleteAPIToken", (*db.Client).DeleteAPIToken, 9),
	with("DeleteUser of none", (*db.Client).DeleteUser, 99),
	// A row of users, and by cascade of links and clicks: one is counted.
	with("DeleteUser", (*db.Client).DeleteUser, 2),
	with("DeleteLink of none", (*db.Client).DeleteLink, 7),
	with("UpsertUser again", (*db.Client).UpsertUser, db.UpsertUserParams{ID: 3, Email: "cy@example.com", CreatedAt: new(at(2))}),
	with("CreateLink to delete", (*db.Client).CreateLink, db.CreateLinkParams{UserID: 3, Slug: "gone", URL: "http://example.org", CreatedAt: new(at(4))}),
	with("RecordClick to delete", (*db.Client).RecordClick, db.RecordClickParams{LinkID: 2}),
	with("FollowLink", (*db.Client).FollowLink, db.FollowLinkParams{Slug: "gone", Country: new("DE"), Visitor: hash(1)[:16], IsBot: new(false), Began: 1e15}),
	with("DeleteLink", (*db.Client).DeleteLink, 2),
}
