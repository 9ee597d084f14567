// Package d1 runs a data layer on Cloudflare D1. [Open] makes a client of a Worker's
// binding, for GOOS=js GOARCH=wasm. [Check] compares the database's schema with the
// code's. Below them is a database/sql driver of this package's own, which needs only
// the standard library.
//
// D1 is SQLite reached through JavaScript and JSON, which have one kind of
// number and do not have bytes or types of columns. The driver corrects what it
// can, and refuses the rest:
//
//   - An integer stays an integer. Bound as it is, it would be a REAL to SQLite.
//     So its parameter is written as a CAST, with a plus that takes the CAST's
//     affinity away again (https://www.sqlite.org/datatype3.html#affinity_of_expressions).
//   - An integer that a double cannot hold is [ErrInteger] as an argument. As a
//     result it is an [Inexact], which scans only into a float.
//   - A REAL without a fraction comes back as an int64. It scans into a float64
//     all the same; the difference shows only if the destination is an any.
//   - Infinity is [ErrInfinite] as an argument, since JSON writes it as null. As
//     a result it is NULL. NaN is [ErrNaN]: SQLite itself makes NULL of it.
//   - Text that is not UTF-8 is [ErrText].
//   - A time.Time is stored as UTC text in the form of CURRENT_TIMESTAMP; outside
//     of the years 0 to 9999 it is [ErrYear]. D1 does not tell which columns have
//     times, so text does not scan into a time.Time.
//   - Transactions are [ErrTransaction]; [Conn.Batch] runs a list of statements
//     as one.
//   - Rows that a Batch returns come as JavaScript objects. If two columns have
//     one name, D1 keeps one of them. A name that is a number is [ErrColumn].
//   - RowsAffected counts what the statement itself changed, as SQLite's
//     changes() does; D1's own count includes triggers and cascades.
//
// D1's limits are in https://developers.cloudflare.com/d1/platform/limits/, its
// API in https://developers.cloudflare.com/d1/worker-api/.
package d1
