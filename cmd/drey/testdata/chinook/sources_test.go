package chinook

import (
	"context"
	"strings"
	"testing"

	"github.com/Masterminds/squirrel"

	"example.com/chinook/db"
	drey "example.com/runtime"
)

// A query source takes lists of every length, the empty one included.
func TestLists(t *testing.T) {
	ctx := context.Background()
	for _, tt := range []struct {
		name  string
		query *drey.Query[db.InvoicesOfSource, db.InvoicesOfRow]
		want  string
	}{
		{"none", invoicesOf(), "0"},
		{"one", invoicesOf(23), "CustomerId = 23"},
		{"three", invoicesOf(23, 2, 59), "CustomerId IN (2, 23, 59)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rows, err := tt.query.Where(db.InvoicesOf.InvoiceId.Gt(50)).OrderBy(db.InvoicesOf.InvoiceId.Asc()).All(ctx, data)
			must(t, err)
			compare(t, 0, typed(rows), byHand(t, sample,
				"SELECT InvoiceId, CustomerId, Total FROM Invoice WHERE Total BETWEEN 1 AND 10 AND InvoiceId > 50 AND "+tt.want+" ORDER BY InvoiceId"))
		})
	}
}

func invoicesOf(customers ...int64) *drey.Query[db.InvoicesOfSource, db.InvoicesOfRow] {
	return db.InvoicesOf.With(db.InvoicesOfParams{Total: 1, Customers: customers, Total_2: 10})
}

// SQLite does not run the source and then look for rows in the result: where it
// can, it takes the predicate into the query, down to an index.
func TestPlans(t *testing.T) {
	for _, tt := range []struct {
		name  string
		query squirrel.Sqlizer
		want  string // a step of the plan
		not   string
	}{
		{"a table, by its key", db.Tracks.Where(db.Tracks.TrackId.Eq(7)), "SEARCH Track USING INTEGER PRIMARY KEY (rowid=?)", "SCAN"},
		{"a table, by an index", db.Tracks.Where(db.Tracks.AlbumId.In(1, 2)), "SEARCH Track USING INDEX IFK_TrackAlbumId (AlbumId=?)", "SCAN"},
		{"a table, counted", db.Albums.Where(db.Albums.ArtistId.Eq(1)), "SEARCH Album USING INDEX IFK_AlbumArtistId (ArtistId=?)", "SCAN"},

		{"a join, by a key of its first table", db.TrackDetails.Where(db.TrackDetails.TrackId.Eq(7)), "SEARCH t USING INTEGER PRIMARY KEY (rowid=?)", "SCAN"},
		{"a join, by a key of its second table", db.TrackDetails.Where(db.TrackDetails.AlbumId.Eq(7)), "SEARCH t USING INDEX IFK_TrackAlbumId (AlbumId=?)", "SCAN"},
		{"a table joined to itself", db.Reports.Where(db.Reports.EmployeeId.Between(2, 4)), "SEARCH e USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)", "SCAN"},

		{"GROUP BY", db.ArtistAlbums.Where(db.ArtistAlbums.ArtistId.Eq(90)), "SEARCH Album USING INDEX IFK_AlbumArtistId (ArtistId=?)", "SCAN Album"},
		{"GROUP BY with a parameter", db.AlbumStats.With(1000).Where(db.AlbumStats.AlbumId.Eq(141)), "SEARCH t USING INDEX IFK_TrackAlbumId (AlbumId=?)", "SCAN t"},
		{"GROUP BY, by what it computes", db.AlbumStats.With(1000).Where(db.AlbumStats.Tracks.Eq(10)), "SCAN t USING INDEX IFK_TrackAlbumId", "SEARCH"},

		{"a CTE that is read once", db.CustomerTotals.With(year2023).Where(db.CustomerTotals.CustomerId.Eq(23)), "SEARCH Invoice USING INDEX IFK_InvoiceCustomerId (CustomerId=?)", "SCAN Invoice"},
		// Here SQLite needs all rows of the CTE: the predicate comes after.
		{"a CTE that is kept", db.BestAlbums.Where(db.BestAlbums.AlbumId.Eq(141)), "MATERIALIZE lengths", "SEARCH Track"},

		{"a window, by PARTITION BY", db.AlbumPlaces.Where(db.AlbumPlaces.AlbumId.Eq(141)), "SEARCH Track USING COVERING INDEX IFK_TrackAlbumId (AlbumId=?)", "SCAN Track"},
		{"a window with parameters, by PARTITION BY", db.RankedTracks.With(db.RankedTracksParams{MinMs: 1}).Where(db.RankedTracks.AlbumId.Eq(141)), "SEARCH Track USING INDEX IFK_TrackAlbumId (AlbumId=?)", "SCAN Track"},
		// The other rows of the window are needed to number this one.
		{"a window, by another column", db.AlbumPlaces.Where(db.AlbumPlaces.TrackId.Eq(7)), "SCAN Track USING COVERING INDEX IFK_TrackAlbumId", "SEARCH Track"},

		{"a list", invoicesOf(23, 2).Where(db.InvoicesOf.InvoiceId.Eq(99)), "SEARCH Invoice USING INTEGER PRIMARY KEY (rowid=?)", "SCAN"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, args, err := tt.query.ToSql()
			must(t, err)
			rows, err := data.DB().Query("EXPLAIN QUERY PLAN "+text, args...)
			must(t, err)
			defer rows.Close()
			var plan []string
			for rows.Next() {
				var id, parent, unused int
				var step string
				must(t, rows.Scan(&id, &parent, &unused, &step))
				plan = append(plan, step)
			}
			must(t, rows.Err())
			steps := strings.Join(plan, "\n")
			if !strings.Contains(steps, tt.want) || strings.Contains(steps, tt.not+" ") {
				t.Errorf("%s\n%v\nis to have the step\n\t%s\nand no %s, but the plan is\n%s", text, args, tt.want, tt.not, steps)
			}
		})
	}
}
