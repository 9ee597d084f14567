package project

import (
	"context"
	"strings"
)

// Committed reports whether git has these files, whose paths are relative to a folder,
// as they are.
func Committed(dir string, names []string) bool {
	ctx := context.Background()
	list, err := git(ctx, dir, "", append([]string{"ls-files", "-z", "--"}, names...)...)
	if err != nil || strings.Count(list, "\x00") != len(names) {
		return false
	}
	changed, err := git(ctx, dir, "", append([]string{"status", "--porcelain", "-z", "--"}, names...)...)
	return err == nil && changed == ""
}
