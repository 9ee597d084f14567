//go:build !js

// Package rqlite runs a data layer on an rqlite cluster: SQLite on several machines, kept
// equal by Raft (https://rqlite.io). [Open] makes a client of one. Below it are a
// database/sql driver and a [Cluster], which speak rqlite's HTTP interface and need only
// the standard library.
//
// @native-sql the runtime is the layer: it hands on what sqlc and squirrel have made
package rqlite
