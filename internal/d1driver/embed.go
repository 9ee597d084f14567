package d1driver

import "embed"

// Source is this package's own source, for drey to emit. This file itself is
// not emitted.
//
//go:embed doc.go driver.go errors.go rows.go text.go value.go
var Source embed.FS
