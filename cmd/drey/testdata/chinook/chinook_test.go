// Package chinook asks the generated data layer for rows of the Chinook sample
// and compares each answer with that of SQL written by hand.
package chinook

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Masterminds/squirrel"

	"example.com/chinook/db"
	drey "example.com/runtime"
)

// sample is the sample as it comes; data is the data layer over a database that
// its own migration made and its own queries filled.
var (
	sample *sql.DB
	data   *db.Client
)

// CHINOOK is the file of the sample, in a folder that has nothing else in it.
func init() {
	if err := open(context.Background(), os.Getenv("CHINOOK")+".migrated"); err != nil {
		panic(err)
	}
}

func open(ctx context.Context, path string) (err error) {
	if sample, err = sql.Open("sqlite", "file:"+os.Getenv("CHINOOK")+"?mode=ro"); err != nil {
		return err
	}
	applied, err := db.Migrate(ctx, path)
	if err != nil {
		return err
	}
	if !slices.Equal(applied, []string{"00001_chinook.sql"}) {
		return fmt.Errorf("Migrate applied %q", applied)
	}
	if data, err = db.Open(ctx, path); err != nil {
		return err
	}
	from := db.NewClient(sample)
	defer from.Close()
	return data.Tx(ctx, func(to *db.Tx) error { return fill(ctx, to, from) })
}

// fill copies every table with the static half, parents before their children.
func fill(ctx context.Context, to *db.Tx, from *db.Client) error {
	return errors.Join(
		copyRows(ctx, from.ListArtists, to.UpsertArtist),
		copyRows(ctx, from.ListAlbums, to.UpsertAlbum),
		copyRows(ctx, from.ListGenres, to.UpsertGenre),
		copyRows(ctx, from.ListMediaTypes, to.UpsertMediaType),
		copyRows(ctx, from.ListTracks, to.UpsertTrack),
		copyRows(ctx, from.ListEmployees, to.UpsertEmployee),
		copyRows(ctx, from.ListCustomers, to.UpsertCustomer),
		copyRows(ctx, from.ListInvoices, to.UpsertInvoice),
		copyRows(ctx, from.ListInvoiceLines, to.UpsertInvoiceLine),
		copyRows(ctx, from.ListPlaylists, to.UpsertPlaylist),
		copyRows(ctx, from.ListPlaylistTracks, to.UpsertPlaylistTrack),
	)
}

// copyRows converts rows to the parameters of an upsert, which have the same
// fields.
func copyRows[R, P any](ctx context.Context, list func(context.Context) ([]R, error), upsert func(context.Context, P) (R, error)) error {
	rows, err := list(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		params := reflect.ValueOf(row).Convert(reflect.TypeFor[P]()).Interface().(P)
		if _, err := upsert(ctx, params); err != nil {
			return fmt.Errorf("%+v: %w", row, err)
		}
	}
	return nil
}

// answer is what a typed query returned: rows, or one value.
type answer func(context.Context, *db.Client) (any, error)

func all[S, R any](q *drey.Query[S, R]) answer {
	return func(ctx context.Context, c *db.Client) (any, error) { return q.All(ctx, c) }
}

func one[S, R any](q *drey.Query[S, R]) answer {
	return func(ctx context.Context, c *db.Client) (any, error) {
		row, err := q.One(ctx, c)
		return []R{row}, err
	}
}

func first[S, R any](q *drey.Query[S, R]) answer {
	return func(ctx context.Context, c *db.Client) (any, error) {
		row, err := q.First(ctx, c)
		return []R{row}, err
	}
}

func count[S, R any](q *drey.Query[S, R]) answer {
	return func(ctx context.Context, c *db.Client) (any, error) {
		n, err := q.Count(ctx, c)
		return []int64{n}, err
	}
}

func exists[S, R any](q *drey.Query[S, R]) answer {
	return func(ctx context.Context, c *db.Client) (any, error) {
		found, err := q.Exists(ctx, c)
		return []bool{found}, err
	}
}

