// Package sqlpath finds what the paths under schema and queries in sqlc.yaml
// stand for, as sqlc does: a path with one of *?[] in it is a pattern of
// [filepath.Glob], any other is itself.
package sqlpath

import (
	"path/filepath"
	"strings"
)

// Match returns the paths that p stands for, relative to root and
// slash-separated like p itself. Those of a pattern exist and are sorted; there
// may be none. A path that is no pattern need not exist.
func Match(root, p string) ([]string, error) {
	if !strings.ContainsAny(p, "*?[]") {
		return []string{p}, nil
	}
	found, err := filepath.Glob(filepath.Join(literal.Replace(root), filepath.FromSlash(p)))
	if err != nil {
		return nil, err
	}
	for i, f := range found {
		rel, err := filepath.Rel(root, f)
		if err != nil {
			return nil, err
		}
		found[i] = filepath.ToSlash(rel)
	}
	return found, nil
}

// literal makes the root a pattern that matches itself alone.
var literal = strings.NewReplacer(escapes...)

var escapes = func() []string {
	if filepath.Separator == '\\' {
		return nil // patterns have no escape there
	}
	return []string{`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`}
}()
