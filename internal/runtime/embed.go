package runtime

import "embed"

// Source is this package's own source, for drey to emit. Like sqlc.go, this
// file itself is not emitted.
//
//go:embed *.go
var Source embed.FS
