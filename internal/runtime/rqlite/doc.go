//go:build !js

// Package rqlite runs a data layer on an rqlite cluster: SQLite on several machines, kept
// equal by Raft (https://rqlite.io). [Open] makes a client of one. Below it are a
// database/sql driver and a [Cluster], which speak rqlite's HTTP interface and need only
// the standard library. They are tried with rqlite 8.43.
//
// # Writes
//
// A write is a statement, a batch or a bulk write. It is one transaction: all of it has an
// effect, or nothing. rqlite alone does not promise that. It commits the other
// statements if one cannot be prepared, or fails while it returns rows. So each
// statement is sent with another before it in the same text, which has no effect, and
// after which any failure ends the transaction.
//
// Only what is certainly not applied is sent again: a node could not be reached, or said
// that it knows no leader. After that a write is [ErrUnknownOutcome], also if its
// context ends once it was sent. A write with a key ([WithKey], [Options.Keyed]) is sent
// again until its outcome is known, and is applied once.
//
// Every node runs the statements of a write itself, and again when it restarts. So the
// clock is read by the client: CURRENT_TIMESTAMP, unixepoch() and the like become
// literals in the text of a write, and an INSERT that leaves out a column whose DEFAULT
// reads the clock gets it. What is random is [ErrStatement], as are a bound 'now' and an OR
// REPLACE that has a trigger replace a NULL by such a DEFAULT. rqlite itself does not rewrite
// anything.
//
// # Reads
//
// A read has a [Level], [Weak] by default. It sees this client's own writes, also after
// the leader has changed, unless the level is [None]. Reads are sent again for as long as
// the client is patient.
//
// # Values
//
// Values come back as they are stored, with the Go types of the embedded engine:
//
//   - An integer has all its 64 bits.
//   - A REAL stays a REAL. Infinity is [ErrInfinite] as an argument, since JSON does not
//     have it; it is read all the same. NaN is drey's ErrNaN.
//   - Text that is not UTF-8 is [ErrText], bound or read.
//   - Text that looks like x'00' stays text; rqlite would make a BLOB of it.
//   - A time.Time is stored in the form of CURRENT_TIMESTAMP, in UTC.
//   - rqlite makes RFC 3339 of what is in a DATETIME column, true or false of a BOOLEAN,
//     and text of a BLOB in an expression. A query with such columns is asked for in
//     another form, the first time after it has answered; one that computes texts is
//     described then. What a RETURNING or a batch reads is described first. It costs a
//     round trip for each text.
//   - What is left: a BLOB in a column of texts that is UTF-8 comes as a string. A REAL
//     without a fraction comes as an int64 from an expression whose first row is
//     something else. Both scan as on other engines, except into an any. If a RETURNING
//     has an infinite number, the write is [ErrUnknownOutcome].
//
// # What is refused
//
// PRAGMA, BEGIN and the like, ATTACH, VACUUM, temporary tables and several statements in
// one text are [ErrStatement]: rqlite would answer that they are done. Every node has to
// enforce foreign keys, see [ErrForeignKeys]. A redirect is not followed. Tx and Snapshot
// are drey's ErrNoTransactions.
//
// # Errors
//
// An error of SQLite is an [*Error]. rqlite tells only its message. The messages of
// constraints have their codes. What a trigger raises is looked for in the triggers, so
// that it has its code where the message is written there, as a string or around values.
//
// @native-sql the runtime is the layer: it hands on what sqlc and squirrel have made
package rqlite
