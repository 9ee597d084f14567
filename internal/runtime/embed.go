package drey

import "embed"

// Source is the runtime's own source, for drey to write into a project. This file
// itself is not written.
//
//go:embed *.go internal/sqldriver/*.go internal/remote/*.go sqlite/*.go d1/*.go rqlite/*.go
var Source embed.FS
