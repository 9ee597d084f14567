package drey_test

import (
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
)

type placeRow struct{ ID, Place int64 }

type inPlaces struct{}

const placesText = `SELECT id, RANK() OVER (ORDER BY clicks DESC) AS place FROM links WHERE /* drey:where links */ TRUE`

var placesRelation = drey.Number(&drey.Relation{Name: `"Places"`, Columns: []string{`"id"`, `"place"`}, With: placesText})

// What Kysely says of a window and of an aggregate over rows that are filtered at run
// time, in a query of sql/.
func TestCapabilitiesBelow(t *testing.T) {
	ofLinks := func(p ...drey.Predicate[inLinks]) drey.Inner[inPlaces] {
		return drey.NewInner[inPlaces](`"links"`, p)
	}
	id := drey.NewNumberColumn[inPlaces, int64](placesRelation, 0)
	place := drey.NewNumberColumn[inPlaces, int64](placesRelation, 1)
	places := drey.NewQuery[inPlaces](placesRelation, func(r *placeRow, to []any) []any { return append(to, &r.ID, &r.Place) },
		drey.PlaceAt(strings.LastIndex(placesText, "TRUE"), `"links"`)).OrderBy(place.Asc(), id.Asc()).Limit(2)
	sql := func(condition, above string) string {
		return "WITH \"Places\" (\"id\", \"place\") AS (\n" + strings.Replace(placesText, "TRUE", condition, 1) +
			"\n) SELECT \"id\", \"place\" FROM \"Places\"" + above + " ORDER BY \"place\" ASC, \"id\" ASC LIMIT ?"
	}
	checkCapabilities(t, []capability{
		gives("a window over all rows", places, sql("TRUE", ""), args{int64(2)}, placeRow{7, 1}, placeRow{6, 2}),
		gives("above the window", places.Where(place.Gt(2)), sql("TRUE", ` WHERE "place" > ?`), args{int64(2), int64(2)}, placeRow{5, 3}, placeRow{12, 3}),
		gives("a window over rows filtered at run time", places.Below(ofLinks(links.Clicks.Lt(3), links.Title.IsNotNull())),
			sql(`("links"."clicks" < ? AND "links"."title" IS NOT NULL)`, ""), args{int64(3), int64(2)}, placeRow{3, 1}, placeRow{2, 2}),
		gives("both", places.Below(ofLinks(links.Slug.In("slug-0000", "slug-0001", "slug-0002"))).Where(place.Gt(1)),
			sql(`("links"."slug" IN (?,?,?))`, ` WHERE "place" > ?`), args{"slug-0000", "slug-0001", "slug-0002", int64(1), int64(2)}, placeRow{2, 2}, placeRow{1, 3}),
	})
}
