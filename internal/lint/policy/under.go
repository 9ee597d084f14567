package policy

import (
	"regexp"
	"strings"
)

// Under reports whether an import path is another one or below it, in any major
// version: github.com/go-jet/jet/v2/sqlite is under github.com/go-jet/jet, and
// gopkg.in/gorp.v3 is under gopkg.in/gorp.
func Under(importPath, parent string) bool {
	rest, ok := strings.CutPrefix(version.ReplaceAllString(importPath, ""), parent)
	return ok && (rest == "" || rest[0] == '/')
}

var version = regexp.MustCompile(`/v[0-9]+\b|\.v[0-9]+\b`)