func iterate[S, R any](q *drey.Query[S, R]) answer {
	return func(ctx context.Context, c *db.Client) (any, error) {
		return collect(q.Iter(ctx, c))
	}
}

func collect[R any](seq iter.Seq2[R, error]) ([]R, error) {
	var rows []R
	for row, err := range seq {
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func in[S, R any](q *drey.Query[S, R]) answer {
	return func(ctx context.Context, c *db.Client) (rows any, err error) {
		err = c.Tx(ctx, func(tx *db.Tx) error {
			rows, err = q.All(ctx, tx)
			return err
		})
		return rows, err
	}
}

func ptr[T any](v T) *T { return &v }

var (
	year2023 = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	none     *int64
)

// nothing marks the few cases whose answer is no row at all.
const nothing = "nothing: "

var cases = []struct {
	name string
	got  answer
	want string // SQL by hand; every list of it is ordered
}{
	// Operators on numbers.
	{"Eq", all(db.Albums.Where(db.Albums.ArtistId.Eq(90)).OrderBy(db.Albums.AlbumId.Asc())),
		"SELECT * FROM Album WHERE ArtistId = 90 ORDER BY AlbumId"},
	{"NotEq", all(db.Tracks.Where(db.Tracks.MediaTypeId.NotEq(1)).OrderBy(db.Tracks.TrackId.Asc())),
		"SELECT * FROM Track WHERE MediaTypeId <> 1 ORDER BY TrackId"},
	{"NotEq leaves NULL out", all(db.Tracks.Where(db.Tracks.Composer.NotEq("AC/DC")).OrderBy(db.Tracks.TrackId.Asc())),
		"SELECT * FROM Track WHERE Composer <> 'AC/DC' ORDER BY TrackId"},
	{"Gt", all(db.Tracks.Where(db.Tracks.Milliseconds.Gt(2_000_000)).OrderBy(db.Tracks.TrackId.Asc())),
		"SELECT * FROM Track WHERE Milliseconds > 2000000 ORDER BY TrackId"},
	{"Gte", all(db.InvoiceLines.Where(db.InvoiceLines.UnitPrice.Gte(1.99)).OrderBy(db.InvoiceLines.InvoiceLineId.Asc())),
		"SELECT * FROM InvoiceLine WHERE UnitPrice >= 1.99 ORDER BY InvoiceLineId"},
	{"Lt", all(db.Tracks.Where(db.Tracks.Bytes.Lt(500_000)).OrderBy(db.Tracks.TrackId.Asc())),
		"SELECT * FROM Track WHERE Bytes < 500000 ORDER BY TrackId"},
	{"Lte", all(db.Invoices.Where(db.Invoices.Total.Lte(0.99)).OrderBy(db.Invoices.InvoiceId.Asc())),
		"SELECT * FROM Invoice WHERE Total <= 0.99 ORDER BY InvoiceId"},
	{"Between", all(db.Invoices.Where(db.Invoices.Total.Between(5.94, 8.91)).OrderBy(db.Invoices.InvoiceId.Asc())),
		"SELECT * FROM Invoice WHERE Total BETWEEN 5.94 AND 8.91 ORDER BY InvoiceId"},
	{"In", all(db.Customers.Where(db.Customers.CustomerId.In(3, 58, 1, 3)).OrderBy(db.Customers.CustomerId.Asc())),
		"SELECT * FROM Customer WHERE CustomerId IN (1, 3, 58) ORDER BY CustomerId"},
	{"In of nothing", all(db.Customers.Where(db.Customers.CustomerId.In())),
		nothing + "SELECT * FROM Customer WHERE 0"},
	{"NotIn", all(db.Employees.Where(db.Employees.ReportsTo.NotIn(1, 6)).OrderBy(db.Employees.EmployeeId.Asc())),
		"SELECT * FROM Employee WHERE ReportsTo NOT IN (1, 6) ORDER BY EmployeeId"},
	{"IsNull", all(db.Employees.Where(db.Employees.ReportsTo.IsNull())),
		"SELECT * FROM Employee WHERE ReportsTo IS NULL"},
	{"IsNotNull", all(db.Customers.Where(db.Customers.Fax.IsNotNull()).OrderBy(db.Customers.CustomerId.Asc())),
		"SELECT * FROM Customer WHERE Fax IS NOT NULL ORDER BY CustomerId"},

	// Operators on text.
	{"Like", all(db.Artists.Where(db.Artists.Name.Like("A_r%")).OrderBy(db.Artists.ArtistId.Asc())),
		"SELECT * FROM Artist WHERE Name LIKE 'A_r%' ORDER BY ArtistId"},
	{"Contains", all(db.Tracks.Where(db.Tracks.Name.Contains("Love")).OrderBy(db.Tracks.TrackId.Asc())),
		"SELECT * FROM Track WHERE instr(lower(Name), 'love') > 0 ORDER BY TrackId"},
	{"Contains a percent sign", all(db.Tracks.Where(db.Tracks.Name.Contains("%")).OrderBy(db.Tracks.TrackId.Asc())),
		"SELECT * FROM Track WHERE instr(Name, '%') > 0 ORDER BY TrackId"},
	{"Contains letters beyond ASCII", all(db.Tracks.Where(db.Tracks.Name.Contains("ção")).OrderBy(db.Tracks.TrackId.Asc())),
		"SELECT * FROM Track WHERE instr(Name, 'ção') > 0 ORDER BY TrackId"},
	{"HasPrefix", all(db.Albums.Where(db.Albums.Title.HasPrefix("The ")).OrderBy(db.Albums.AlbumId.Asc())),
		"SELECT * FROM Album WHERE lower(substr(Title, 1, 4)) = 'the ' ORDER BY AlbumId"},
	{"HasSuffix", all(db.Albums.Where(db.Albums.Title.HasSuffix("[Disc 1]")).OrderBy(db.Albums.AlbumId.Asc())),
		"SELECT * FROM Album WHERE substr(Title, -8) = '[Disc 1]' ORDER BY AlbumId"},
	{"Eq with a quote", all(db.Tracks.Where(db.Tracks.Name.Eq("Let's Get It Up"))),
		"SELECT * FROM Track WHERE Name = 'Let''s Get It Up'"},
	{"Gt of text", all(db.Genres.Where(db.Genres.Name.Gt("R&B")).OrderBy(db.Genres.GenreId.Asc())),
		"SELECT * FROM Genre WHERE Name > 'R&B' ORDER BY GenreId"},

	// Operators on times.
	{"Gte of a time", all(db.Invoices.Where(db.Invoices.InvoiceDate.Gte(year2023)).OrderBy(db.Invoices.InvoiceId.Asc())),
		"SELECT * FROM Invoice WHERE InvoiceDate >= '2023-01-01 00:00:00' ORDER BY InvoiceId"},
	{"Between of times", all(db.Employees.Where(db.Employees.HireDate.Between(year2023.AddDate(-20, 0, 0), year2023)).OrderBy(db.Employees.EmployeeId.Asc())),
		"SELECT * FROM Employee WHERE HireDate BETWEEN '2003-01-01 00:00:00' AND '2023-01-01 00:00:00' ORDER BY EmployeeId"},
	{"Eq of a time", count(db.Invoices.Where(db.Invoices.InvoiceDate.Eq(time.Date(2021, 1, 2, 0, 0, 0, 0, time.UTC)))),
		"SELECT COUNT(*) FROM Invoice WHERE date(InvoiceDate) = '2021-01-02'"},

	// Groups.
	{"And", all(db.Tracks.Where(drey.And(db.Tracks.GenreId.Eq(1), db.Tracks.Milliseconds.Lt(120_000))).OrderBy(db.Tracks.TrackId.Asc())),
		"SELECT * FROM Track WHERE GenreId = 1 AND Milliseconds < 120000 ORDER BY TrackId"},
	{"two calls of Where", all(db.Tracks.Where(db.Tracks.GenreId.Eq(1)).Where(db.Tracks.Composer.IsNull(), db.Tracks.Bytes.Gt(9_000_000)).OrderBy(db.Tracks.TrackId.Asc())),
		"SELECT * FROM Track WHERE GenreId = 1 AND Composer IS NULL AND Bytes > 9000000 ORDER BY TrackId"},
	{"Or keeps to its group", all(db.Invoices.Where(drey.Or(db.Invoices.BillingCountry.Eq("Chile"), db.Invoices.BillingCountry.Eq("India")), db.Invoices.Total.Gt(5)).OrderBy(db.Invoices.InvoiceId.Asc())),
		"SELECT * FROM Invoice WHERE BillingCountry IN ('Chile', 'India') AND Total > 5 ORDER BY InvoiceId"},
	{"Not", all(db.Customers.Where(drey.Not(drey.Or(db.Customers.Country.Eq("USA"), db.Customers.State.IsNull()))).OrderBy(db.Customers.CustomerId.Asc())),
		"SELECT * FROM Customer WHERE Country <> 'USA' AND State IS NOT NULL ORDER BY CustomerId"},
	{"groups in groups", all(db.Tracks.Where(drey.Or(
		drey.And(db.Tracks.GenreId.Eq(3), drey.Not(db.Tracks.Composer.IsNull())),
		drey.And(db.Tracks.Milliseconds.Gt(2_500_000), drey.Or(db.Tracks.AlbumId.Eq(227), db.Tracks.AlbumId.Eq(229))),
	)).OrderBy(db.Tracks.TrackId.Asc())),
		"SELECT * FROM Track WHERE (GenreId = 3 AND Composer IS NOT NULL) OR (Milliseconds > 2500000 AND AlbumId IN (227, 229)) ORDER BY TrackId"},
	{"Opt with a value", all(db.Invoices.Where(drey.Opt(ptr(int64(23)), db.Invoices.CustomerId.Eq)).OrderBy(db.Invoices.InvoiceId.Asc())),
		"SELECT * FROM Invoice WHERE CustomerId = 23 ORDER BY InvoiceId"},
	{"Opt without one", all(db.Invoices.Where(drey.Opt(none, db.Invoices.CustomerId.Eq), db.Invoices.Total.Gt(15)).OrderBy(db.Invoices.InvoiceId.Asc())),
		"SELECT * FROM Invoice WHERE Total > 15 ORDER BY InvoiceId"},
	{"Native", all(db.Tracks.Where(drey.Native(&db.Tracks.Query, squirrel.Expr(`length("Name") > ?`, 70)), db.Tracks.GenreId.Gt(1)).OrderBy(db.Tracks.TrackId.Asc())),
		"SELECT * FROM Track WHERE length(Name) > 70 AND GenreId > 1 ORDER BY TrackId"},

	// Orders and pages.
	{"no predicate", all(db.Playlists.OrderBy(db.Playlists.PlaylistId.Asc())),
		"SELECT * FROM Playlist ORDER BY PlaylistId"},
	{"nulls first in descending order", all(db.Customers.OrderBy(db.Customers.State.Desc().NullsFirst(), db.Customers.CustomerId.Desc())),
		"SELECT * FROM Customer ORDER BY State IS NOT NULL, State DESC, CustomerId DESC"},
	{"nulls last in ascending order", all(db.Customers.OrderBy(db.Customers.Company.Asc().NullsLast()).OrderBy(db.Customers.LastName.Asc())),
		"SELECT * FROM Customer ORDER BY Company IS NULL, Company, LastName"},
	{"nulls first and last of two columns", all(db.Tracks.Where(db.Tracks.GenreId.Eq(2)).OrderBy(db.Tracks.Composer.Asc().NullsFirst(), db.Tracks.Bytes.Desc().NullsLast(), db.Tracks.TrackId.Asc())),
		"SELECT * FROM Track WHERE GenreId = 2 ORDER BY Composer IS NOT NULL, Composer, Bytes IS NULL, Bytes DESC, TrackId"},
	{"Limit", all(db.Tracks.OrderBy(db.Tracks.Milliseconds.Desc(), db.Tracks.TrackId.Asc()).Limit(25)),
		"SELECT * FROM Track ORDER BY Milliseconds DESC, TrackId LIMIT 25"},
	{"Limit and Offset", all(db.Tracks.OrderBy(db.Tracks.UnitPrice.Desc(), db.Tracks.TrackId.Asc()).Limit(7).Offset(210)),
		"SELECT * FROM Track ORDER BY UnitPrice DESC, TrackId LIMIT 7 OFFSET 210"},
	{"Offset alone", all(db.Artists.OrderBy(db.Artists.Name.Asc(), db.Artists.ArtistId.Asc()).Offset(270)),
		"SELECT * FROM Artist ORDER BY Name, ArtistId LIMIT -1 OFFSET 270"},
	{"Limit 0", all(db.Artists.Limit(0)), nothing + "SELECT * FROM Artist LIMIT 0"},

	// What else a query can be asked.
	{"One", one(db.Tracks.Where(db.Tracks.TrackId.Eq(2820))), "SELECT * FROM Track WHERE TrackId = 2820"},
	{"One by a key of two columns", one(db.PlaylistTracks.Where(db.PlaylistTracks.PlaylistId.Eq(17), db.PlaylistTracks.TrackId.Eq(1))),
		"SELECT * FROM PlaylistTrack WHERE PlaylistId = 17 AND TrackId = 1"},
	{"First", first(db.Invoices.OrderBy(db.Invoices.Total.Desc(), db.Invoices.InvoiceId.Asc())),
		"SELECT * FROM Invoice ORDER BY Total DESC, InvoiceId LIMIT 1"},
	{"Iter", iterate(db.InvoiceLines.Where(db.InvoiceLines.TrackId.Between(100, 400)).OrderBy(db.InvoiceLines.InvoiceLineId.Asc())),
		"SELECT * FROM InvoiceLine WHERE TrackId BETWEEN 100 AND 400 ORDER BY InvoiceLineId"},
	{"Count", count(db.PlaylistTracks.Where(db.PlaylistTracks.PlaylistId.In(1, 8))),
		"SELECT COUNT(*) FROM PlaylistTrack WHERE PlaylistId = 1 OR PlaylistId = 8"},
	{"Count of a page", count(db.PlaylistTracks.Limit(100).Offset(8700)), "SELECT 15"},
	{"Exists", exists(db.Customers.Where(db.Customers.Email.HasSuffix("@apple.com"))),
		"SELECT COUNT(*) > 0 FROM Customer WHERE Email LIKE '%@apple.com'"},
	{"Exists not", exists(db.Customers.Where(db.Customers.Email.Eq("nobody"))),
		"SELECT COUNT(*) > 0 FROM Customer WHERE Email = 'nobody'"},
	{"in a transaction", in(db.MediaTypes.OrderBy(db.MediaTypes.Name.Desc())),
		"SELECT * FROM MediaType ORDER BY Name DESC"},

	// Query sources.
	{"a join", all(db.TrackDetails.Where(db.TrackDetails.Artist.Eq("Deep Purple"), db.TrackDetails.Milliseconds.Gt(400_000)).OrderBy(db.TrackDetails.Album.Asc(), db.TrackDetails.TrackId.Asc())),
		`SELECT t.TrackId, t.Name, al.AlbumId, al.Title, ar.Name, (SELECT Name FROM Genre WHERE GenreId = t.GenreId), t.Milliseconds, t.UnitPrice
		FROM Track t, Album al, Artist ar
		WHERE al.AlbumId = t.AlbumId AND ar.ArtistId = al.ArtistId AND ar.Name = 'Deep Purple' AND t.Milliseconds > 400000
		ORDER BY al.Title, t.TrackId`},
	{"a join, counted", count(db.TrackDetails.Where(drey.Or(db.TrackDetails.Genre.Eq("Jazz"), db.TrackDetails.Genre.IsNull()))),
		"SELECT COUNT(*) FROM Track WHERE GenreId = 2 OR GenreId IS NULL"},
	{"a table joined to itself", all(db.Reports.OrderBy(db.Reports.Boss.Asc().NullsLast(), db.Reports.EmployeeId.Desc())),
		`SELECT EmployeeId, LastName, (SELECT b.LastName FROM Employee b WHERE b.EmployeeId = e.ReportsTo) AS boss
		FROM Employee e ORDER BY boss IS NULL, boss, EmployeeId DESC`},
	{"GROUP BY", all(db.AlbumStats.With(300_000).Where(db.AlbumStats.Tracks.Gte(5)).OrderBy(db.AlbumStats.Total.Desc(), db.AlbumStats.AlbumId.Asc()).Limit(20)),
		`SELECT AlbumId, COUNT(*) AS n, SUM(Milliseconds) AS total FROM Track WHERE Milliseconds >= 300000
		GROUP BY AlbumId HAVING n >= 5 ORDER BY total DESC, AlbumId LIMIT 20`},
	{"GROUP BY, one group", one(db.AlbumStats.With(0).Where(db.AlbumStats.AlbumId.Eq(141))),
		"SELECT 141, COUNT(*), SUM(Milliseconds) FROM Track WHERE AlbumId = 141"},
	{"a CTE", all(db.CustomerTotals.With(year2023).Where(db.CustomerTotals.Spent.Gt(17.5), db.CustomerTotals.Country.NotEq("USA")).OrderBy(db.CustomerTotals.Spent.Desc(), db.CustomerTotals.CustomerId.Asc())),
		`SELECT c.CustomerId, c.FirstName, c.LastName, c.Country, COUNT(*), SUM(i.Total) AS spent
		FROM Customer c JOIN Invoice i ON i.CustomerId = c.CustomerId
		WHERE i.InvoiceDate >= '2023-01-01 00:00:00' AND c.Country <> 'USA'
		GROUP BY c.CustomerId HAVING SUM(i.Total) > 17.5 ORDER BY spent DESC, c.CustomerId`},
	{"a window over the whole, then narrowed", all(db.RankedTracks.With(db.RankedTracksParams{MinMs: 200_000, Media: 3}).
		Where(db.RankedTracks.AlbumId.In(1, 141, 253), db.RankedTracks.Place.Lte(3)).
		OrderBy(db.RankedTracks.AlbumId.Asc(), db.RankedTracks.Place.Asc())),
		`SELECT TrackId, Name, AlbumId, Milliseconds,
			1 + (SELECT COUNT(*) FROM Track o WHERE o.AlbumId = t.AlbumId AND o.Milliseconds > 200000 AND o.MediaTypeId <> 3
				AND (o.Milliseconds > t.Milliseconds OR o.Milliseconds = t.Milliseconds AND o.TrackId < t.TrackId)) AS place,
			(SELECT SUM(o.Milliseconds) FROM Track o WHERE o.AlbumId = t.AlbumId AND o.Milliseconds > 200000 AND o.MediaTypeId <> 3)
		FROM Track t WHERE Milliseconds > 200000 AND MediaTypeId <> 3 AND AlbumId IN (1, 141, 253) AND place <= 3
		ORDER BY AlbumId, place`},
	{"a list of three", all(db.TracksOfGenres.With([]int64{3, 9, 25}).Where(db.TracksOfGenres.Name.HasPrefix("S")).OrderBy(db.TracksOfGenres.TrackId.Asc())),
		`SELECT t.TrackId, t.Name, g.Name FROM Track t, Genre g
		WHERE g.GenreId = t.GenreId AND t.GenreId IN (3, 9, 25) AND t.Name LIKE 'S%' ORDER BY t.TrackId`},
	{"a row of one value", all(db.Countries.Where(db.Countries.BillingCountry.HasPrefix("A")).OrderBy(db.Countries.BillingCountry.Desc())),
		"SELECT BillingCountry FROM Invoice WHERE BillingCountry LIKE 'A%' GROUP BY 1 ORDER BY 1 DESC"},
}

func TestDynamicQueries(t *testing.T) {
	ctx := context.Background()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			query, empty := strings.CutPrefix(tt.want, nothing)
			want := byHand(t, sample, query)
			if empty != (len(want) == 0) {
				t.Fatalf("the SQL by hand finds %d rows; a comparison of nothing with nothing shows nothing", len(want))
			}
			for run := range 2 { // the second finds its statement prepared
				rows, err := tt.got(ctx, data)
				must(t, err)
				compare(t, run, typed(rows), want)
			}
		})
	}
}

