//go:build unix

package cluster

import (
	"slices"
	"testing"
	"time"
)

// TestNodes: a cluster elects another leader when its leader dies or is paused, and takes
// a node back.
func TestNodes(t *testing.T) {
	c := Start(t, 3)
	ctx := t.Context()
	first, err := c.Leader(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if list, err := c.Followers(ctx); err != nil || len(list) != 2 || slices.Contains(list, first) {
		t.Fatal(list, err)
	}
	if err := first.Kill(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	second, err := c.Leader(ctx)
	if err != nil || second == first {
		t.Fatal(second, err)
	}
	t.Logf("another leader after %v", time.Since(began).Round(time.Millisecond))
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	if err := c.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	if err := second.Pause(); err != nil {
		t.Fatal(err)
	}
	if third, err := c.Leader(ctx); err != nil || third == second {
		t.Fatal(third, err)
	}
	if err := second.Continue(); err != nil {
		t.Fatal(err)
	}
	if err := c.Ready(ctx); err != nil {
		t.Fatal(err)
	}
}
