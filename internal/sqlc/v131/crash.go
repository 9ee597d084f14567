package v131

import (
	"regexp"
	"strings"
)

var crash = regexp.MustCompile(`(?m)^(panic: |fatal error: |runtime: )`)

// crashLines is how many lines of a crash are shown.
const crashLines = 12

// Crash returns the beginning of a crash that sqlc has printed; ok is false if it
// has not printed one. sqlc may still have crashed, without output and with
// success: if one of its goroutines panics, the main one may end first.
func Crash(said string) (text string, ok bool) {
	at := crash.FindStringIndex(said)
	if at == nil {
		return "", false
	}
	lines := strings.SplitN(said[at[0]:], "\n", crashLines+1)
	return "sqlc crashes:\n" + Decode(strings.Join(lines[:min(len(lines), crashLines)], "\n")), true
}

// OneAtATime is an environment in which main seldom ends before a panicking goroutine.
const OneAtATime = "GOMAXPROCS=1"