func TestSameData(t *testing.T) {
	for _, table := range []string{
		"Album", "Artist", "Customer", "Employee", "Genre", "Invoice", "InvoiceLine", "MediaType", "Playlist", "PlaylistTrack", "Track",
	} {
		query := "SELECT * FROM " + table + " ORDER BY 1, 2"
		compare(t, 0, byHand(t, data.DB(), query), byHand(t, sample, query))
	}
}

func compare(t *testing.T, run int, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("run %d: %d rows, want %d; the first difference is in row %d:\n got %q\nwant %q",
				run, len(got), len(want), i, at(got, i), at(want, i))
		}
	}
}

func at(rows []string, i int) string {
	if i < len(rows) {
		return rows[i]
	}
	return "no row"
}

// byHand has a line of text for each row of a query.
func byHand(t *testing.T, d *sql.DB, query string) (lines []string) {
	t.Helper()
	rows, err := d.Query(query)
	must(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	must(t, err)
	for rows.Next() {
		values := make([]any, len(columns))
		dest := make([]any, len(columns))
		for i := range values {
			dest[i] = &values[i]
		}
		must(t, rows.Scan(dest...))
		lines = append(lines, line(values))
	}
	must(t, rows.Err())
	return lines
}

// typed has the same lines for a slice of rows.
func typed(rows any) (lines []string) {
	for _, row := range reflect.ValueOf(rows).Seq2() {
		var values []any
		if _, isValue := row.Interface().(driver.Valuer); isValue || row.Kind() != reflect.Struct {
			values = []any{row.Interface()}
		} else {
			for i := range row.NumField() {
				values = append(values, row.Field(i).Interface())
			}
		}
		lines = append(lines, line(values))
	}
	return lines
}

// line writes values in such a way that equal ones look equal: SQLite has one
// kind of number where Go has several.
func line(values []any) string {
	parts := make([]string, len(values))
	for i, v := range values {
		switch null := v.(type) {
		case sql.NullString:
			v = orNil(null.Valid, null.String)
		case sql.NullInt64:
			v = orNil(null.Valid, null.Int64)
		case sql.NullFloat64:
			v = orNil(null.Valid, null.Float64)
		case sql.NullTime:
			v = orNil(null.Valid, null.Time)
		}
		switch v := v.(type) {
		case nil:
			parts[i] = "NULL"
		case bool:
			parts[i] = "0.000000"
			if v {
				parts[i] = "1.000000"
			}
		case int64:
			parts[i] = fmt.Sprintf("%.6f", float64(v))
		case float64:
			parts[i] = fmt.Sprintf("%.6f", v)
		case time.Time:
			parts[i] = v.UTC().Format(time.RFC3339Nano)
		default:
			parts[i] = fmt.Sprintf("%q", v)
		}
	}
	return strings.Join(parts, "\t")
}

func orNil[T any](valid bool, v T) any {
	if !valid {
		return nil
	}
	return v
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
