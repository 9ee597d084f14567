// Package d1 runs a data layer on Cloudflare D1: [Open] makes a client of a binding of
// a Worker, for GOOS=js GOARCH=wasm, and [Check] compares its schema with the code's.
// Below is a database/sql driver of its own, which needs the standard library alone.
//
// D1 is SQLite behind JavaScript and JSON, which have one kind of number, no
// bytes and no types of columns. The driver sets right what can be, and refuses
// the rest:
//
//   - An integer stays one. Bound as it is, it would be a REAL to SQLite, so
//     its parameter is written as a CAST, with a plus that takes the CAST's
//     affinity away again (https://www.sqlite.org/datatype3.html#affinity_of_expressions).
//   - An integer that a double cannot hold is [ErrInteger] as an argument. As a
//     result it is an [Inexact], which scans into a float alone.
//   - A REAL without a fraction comes back as an int64. It scans into a float64
//     all the same; only where the destination is an any, it shows.
//   - Infinity is [ErrInfinite] as an argument, since JSON has it as null. As a
//     result it is NULL. NaN is [ErrNaN]: SQLite itself makes NULL of it.
//   - Text that is not UTF-8 is [ErrText].
//   - A time.Time is stored as UTC text in the form of CURRENT_TIMESTAMP; outside
//     of the years 0 to 9999 it is [ErrYear]. No column says that it has times, so
//     text does not scan into one.
//   - Transactions are [ErrTransaction]; [Conn.Batch] runs a list of statements
//     as one.
//   - Rows that a Batch returns come as JavaScript objects: of two columns with
//     one name D1 keeps one, and names that are numbers are [ErrColumn].
//   - RowsAffected counts what the statement itself changed, as SQLite's
//     changes() does; D1's own count has triggers and cascades in it.
//
// D1's limits are in https://developers.cloudflare.com/d1/platform/limits/, its
// API in https://developers.cloudflare.com/d1/worker-api/.
package d1
