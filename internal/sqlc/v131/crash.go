package v131

import (
	"regexp"
	"strings"
)

var crash = regexp.MustCompile(`(?m)^(panic: |fatal error: |runtime: )`)

// crashLines is how much of a crash is shown.
const crashLines = 12

// Crash is the beginning of the crash that sqlc has printed, if it has. It may as
// well have crashed, printed nothing and ended with success: where it panics in
// one of its goroutines the main one may end first.
func Crash(said string) (text string, ok bool) {
	at := crash.FindStringIndex(said)
	if at == nil {
		return "", false
	}
	lines := strings.SplitN(said[at[0]:], "\n", crashLines+1)
	return "sqlc crashes:\n" + Decode(strings.Join(lines[:min(len(lines), crashLines)], "\n")), true
}

// OneAtATime is the environment in which the goroutine that panics is not outrun.
const OneAtATime = "GOMAXPROCS=1"
