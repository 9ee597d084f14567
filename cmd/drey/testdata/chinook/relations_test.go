package chinook

import (
	"context"
	"maps"
	"slices"
	"testing"

	"example.com/chinook/db"
	drey "example.com/runtime"
)

// pair is a row's key and that of a row related to it.
type pair struct{ From, To int64 }

// load is a load of all rows' related rows, in the order of the rows' keys.
type load func(ctx context.Context, c db.Conn) ([]pair, error)

func toOne[P, S, R any](rows *drey.Query[S, P], to func(context.Context, db.Conn, []P) (map[int64]R, error), key func(R) int64) load {
	return func(ctx context.Context, c db.Conn) (pairs []pair, err error) {
		from, err := rows.All(ctx, c)
		if err != nil {
			return nil, err
		}
		found, err := to(ctx, c, from)
		for _, k := range slices.Sorted(maps.Keys(found)) {
			pairs = append(pairs, pair{k, key(found[k])})
		}
		return pairs, err
	}
}

func toMany[P, S, R any](rows *drey.Query[S, P], to func(context.Context, db.Conn, []P) (map[int64][]R, error), key func(R) int64) load {
	return func(ctx context.Context, c db.Conn) (pairs []pair, err error) {
		from, err := rows.All(ctx, c)
		if err != nil {
			return nil, err
		}
		found, err := to(ctx, c, from)
		for _, k := range slices.Sorted(maps.Keys(found)) {
			for _, r := range found[k] {
				pairs = append(pairs, pair{k, key(r)})
			}
		}
		return pairs, err
	}
}

func owners[F, P, S, R any](to *drey.ToOne[F, P, int64, S], q *drey.Query[S, R]) func(context.Context, db.Conn, []P) (map[int64]R, error) {
	return func(ctx context.Context, c db.Conn, rows []P) (map[int64]R, error) {
		return drey.LoadOne(ctx, c, rows, to, q)
	}
}

func children[F, P, S, R any](to *drey.ToMany[F, P, int64, S], q *drey.Query[S, R]) func(context.Context, db.Conn, []P) (map[int64][]R, error) {
	return func(ctx context.Context, c db.Conn, rows []P) (map[int64][]R, error) {
		return drey.LoadMany(ctx, c, rows, to, q)
	}
}

