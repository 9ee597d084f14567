package remote

import (
	"strconv"
	"strings"
)

// VersionOf returns the number that goose gives a migration's file, or 0.
func VersionOf(name string) int64 {
	digits, _, _ := strings.Cut(name, "_")
	version, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0
	}
	return version
}
