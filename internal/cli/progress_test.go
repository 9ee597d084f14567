package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// A step that takes long shows its seconds, a long name is cut, and a pipe gets nothing.
func TestProgress(t *testing.T) {
	var out bytes.Buffer
	p := barOn(&out)
	p.show("downloading", 0, 1)
	if got := out.String(); !strings.Contains(got, "downloading   0%") {
		t.Errorf("it shows %q", got)
	}
	out.Reset()
	p.mu.Lock()
	p.describe(p.since.Add(12 * time.Second))
	p.mu.Unlock()
	if got := out.String(); !strings.Contains(got, "downloading 12 s   0%") {
		t.Errorf("after 12 seconds it shows %q", got)
	}
	out.Reset()
	p.show(strings.Repeat("é", 100), 1, 4)
	p.clear()
	if got := out.String(); !strings.Contains(got, strings.Repeat("é", widest-1)+"…  25%") {
		t.Errorf("a long name is %q", got)
	}

	var pipe bytes.Buffer
	p = newProgress(&pipe)
	p.show("downloading", 0, 1)
	p.clear()
	if pipe.Len() > 0 {
		t.Errorf("a pipe gets %q", pipe.String())
	}
}
