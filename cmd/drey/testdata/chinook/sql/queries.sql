-- name: TrackDetails :many
-- A join, outer on one side.
SELECT t.TrackId, t.Name, al.AlbumId, al.Title AS album, ar.Name AS artist, g.Name AS genre, t.Milliseconds, t.UnitPrice
FROM Track t
JOIN Album al ON al.AlbumId = t.AlbumId
JOIN Artist ar ON ar.ArtistId = al.ArtistId
LEFT JOIN Genre g ON g.GenreId = t.GenreId;

-- name: AlbumStats :many
-- A GROUP BY with a parameter.
SELECT t.AlbumId, COUNT(*) AS tracks, CAST(SUM(t.Milliseconds) AS INTEGER) AS total
FROM Track t
WHERE t.Milliseconds >= ?
GROUP BY t.AlbumId;

-- name: CustomerTotals :many
-- A CTE with a parameter, joined.
WITH totals AS (
  SELECT CustomerId, COUNT(*) AS invoices, CAST(SUM(Total) AS REAL) AS spent
  FROM Invoice
  WHERE InvoiceDate >= sqlc.arg(since)
  GROUP BY CustomerId
)
SELECT c.CustomerId, c.FirstName, c.LastName, c.Country, totals.invoices, totals.spent
FROM Customer c
JOIN totals ON totals.CustomerId = c.CustomerId;

-- name: RankedTracks :many
-- Window functions with parameters.
SELECT TrackId, Name, AlbumId, Milliseconds,
  CAST(row_number() OVER (PARTITION BY AlbumId ORDER BY Milliseconds DESC, TrackId) AS INTEGER) AS place,
  CAST(SUM(Milliseconds) OVER (PARTITION BY AlbumId) AS INTEGER) AS of_album
FROM Track
WHERE Milliseconds > sqlc.arg(min_ms) AND MediaTypeId <> sqlc.arg(media);

-- name: TracksOfGenres :many
-- A list as a parameter.
SELECT t.TrackId, t.Name, g.Name AS genre
FROM Track t
JOIN Genre g ON g.GenreId = t.GenreId
WHERE g.GenreId IN (sqlc.slice(genres));

-- name: Reports :many
-- A table joined to itself.
SELECT e.EmployeeId, e.LastName, boss.LastName AS boss
FROM Employee e
LEFT JOIN Employee boss ON boss.EmployeeId = e.ReportsTo;

-- name: Countries :many
-- A row of one value.
SELECT DISTINCT BillingCountry FROM Invoice;

-- name: ArtistAlbums :many
-- A GROUP BY without a parameter.
SELECT ArtistId, COUNT(*) AS albums, CAST(MIN(Title) AS TEXT) AS first_title
FROM Album
GROUP BY ArtistId;

-- name: AlbumPlaces :many
-- A window function without a parameter.
SELECT AlbumId, TrackId, CAST(row_number() OVER (PARTITION BY AlbumId ORDER BY TrackId) AS INTEGER) AS place
FROM Track;

-- name: BestAlbums :many
-- A CTE that is read twice, so SQLite keeps its rows in a table of its own.
WITH lengths AS (
  SELECT AlbumId, CAST(SUM(Milliseconds) AS INTEGER) AS total FROM Track GROUP BY AlbumId
)
SELECT l.AlbumId, l.total
FROM lengths l
WHERE l.total > (SELECT AVG(total) FROM lengths);

-- name: InvoicesOf :many
-- A list between other parameters.
SELECT InvoiceId, CustomerId, Total
FROM Invoice
WHERE Total >= ? AND CustomerId IN (sqlc.slice(customers)) AND Total <= ?;