// Relations go both ways along every kind of foreign key that the sample has:
// nullable ones, one of a table to itself, and two through a link table.
func TestRelations(t *testing.T) {
	trackID := func(r db.Track) int64 { return r.TrackId }
	employeeID := func(r db.Employee) int64 { return r.EmployeeId }
	customerID := func(r db.Customer) int64 { return r.CustomerId }
	longest := db.Tracks.OrderBy(db.Tracks.Milliseconds.Desc(), db.Tracks.TrackId.Asc())
	for _, tt := range []struct {
		name string
		load load
		want string
	}{
		{"album to artist", toOne(&db.Albums.Query, owners(db.AlbumToArtist, &db.Artists.Query), func(r db.Artist) int64 { return r.ArtistId }),
			"SELECT DISTINCT ArtistId, ArtistId FROM Album ORDER BY 1"},
		{"artist to albums", toMany(&db.Artists.Query, children(db.ArtistToAlbums, db.Albums.OrderBy(db.Albums.Title.Desc())), func(r db.Album) int64 { return r.AlbumId }),
			"SELECT ArtistId, AlbumId FROM Album ORDER BY 1, Title DESC, AlbumId"},
		{"customer to support", toOne(&db.Customers.Query, owners(db.CustomerToSupportRep, &db.Employees.Query), employeeID),
			"SELECT DISTINCT SupportRepId, SupportRepId FROM Customer WHERE SupportRepId IS NOT NULL ORDER BY 1"},
		{"support to customers", toMany(&db.Employees.Query, children(db.EmployeeToCustomersBySupportRep, db.Customers.OrderBy(db.Customers.CustomerId.Desc())), customerID),
			"SELECT SupportRepId, CustomerId FROM Customer WHERE SupportRepId IS NOT NULL ORDER BY 1, 2 DESC"},
		{"employee to boss", toOne(&db.Employees.Query, owners(db.EmployeeToReportsTo, &db.Employees.Query), employeeID),
			"SELECT DISTINCT ReportsTo, ReportsTo FROM Employee WHERE ReportsTo IS NOT NULL ORDER BY 1"},
		{"boss to employees", toMany(&db.Employees.Query, children(db.EmployeeToEmployeesByReportsTo, db.Employees.OrderBy(db.Employees.LastName.Asc())), employeeID),
			"SELECT ReportsTo, EmployeeId FROM Employee WHERE ReportsTo IS NOT NULL ORDER BY 1, LastName"},
		{"boss to employees of them", toMany(db.Employees.Where(db.Employees.ReportsTo.IsNull()), children(db.EmployeeToEmployeesByReportsTo, db.Employees.OrderBy(db.Employees.EmployeeId.Asc())), employeeID),
			"SELECT ReportsTo, EmployeeId FROM Employee WHERE ReportsTo IN (SELECT EmployeeId FROM Employee WHERE ReportsTo IS NULL) ORDER BY 1, 2"},
		{"album to tracks", toMany(&db.Albums.Query, children(db.AlbumToTracks, db.Tracks.OrderBy(db.Tracks.Name.Asc(), db.Tracks.TrackId.Desc())), trackID),
			"SELECT AlbumId, TrackId FROM Track WHERE AlbumId IS NOT NULL ORDER BY 1, Name, TrackId DESC"},
		{"album to its dear tracks", toMany(&db.Albums.Query, children(db.AlbumToTracks, db.Tracks.Where(db.Tracks.UnitPrice.Gt(1)).OrderBy(db.Tracks.TrackId.Asc())), trackID),
			"SELECT AlbumId, TrackId FROM Track WHERE UnitPrice > 1 ORDER BY 1, 2"},
		{"album to its longest 2 tracks", toMany(&db.Albums.Query, children(db.AlbumToTracks, longest.Limit(2)), trackID),
			"SELECT k, TrackId FROM (SELECT AlbumId AS k, TrackId, ROW_NUMBER() OVER (PARTITION BY AlbumId ORDER BY Milliseconds DESC, TrackId) AS n FROM Track) WHERE n <= 2 ORDER BY k, n"},
		{"genre to its second and third longest tracks", toMany(&db.Genres.Query, children(db.GenreToTracks, longest.Limit(2).Offset(1)), trackID),
			"SELECT k, TrackId FROM (SELECT GenreId AS k, TrackId, ROW_NUMBER() OVER (PARTITION BY GenreId ORDER BY Milliseconds DESC, TrackId) AS n FROM Track) WHERE n IN (2, 3) ORDER BY k, n"},
		{"genre to all but its 5 longest tracks", toMany(&db.Genres.Query, children(db.GenreToTracks, longest.Offset(5)), trackID),
			"SELECT k, TrackId FROM (SELECT GenreId AS k, TrackId, ROW_NUMBER() OVER (PARTITION BY GenreId ORDER BY Milliseconds DESC, TrackId) AS n FROM Track) WHERE n > 5 ORDER BY k, n"},
		{"playlist to tracks", toMany(&db.Playlists.Query, children(db.PlaylistToTracks, db.Tracks.OrderBy(db.Tracks.TrackId.Asc())), trackID),
			"SELECT PlaylistId, TrackId FROM PlaylistTrack ORDER BY 1, 2"},
		{"playlist to its longest 3 tracks", toMany(&db.Playlists.Query, children(db.PlaylistToTracks, longest.Limit(3)), trackID),
			"SELECT k, TrackId FROM (SELECT PlaylistId AS k, t.TrackId, ROW_NUMBER() OVER (PARTITION BY PlaylistId ORDER BY Milliseconds DESC, t.TrackId) AS n FROM PlaylistTrack JOIN Track AS t USING (TrackId)) WHERE n <= 3 ORDER BY k, n"},
		{"track to playlists", toMany(&db.Tracks.Query, children(db.TrackToPlaylists, db.Playlists.OrderBy(db.Playlists.Name.Asc(), db.Playlists.PlaylistId.Asc())), func(r db.Playlist) int64 { return r.PlaylistId }),
			"SELECT TrackId, PlaylistId FROM PlaylistTrack JOIN Playlist USING (PlaylistId) ORDER BY 1, Name, 2"},
		{"invoice to customer", toOne(&db.Invoices.Query, owners(db.InvoiceToCustomer, &db.Customers.Query), customerID),
			"SELECT DISTINCT CustomerId, CustomerId FROM Invoice ORDER BY 1"},
		{"invoice to customer of one country", toOne(&db.Invoices.Query, owners(db.InvoiceToCustomer, db.Customers.Where(db.Customers.Country.Eq("Brazil"))), customerID),
			"SELECT CustomerId, CustomerId FROM Customer WHERE Country = 'Brazil' ORDER BY 1"},
		{"track to invoice lines", toMany(&db.Tracks.Query, children(db.TrackToInvoiceLines, db.InvoiceLines.OrderBy(db.InvoiceLines.InvoiceLineId.Desc())), func(r db.InvoiceLine) int64 { return r.InvoiceLineId }),
			"SELECT TrackId, InvoiceLineId FROM InvoiceLine ORDER BY 1, 2 DESC"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx := context.Background()
			want := byHand(t, sample, tt.want)
			if len(want) == 0 {
				t.Fatal("SQL by hand finds nothing")
			}
			for i, on := range []func(func(db.Conn) error) error{
				func(f func(db.Conn) error) error { return f(data) },
				func(f func(db.Conn) error) error { return data.Tx(ctx, func(tx *db.Tx) error { return f(tx) }) },
				func(f func(db.Conn) error) error { return data.Snapshot(ctx, func(tx *db.Tx) error { return f(tx) }) },
			} {
				must(t, on(func(c db.Conn) error {
					pairs, err := tt.load(ctx, c)
					compare(t, i, typed(pairs), want)
					return err
				}))
			}
		})
	}
}
