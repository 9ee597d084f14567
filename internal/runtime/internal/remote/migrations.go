package remote

import (
	"strconv"
	"strings"
)

// VersionOf returns the number that the name of a migration's file begins with, or 0.
func VersionOf(name string) int64 {
	digits := name[:len(name)-len(strings.TrimLeft(name, "0123456789"))]
	version, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0
	}
	return version
}
